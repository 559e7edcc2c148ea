//! Draws an alert's chart as a small picture for mails: the expected band, the line, and a mark where it began.
//!
//! There is no text in it; the mail says in words what is drawn.

use tiny_skia::{Color, FillRule, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use crate::notification::Chart;

/// Twice the size it is shown at, for sharp screens.
pub(crate) const WIDTH: u32 = 1_120;
pub(crate) const HEIGHT: u32 = 320;

const MARGIN: f32 = 16.0;

/// Grid lines besides the lowest.
const GRID_LINES: u8 = 4;

/// Space above the highest and below the lowest value, as a share of the height.
const HEADROOM: f64 = 0.08;

/// The chart as PNG; nothing when there is nothing to draw.
pub(crate) fn png(chart: &Chart) -> Option<Vec<u8>> {
    let frame = Frame::new(chart)?;
    let mut picture = Pixmap::new(WIDTH, HEIGHT)?;
    picture.fill(Color::WHITE);
    let mut pen = Pen { picture: &mut picture };
    for line in 0..=GRID_LINES {
        let y = MARGIN + (HEIGHT as f32 - 2.0 * MARGIN) * f32::from(line) / f32::from(GRID_LINES);
        pen.fill_rect(MARGIN, y, WIDTH as f32 - 2.0 * MARGIN, 1.0, [228, 228, 231, 255]);
    }
    for band in frame.bands(chart) {
        pen.fill(&band, [37, 99, 235, 40]);
    }
    if let Some(x) = chart.onset_ms.and_then(|onset_ms| frame.x(onset_ms)) {
        let mut mark = PathBuilder::new();
        mark.move_to(x, MARGIN);
        mark.line_to(x, HEIGHT as f32 - MARGIN);
        if let Some(path) = mark.finish() {
            pen.stroke(&path, 3.0, [220, 38, 38, 255], StrokeDash::new(vec![10.0, 8.0], 0.0));
        }
    }
    if let Some(line) = frame.line(chart) {
        pen.stroke(&line, 4.0, [24, 24, 27, 255], None);
    }
    picture.encode_png().ok()
}

/// The lowest and highest value, for the caption.
pub(crate) fn extent(chart: &Chart) -> Option<(f64, f64)> {
    let mut values = chart.values.iter().flatten().copied().filter(|value| value.is_finite());
    let first = values.next()?;
    Some(values.fold((first, first), |(low, high), value| (low.min(value), high.max(value))))
}

/// Where times and values lie in the picture.
struct Frame {
    from_ms: i64,
    length_ms: f64,
    low: f64,
    height: f64,
}

impl Frame {
    fn new(chart: &Chart) -> Option<Self> {
        let (from_ms, to_ms) = (*chart.t_ms.iter().min()?, *chart.t_ms.iter().max()?);
        let length_ms = to_ms.checked_sub(from_ms).filter(|length| *length > 0)? as f64;
        let (mut low, mut high) = extent(chart)?;
        for value in
            chart.lower.iter().chain(&chart.upper).flatten().copied().filter(|value| value.is_finite())
        {
            low = low.min(value);
            high = high.max(value);
        }
        let room = ((high - low) * HEADROOM).max(f64::EPSILON * high.abs()).max(1e-9);
        let (low, high) = (low - room, high + room);
        let height = high - low;
        height.is_finite().then_some(Self { from_ms, length_ms, low, height })
    }

    fn x(&self, t_ms: i64) -> Option<f32> {
        let share = t_ms.checked_sub(self.from_ms)? as f64 / self.length_ms;
        (0.0..=1.0).contains(&share).then(|| MARGIN + (share * f64::from(WIDTH as f32 - 2.0 * MARGIN)) as f32)
    }

    fn y(&self, value: f64) -> Option<f32> {
        let share = (value - self.low) / self.height;
        share
            .is_finite()
            .then(|| HEIGHT as f32 - MARGIN - (share * f64::from(HEIGHT as f32 - 2.0 * MARGIN)) as f32)
    }

    fn point(&self, chart: &Chart, values: &[Option<f64>], index: usize) -> Option<(f32, f32)> {
        let value = values.get(index).copied().flatten()?;
        Some((self.x(*chart.t_ms.get(index)?)?, self.y(value)?))
    }

    /// Gaps stay gaps. A point between two gaps becomes a short dash.
    fn line(&self, chart: &Chart) -> Option<Path> {
        let mut path = PathBuilder::new();
        let mut is_drawing = false;
        for index in 0..chart.t_ms.len() {
            match self.point(chart, &chart.values, index) {
                Some((x, y)) if is_drawing => path.line_to(x, y),
                Some((x, y)) => {
                    path.move_to(x, y);
                    path.line_to(x + 1.0, y);
                    is_drawing = true;
                }
                None => is_drawing = false,
            }
        }
        path.finish()
    }

    /// One closed shape for each stretch that has both bounds.
    fn bands(&self, chart: &Chart) -> Vec<Path> {
        let mut bands = Vec::new();
        let mut stretch: Vec<((f32, f32), (f32, f32))> = Vec::new();
        for index in 0..=chart.t_ms.len() {
            let bounds = self.point(chart, &chart.lower, index).zip(self.point(chart, &chart.upper, index));
            if let Some(bounds) = bounds {
                stretch.push(bounds);
                continue;
            }
            let mut path = PathBuilder::new();
            for (position, ((x, y), _)) in stretch.iter().enumerate() {
                if position == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
            for (_, (x, y)) in stretch.iter().rev() {
                path.line_to(*x, *y);
            }
            if stretch.len() > 1 {
                path.close();
                bands.extend(path.finish());
            }
            stretch.clear();
        }
        bands
    }
}

struct Pen<'a> {
    picture: &'a mut Pixmap,
}

impl Pen<'_> {
    fn fill(&mut self, path: &Path, color: [u8; 4]) {
        self.picture.fill_path(path, &paint(color), FillRule::Winding, Transform::identity(), None);
    }

    fn fill_rect(&mut self, x: f32, y: f32, width: f32, height: f32, color: [u8; 4]) {
        if let Some(rect) = Rect::from_xywh(x, y, width, height) {
            self.picture.fill_rect(rect, &paint(color), Transform::identity(), None);
        }
    }

    fn stroke(&mut self, path: &Path, width: f32, color: [u8; 4], dash: Option<StrokeDash>) {
        let stroke = Stroke { width, dash, ..Stroke::default() };
        self.picture.stroke_path(path, &paint(color), &stroke, Transform::identity(), None);
    }
}

fn paint(color: [u8; 4]) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(color[0], color[1], color[2], color[3]);
    paint.anti_alias = true;
    paint
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::samples;
    use crate::limits;

    fn chart() -> Chart {
        samples::alert().chart.unwrap()
    }

    #[test]
    fn the_line_the_band_and_the_onset_are_there() {
        let picture = Pixmap::decode_png(&png(&chart()).unwrap()).unwrap();
        assert_eq!((picture.width(), picture.height()), (WIDTH, HEIGHT));
        let count = |is: fn(u8, u8, u8) -> bool| {
            picture.pixels().iter().filter(|pixel| is(pixel.red(), pixel.green(), pixel.blue())).count()
        };
        assert!(count(|r, g, b| r < 60 && g < 60 && b < 60) > 2_000, "the line");
        assert!(count(|r, g, b| r > 200 && g < 80 && b < 80) > 200, "the onset");
        assert!(count(|r, g, b| b > r.saturating_add(20) && g > 150) > 2_000, "the band");
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert_eq!(png(&Chart::default()), None);
        assert_eq!(png(&Chart { t_ms: vec![1], values: vec![Some(1.0)], ..chart() }), None);
        assert_eq!(png(&Chart { values: vec![None; 120], ..chart() }), None);
        let hostile = samples::hostile().alerts[0].chart.clone().unwrap();
        let drawn = png(&limits::bounded(&samples::hostile()).alerts[0].chart.clone().unwrap());
        assert!(drawn.is_none_or(|png| png.len() < 100_000));
        assert!(png(&hostile).is_none_or(|png| png.len() < 100_000));
        let huge =
            Chart { values: vec![Some(f64::MAX), Some(f64::MIN)], t_ms: vec![0, 1], ..Chart::default() };
        assert_eq!(png(&huge), None);
    }

    #[test]
    fn a_flat_line_is_drawn() {
        let flat = Chart { t_ms: vec![0, 60_000], values: vec![Some(0.0), Some(0.0)], ..Chart::default() };
        assert!(png(&flat).is_some());
    }
}
