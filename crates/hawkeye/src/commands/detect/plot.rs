//! One page without any script or request: a picture of each column, what was expected, and the anomalies.

use std::fmt::{self, Write as _};

use super::report::{number, time};
use super::{Point, Signal};

const WIDTH: f64 = 1_100.0;
const HEIGHT: f64 = 220.0;
/// Points of a line: one for each pixel, lowest and highest.
const STEPS: usize = 1_100;

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width\"><style>\
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#6b7280;--page:#fff;--line:#2563a8;--odd:#c2281d}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--dim:#9aa3ad;--page:#14171a;--line:#6cb0f5;--odd:#ff7a6b}}\
body{font:15px/1.4 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:1140px;margin:2em auto;padding:0 1em}\
svg{width:100%;height:auto}polyline{fill:none;stroke:var(--line);stroke-width:1}.expected{stroke:var(--dim)}\
.odd{fill:var(--odd);opacity:.25}.worst{fill:var(--odd)}text{fill:var(--dim);font-size:12px}\
td,th{text-align:left;padding:.1em 1em .1em 0}</style>";

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
    let frame = Frame::of(&signal.points);
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
    line(page, "expected", &frame, &signal.points, |point| point.expected)?;
    line(page, "value", &frame, &signal.points, |point| Some(point.value))?;
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

/// The lowest and the highest point of each step, so that no peak is lost.
fn line(
    page: &mut String,
    class: &str,
    frame: &Frame,
    points: &[Point],
    value: impl Fn(&Point) -> Option<f64>,
) -> fmt::Result {
    write!(page, "<polyline class=\"{class}\" points=\"")?;
    for step in points.chunks(points.len().div_ceil(STEPS).max(1)) {
        let known = || step.iter().filter_map(|point| value(point).map(|value| (point.at.micros(), value)));
        let low = known().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = known().max_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(low), Some(high)) = (low, high) else { continue };
        let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
        for (at, value) in [first, second] {
            write!(page, "{:.1},{:.1} ", frame.x(at), frame.y(value))?;
        }
    }
    page.push_str("\"/>");
    Ok(())
}

/// Where times and values are in the picture.
#[derive(Debug)]
struct Frame {
    start_us: i64,
    span_us: f64,
    low: f64,
    high: f64,
}

impl Frame {
    fn of(points: &[Point]) -> Self {
        let (mut low, mut high) = (f64::MAX, f64::MIN);
        for point in points {
            low = low.min(point.value);
            high = high.max(point.value);
        }
        let start_us = points.first().map_or(0, |point| point.at.micros());
        let end_us = points.last().map_or(0, |point| point.at.micros());
        Self { start_us, span_us: (end_us - start_us).max(1) as f64, low, high }
    }

    fn x(&self, at_us: i64) -> f64 {
        (at_us - self.start_us) as f64 / self.span_us * WIDTH
    }

    fn y(&self, value: f64) -> f64 {
        let range = (self.high - self.low).max(f64::MIN_POSITIVE);
        let share = ((value - self.low) / range).clamp(0.0, 1.0);
        HEIGHT - 4.0 - share * (HEIGHT - 8.0)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
