//! One page without any script or request: the past, what is expected of the future, and how sure that is.

use std::fmt::{self, Write as _};

use super::report::rows;
use super::{Answer, words};
use crate::commands::numbers::picture::{Frame, HEAD, HEIGHT, WIDTH, line};
use crate::commands::numbers::text::{escaped, time};

/// So much past for each step ahead: the future is what one looks for.
const PAST: usize = 3;
/// Days of past that are shown at least, for the eye to see the season.
const PAST_DAYS: usize = 3;
/// The widest first, since the narrower ones lie on it.
const FAN: [f64; 3] = [0.95, 0.8, 0.5];

/// # Errors
/// Never: a string takes everything.
pub(super) fn page(answer: &Answer) -> Result<String, fmt::Error> {
    let (file, name) = (escaped(&answer.file), escaped(&answer.name));
    let mut page = format!("{HEAD}<title>{file}</title></head><body><h1>{file}</h1><h2>{name}</h2>");
    write!(page, "<p>{}</p>", escaped(&words::read(answer)))?;
    if let Some(limit) = words::limit(answer) {
        write!(page, "<p><b>Limit</b> {}</p>", escaped(&limit))?;
    }
    picture(&mut page, answer, &name)?;
    page.push_str(
        "<p><b class=\"value\">what was</b>, <b class=\"ahead\">what is expected</b> with the intervals that hold \
         50, 80 and 95 %",
    );
    page.push_str(if answer.limit.is_some() { ", <b class=\"limit\">the limit</b></p>" } else { "</p>" });
    let facts = [
        ("Trust", format!("{}: {}", words::trust(answer.forecast.trust), words::reason(answer))),
        ("Seasons", words::seasons(answer)),
        ("Method", words::made_of(answer)),
    ];
    for (name, fact) in facts {
        write!(page, "<p><b>{name}</b> {}</p>", escaped(&fact))?;
    }
    page.push_str("<table><tr><th>time</th><th>expected</th><th>80 %</th><th>95 %</th></tr>");
    for step in rows(answer) {
        let interval = |coverage| {
            let (low, high) = answer.forecast.interval(step, coverage);
            format!("{} to {}", answer.figure(low), answer.figure(high))
        };
        let (at, expected) = (time(answer.at(step)), answer.figure(answer.forecast.points[step]));
        let (likely, wide) = (interval(0.8), interval(0.95));
        write!(page, "<tr><td>{at}</td><td>{expected}</td><td>{likely}</td><td>{wide}</td></tr>")?;
    }
    page.push_str("</table></body></html>\n");
    Ok(page)
}

fn picture(page: &mut String, answer: &Answer, name: &str) -> fmt::Result {
    let (series, made) = (&answer.series, &answer.forecast);
    let past = (PAST * made.steps()).max(PAST_DAYS * series.per_day());
    let from = answer.values.len().saturating_sub(past);
    let at = |step: usize| series.at(step).micros();
    let ahead = |step: usize| answer.at(step).micros();
    let last = ahead(made.steps() - 1);
    let widest = (0..made.steps()).map(|step| made.interval(step, FAN[0]));
    let limit = answer.limit.as_ref().map(|limit| limit.threshold.value);
    let values = answer.values[from..].iter().copied().filter(|it| it.is_finite());
    let all = values.chain(widest.flat_map(|(low, high)| [low, high])).chain(limit);
    let frame = Frame::of(at(from), last, all);
    write!(
        page,
        "<svg viewBox=\"0 0 {WIDTH} {}\" role=\"img\" aria-label=\"{name} so far and ahead\">",
        HEIGHT + 16.0
    )?;
    for coverage in FAN {
        fan(page, answer, &frame, coverage)?;
    }
    let mut step = from;
    // A gap is a gap, not a straight line.
    for part in answer.values[from..].chunk_by(|a, b| a.is_nan() == b.is_nan()) {
        if part[0].is_finite() {
            let points: Vec<(i64, f64)> =
                part.iter().enumerate().map(|(index, &value)| (at(step + index), value)).collect();
            line(page, "value", &frame, &points)?;
        }
        step += part.len();
    }
    let expected: Vec<(i64, f64)> =
        made.points.iter().enumerate().map(|(step, &value)| (ahead(step), value)).collect();
    line(page, "ahead", &frame, &expected)?;
    let now = frame.x(ahead(0));
    write!(page, "<line class=\"now\" x1=\"{now:.1}\" x2=\"{now:.1}\" y1=\"0\" y2=\"{HEIGHT}\"/>")?;
    if let Some(limit) = limit {
        let y = frame.y(limit);
        write!(page, "<line class=\"limit\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>")?;
    }
    let (top, bottom) = (answer.figure(frame.high), answer.figure(frame.low));
    write!(page, "<text x=\"4\" y=\"12\">{top}</text><text x=\"4\" y=\"{}\">{bottom}</text>", HEIGHT - 4.0)?;
    let label = HEIGHT + 13.0;
    let (start, end) = (time(series.at(from)), time(answer.at(made.steps() - 1)));
    write!(page, "<text x=\"4\" y=\"{label}\">{start}</text>")?;
    write!(page, "<text x=\"{WIDTH}\" y=\"{label}\" text-anchor=\"end\">{end}</text></svg>")
}

/// The area between the ends of an interval: along the lower ones, and back along the upper ones.
fn fan(page: &mut String, answer: &Answer, frame: &Frame, coverage: f64) -> fmt::Result {
    let interval = |step: usize| answer.forecast.interval(step, coverage);
    let lower = (0..answer.forecast.steps()).map(|step| (step, interval(step).0));
    let upper = (0..answer.forecast.steps()).rev().map(|step| (step, interval(step).1));
    page.push_str("<polygon class=\"fan\" points=\"");
    for (step, value) in lower.chain(upper) {
        write!(page, "{:.1},{:.1} ", frame.x(answer.at(step).micros()), frame.y(value))?;
    }
    page.push_str("\"/>");
    Ok(())
}
