//! One page without any script or request: a picture of each column, what was expected, and the anomalies.

use std::fmt::{self, Write as _};

use super::{Point, Signal};
use crate::commands::numbers::picture::{Frame, HEAD, HEIGHT, WIDTH, line};
use crate::commands::numbers::text::{escaped, number, time};

/// # Errors
/// Never: a string takes everything.
pub(super) fn page(file: &str, signals: &[Signal]) -> Result<String, fmt::Error> {
    let file = escaped(file);
    let mut page = format!("{HEAD}<title>{file}</title></head><body><h1>{file}</h1>");
    for signal in signals {
        section(&mut page, signal)?;
    }
    page.push_str("</body></html>\n");
    Ok(page)
}

fn section(page: &mut String, signal: &Signal) -> fmt::Result {
    let name = escaped(&signal.name);
    let (count, detector) = (signal.anomalies.len(), signal.detector);
    let frame = frame(&signal.points);
    write!(page, "<h2>{name}</h2><p>{count} anomalies, detector {detector}</p>")?;
    write!(page, "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{name} over time\">")?;
    for anomaly in &signal.anomalies {
        let (left, right) = (frame.x(anomaly.start.micros()), frame.x(anomaly.end.micros()));
        let width = (right - left).max(2.0);
        write!(
            page,
            "<rect class=\"odd\" x=\"{left:.1}\" y=\"0\" width=\"{width:.1}\" height=\"{HEIGHT}\"/>"
        )?;
    }
    let points = &signal.points;
    let expected: Vec<_> =
        points.iter().filter_map(|it| it.expected.map(|value| (it.at.micros(), value))).collect();
    let seen: Vec<_> = points.iter().map(|it| (it.at.micros(), it.value)).collect();
    line(page, "expected", &frame, &expected)?;
    line(page, "value", &frame, &seen)?;
    for anomaly in &signal.anomalies {
        let (x, y) = (frame.x(anomaly.worst.at.micros()), frame.y(anomaly.worst.value));
        write!(
            page,
            "<circle class=\"worst\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{}: {}</title></circle>",
            time(anomaly.worst.at),
            number(anomaly.worst.value)
        )?;
    }
    let (top, bottom) = (number(frame.high), number(frame.low));
    write!(
        page,
        "<text x=\"4\" y=\"12\">{top}</text><text x=\"4\" y=\"{}\">{bottom}</text></svg>",
        HEIGHT - 4.0
    )?;
    if !signal.anomalies.is_empty() {
        page.push_str("<table><tr><th>start</th><th>end</th><th>value</th><th>expected</th></tr>");
        for anomaly in &signal.anomalies {
            let expected = anomaly.worst.expected.map_or("-".to_owned(), number);
            let (start, end, value) = (time(anomaly.start), time(anomaly.end), number(anomaly.worst.value));
            write!(page, "<tr><td>{start}</td><td>{end}</td><td>{value}</td><td>{expected}</td></tr>")?;
        }
        page.push_str("</table>");
    }
    Ok(())
}

fn frame(points: &[Point]) -> Frame {
    let at = |point: Option<&Point>| point.map_or(0, |point| point.at.micros());
    Frame::of(at(points.first()), at(points.last()), points.iter().map(|point| point.value))
}
