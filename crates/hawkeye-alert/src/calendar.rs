//! Recurring times and turns of duty, in local wall-clock time.
//!
//! An instant is inside a span when its local date and time are. So a span of 22:00 to 06:00 lasts seven or nine hours
//! in the two nights of daylight saving, an hour that comes twice is inside twice, and one that is skipped never.

use hawkeye_model::Timestamp;
use jiff::Zoned;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

use crate::routing::{Interval, Maintenance, Schedule, Span};

/// Shifts that are looked through for the end of a turn.
const TURNS_MAX: i64 = 400;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Who is on call, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnCall {
    pub person: String,
    pub until: Timestamp,
    /// Who comes then.
    pub next: String,
}

impl Interval {
    #[must_use]
    pub fn contains(&self, now: Timestamp) -> bool {
        in_spans(&self.spans, &self.time_zone, now)
    }
}

impl Maintenance {
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.from_ms.is_none_or(|from| from <= now.millis())
            && self.to_ms.is_none_or(|to| now.millis() < to)
            && (self.spans.is_empty() || in_spans(&self.spans, &self.time_zone, now))
    }
}

fn in_spans(spans: &[Span], time_zone: &str, now: Timestamp) -> bool {
    local(now, time_zone).is_some_and(|local| spans.iter().any(|span| span.contains(local)))
}

fn local(now: Timestamp, time_zone: &str) -> Option<DateTime> {
    let zone = zone(time_zone)?;
    let instant = jiff::Timestamp::from_microsecond(now.micros()).ok()?;
    Some(Zoned::new(instant, zone).datetime())
}

/// `None` when there is no such time zone.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// `None` when the text is no time of day; an empty one is midnight.
pub(crate) fn time_of_day(text: &str) -> Option<Time> {
    if text.is_empty() {
        return Some(Time::midnight());
    }
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(hour) || !digits(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

pub(crate) fn weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(name, _)| *name == text).map(|(_, day)| *day)
}

pub(crate) fn civil(text: &str) -> Option<DateTime> {
    text.parse().ok()
}

impl Span {
    fn contains(&self, local: DateTime) -> bool {
        let (Some(from), Some(to)) = (time_of_day(&self.from), time_of_day(&self.to)) else { return false };
        let (date, time) = (local.date(), local.time());
        if from < to {
            return self.begins_on(date) && from <= time && time < to;
        }
        // Over midnight, or the whole day.
        let begun_today = self.begins_on(date) && time >= from;
        let begun_yesterday = time < to && date.yesterday().is_ok_and(|before| self.begins_on(before));
        begun_today || begun_yesterday
    }

    fn begins_on(&self, date: Date) -> bool {
        let on_weekday = self.weekdays.is_empty()
            || self.weekdays.iter().filter_map(|it| weekday(it)).any(|it| it == date.weekday());
        let from_end = date.day() - date.days_in_month() - 1;
        let on_day = self.days_of_month.is_empty()
            || self.days_of_month.iter().any(|&day| day == date.day() || day == from_end);
        on_weekday && on_day && (self.months.is_empty() || self.months.contains(&date.month()))
    }
}

/// Who is on call; `None` before the first turn, and when the schedule has nobody.
#[must_use]
pub fn on_call(schedule: &Schedule, now: Timestamp) -> Option<OnCall> {
    let regular = turn(schedule, now);
    let covers = || schedule.overrides.iter().filter(|it| it.from_ms < it.to_ms);
    let cover = covers().find(|it| (it.from_ms..it.to_ms).contains(&now.millis()));
    let who = |at: Timestamp| match covers().find(|it| (it.from_ms..it.to_ms).contains(&at.millis())) {
        Some(cover) => Some(cover.person.clone()),
        None => turn(schedule, at).map(|(person, _)| person),
    };
    let (person, until) = match cover {
        Some(cover) => (cover.person.clone(), Timestamp::from_millis(cover.to_ms)),
        None => {
            let (person, until) = regular?;
            let begins =
                covers().map(|it| Timestamp::from_millis(it.from_ms)).filter(|&from| from > now).min();
            (person, begins.map_or(until, |begins| begins.min(until)))
        }
    };
    let next = who(until).unwrap_or_default();
    Some(OnCall { person, until, next })
}

/// The regular turn at a moment, without overrides. Turns change at a local time, so they last 23 or 25 hours more
/// when the clocks change.
fn turn(schedule: &Schedule, now: Timestamp) -> Option<(String, Timestamp)> {
    let zone = zone(&schedule.time_zone)?;
    let begun = civil(&schedule.starts)?;
    let local = local(now, &schedule.time_zone)?;
    let days = i64::from(schedule.shift_days.max(1));
    if schedule.people.is_empty() || local < begun {
        return None;
    }
    let hours = local.since((jiff::Unit::Day, begun)).ok()?;
    let turn = i64::from(hours.get_days()) / days;
    let at = |turn: i64| {
        let date = begun.checked_add(jiff::Span::new().try_days(turn * days).ok()?).ok()?;
        let zoned = date.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_micros(zoned.timestamp().as_microsecond()))
    };
    let until = (turn + 1..turn + TURNS_MAX).find_map(|it| at(it).filter(|&end| end > now))?;
    let person = schedule.people.get(usize::try_from(turn).ok()? % schedule.people.len())?;
    Some((person.clone(), until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::Cover;

    fn at(text: &str) -> Timestamp {
        let instant: jiff::Timestamp = text.parse().expect(text);
        Timestamp::from_micros(instant.as_microsecond())
    }

    fn night() -> Interval {
        Interval {
            name: "night".into(),
            time_zone: "Europe/Berlin".into(),
            spans: vec![Span { from: "22:00".into(), to: "06:00".into(), ..Span::default() }],
        }
    }

    fn check(interval: &Interval, when: &str, expected: bool) {
        assert_eq!(interval.contains(at(when)), expected, "{when}");
    }

    #[test]
    fn a_night_keeps_its_local_hours_when_the_clocks_change() {
        // In winter Berlin is at +1, in summer at +2; the clocks change on 29 March and 25 October 2026.
        check(&night(), "2026-03-28T20:59:00Z", false);
        check(&night(), "2026-03-28T21:00:00Z", true);
        check(&night(), "2026-03-29T03:59:59Z", true);
        check(&night(), "2026-03-29T04:00:00Z", false);
        check(&night(), "2026-03-29T20:00:00Z", true);
        check(&night(), "2026-10-24T20:00:00Z", true);
        check(&night(), "2026-10-25T04:59:59Z", true);
        check(&night(), "2026-10-25T05:00:00Z", false);
    }

    #[test]
    fn a_skipped_hour_is_never_and_a_repeated_one_twice() {
        let hour = Interval {
            spans: vec![Span { from: "02:15".into(), to: "02:45".into(), ..Span::default() }],
            ..night()
        };
        for minute in 0..60 {
            check(&hour, &format!("2026-03-29T00:{minute:02}:00Z"), false);
            check(&hour, &format!("2026-03-29T01:{minute:02}:00Z"), false);
        }
        check(&hour, "2026-10-25T00:30:00Z", true);
        check(&hour, "2026-10-25T01:30:00Z", true);
        check(&hour, "2026-10-25T02:30:00Z", false);
    }

    #[test]
    fn weekdays_name_the_day_on_which_a_span_begins() {
        let friday = Interval {
            time_zone: "UTC".into(),
            spans: vec![Span { weekdays: vec!["fri".into()], ..night().spans[0].clone() }],
            ..night()
        };
        check(&friday, "2026-11-20T23:00:00Z", true);
        check(&friday, "2026-11-21T05:00:00Z", true);
        check(&friday, "2026-11-21T23:00:00Z", false);
        check(&friday, "2026-11-20T05:00:00Z", false);
    }

    #[test]
    fn days_count_from_both_ends_of_a_month() {
        let last = Interval {
            time_zone: "UTC".into(),
            spans: vec![Span { days_of_month: vec![-1], months: vec![2], ..Span::default() }],
            ..night()
        };
        check(&last, "2028-02-29T12:00:00Z", true);
        check(&last, "2028-02-28T12:00:00Z", false);
        check(&last, "2026-02-28T00:00:00Z", true);
        check(&last, "2026-03-31T12:00:00Z", false);
    }

    #[test]
    fn turns_change_at_the_same_local_hour_all_year() {
        let schedule = Schedule {
            name: "primary".into(),
            time_zone: "Europe/Berlin".into(),
            starts: "2026-03-23T09:00".into(),
            shift_days: 7,
            people: vec!["ann".into(), "bob".into()],
            overrides: vec![Cover {
                person: "cas".into(),
                from_ms: at("2026-04-01T00:00:00Z").millis(),
                to_ms: at("2026-04-02T00:00:00Z").millis(),
            }],
        };
        let who = |when: &str| on_call(&schedule, at(when));
        assert_eq!(who("2026-03-23T07:59:00Z"), None);
        let first = who("2026-03-23T08:00:00Z").expect("begun");
        assert_eq!((first.person.as_str(), first.until), ("ann", at("2026-03-30T07:00:00Z")));
        assert_eq!(first.next, "bob");
        let bob = who("2026-03-30T07:00:00Z").expect("bob");
        assert_eq!((bob.person.as_str(), bob.until), ("bob", at("2026-04-01T00:00:00Z")));
        assert_eq!(bob.next, "cas");
        let cas = who("2026-04-01T12:00:00Z").expect("cas");
        assert_eq!((cas.person.as_str(), cas.next.as_str()), ("cas", "bob"));
        assert_eq!(who("2026-04-06T07:00:00Z").expect("again").person, "ann");
    }
}
