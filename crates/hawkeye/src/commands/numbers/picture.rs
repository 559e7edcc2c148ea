//! What pictures of series have in common: a page that asks nobody for anything, a frame, lines.

use std::fmt::{self, Write as _};

pub(in crate::commands) const WIDTH: f64 = 1_100.0;
pub(in crate::commands) const HEIGHT: f64 = 220.0;
/// Points of a line: one for each pixel, lowest and highest.
const STEPS: usize = 1_100;

pub(in crate::commands) const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
<meta name=\"viewport\" content=\"width=device-width\"><style>\
:root{color-scheme:light dark;--ink:#1b1f24;--dim:#6b7280;--page:#fff;--line:#2563a8;--odd:#c2281d;--ahead:#6d3fd1}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--dim:#9aa3ad;--page:#14171a;--line:#6cb0f5;--odd:#ff7a6b;\
--ahead:#b39cff}}\
body{font:15px/1.4 system-ui,sans-serif;color:var(--ink);background:var(--page);max-width:1140px;margin:2em auto;padding:0 1em}\
svg{width:100%;height:auto}polyline{fill:none;stroke:var(--line);stroke-width:1;stroke-linecap:round}.expected{stroke:var(--dim)}\
.odd{fill:var(--odd);opacity:.25}.worst{fill:var(--odd)}text{fill:var(--dim);font-size:12px}\
.ahead{stroke:var(--ahead);stroke-width:1.5}.fan{fill:var(--ahead);opacity:.2}.now{stroke:var(--dim);stroke-dasharray:2 3}\
.limit{stroke:var(--odd);stroke-dasharray:6 4}b.value{color:var(--line)}b.ahead{color:var(--ahead)}b.limit{color:var(--odd)}\
td,th{text-align:left;padding:.1em 1em .1em 0}</style>";

/// The lowest and the highest point of each step, so that no peak is lost. Times are microseconds.
pub(in crate::commands) fn line(
    page: &mut String,
    class: &str,
    frame: &Frame,
    points: &[(i64, f64)],
) -> fmt::Result {
    write!(page, "<polyline class=\"{class}\" points=\"")?;
    for step in points.chunks(points.len().div_ceil(STEPS).max(1)) {
        let low = step.iter().min_by(|a, b| a.1.total_cmp(&b.1));
        let high = step.iter().max_by(|a, b| a.1.total_cmp(&b.1));
        let (Some(low), Some(high)) = (low, high) else { continue };
        let (first, second) = if low.0 <= high.0 { (low, high) } else { (high, low) };
        for &(at, value) in [first, second] {
            write!(page, "{:.1},{:.1} ", frame.x(at), frame.y(value))?;
        }
    }
    page.push_str("\"/>");
    Ok(())
}

/// Where times and values are in the picture.
#[derive(Debug)]
pub(in crate::commands) struct Frame {
    start_us: i64,
    span_us: f64,
    pub(in crate::commands) low: f64,
    pub(in crate::commands) high: f64,
}

impl Frame {
    /// Holds all of the values; what lies beyond is drawn at the edge.
    pub(in crate::commands) fn of(start_us: i64, end_us: i64, values: impl Iterator<Item = f64>) -> Self {
        let (low, high) =
            values.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        Self { start_us, span_us: (end_us - start_us).max(1) as f64, low, high }
    }

    pub(in crate::commands) fn x(&self, at_us: i64) -> f64 {
        (at_us - self.start_us) as f64 / self.span_us * WIDTH
    }

    pub(in crate::commands) fn y(&self, value: f64) -> f64 {
        let range = (self.high - self.low).max(f64::MIN_POSITIVE);
        let share = ((value - self.low) / range).clamp(0.0, 1.0);
        HEIGHT - 4.0 - share * (HEIGHT - 8.0)
    }
}
