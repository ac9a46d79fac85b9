//! Dates and times of the Gregorian calendar.

use jiff::{Timestamp, civil::Date, tz::Offset};

use crate::Moment;

/// Returns the date of a moment in UTC, `YYYY-MM-DD`.
pub fn date(moment: Moment) -> String {
    Offset::UTC.to_datetime(calendar_time(moment)).date().to_string()
}

/// Returns a moment as RFC 3339 writes it, in UTC and to the millisecond.
pub fn timestamp(moment: Moment) -> String {
    format!("{:.3}", calendar_time(moment))
}

/// Returns a moment as RFC 3339 writes it, in UTC and to the second.
pub fn timestamp_to_the_second(moment: Moment) -> String {
    format!("{:.0}", calendar_time(moment))
}

/// Returns whether the text is a day of the calendar as `YYYY-MM-DD`.
pub fn is_date(text: &str) -> bool {
    // The library also reads other forms, like `20260331`, and the year 0.
    text.parse::<Date>().is_ok_and(|date| date.year() > 0 && date.to_string() == text)
}

/// Reads a moment: a time by RFC 3339, or a day, which means its beginning in UTC. Returns `None` where the text is neither, or lies
/// before 1970.
pub fn moment(text: &str) -> Option<Moment> {
    let time = if is_date(text) { &format!("{text}T00:00:00Z") } else { text };
    let millis = time.parse::<Timestamp>().ok()?.as_millisecond();
    u64::try_from(millis).ok().map(Moment)
}

/// Converts a moment for the calendar library, whose years end with 9999.
fn calendar_time(moment: Moment) -> Timestamp {
    i64::try_from(moment.0).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_date_and_a_timestamp() {
        assert_eq!(date(Moment(0)), "1970-01-01");
        assert_eq!(date(Moment(951_782_400_000)), "2000-02-29");
        assert_eq!(date(Moment(1_795_392_000_000)), "2026-11-23");
        assert_eq!(timestamp(Moment(1_795_396_321_045)), "2026-11-23T01:12:01.045Z");
        assert_eq!(timestamp(Moment(1_795_396_321_000)), "2026-11-23T01:12:01.000Z");
        assert_eq!(date(Moment(u64::MAX)), "9999-12-30");
        assert_eq!(timestamp_to_the_second(Moment(1_795_396_321_945)), "2026-11-23T01:12:01Z");
    }

    #[test]
    fn a_moment_is_read_as_it_was_written_and_a_day_is_its_beginning() {
        for written in [0, 951_782_400_000, 1_795_396_321_045] {
            assert_eq!(moment(&timestamp(Moment(written))), Some(Moment(written)));
        }
        assert_eq!(moment("2026-11-23"), Some(Moment(1_795_392_000_000)));
        assert_eq!(moment("2026-11-23T02:12:01+01:00"), Some(Moment(1_795_396_321_000)));
        for text in ["", "yesterday", "2026-11-23T02:12:01", "2026-13-01", "1969-12-31", "1d"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        for date in ["2024-02-29", "2000-02-29", "1999-12-31", "0001-01-01"] {
            assert!(is_date(date), "{date}");
        }
        for date in [
            "2023-02-29",
            "1900-02-29",
            "2024-04-31",
            "2024-13-01",
            "2024-00-10",
            "2024-01-00",
            "0000-01-01",
            "24-01-01",
            "2024-1-1",
            "2024-01-01-01",
            "2024/01/01",
            "+024-01-01",
            "",
        ] {
            assert!(!is_date(date), "{date}");
        }
    }
}
