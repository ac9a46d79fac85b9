//! Durations as people write them, like `30s` or `1h 30min`.
//!
//! For `#[serde(with = "duration")]` on a [`Duration`].

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// The units that durations are written in with their length in nanoseconds, the longest first.
const UNITS: [(&str, u128); 7] = [
    ("d", 86_400_000_000_000),
    ("h", 3_600_000_000_000),
    ("min", 60_000_000_000),
    ("s", 1_000_000_000),
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
];

/// Returns a duration's text: a whole number of the longest unit that leaves no fraction, as in the default settings.
///
/// `humantime` would write ten minutes as `10m` and 31 days as `1month 13h 26m 24s`.
pub fn text(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    if nanos == 0 {
        return "0s".into();
    }
    let (unit, length) = UNITS
        .into_iter()
        .find(|(_, length)| nanos.is_multiple_of(*length))
        .expect("every number is a multiple of one nanosecond");
    format!("{}{unit}", nanos / length)
}

/// Reads a duration; `None` where the text is not one, or is longer than the longest [`Duration`].
///
/// Each number is read alone with its unit, because `humantime` 2.4 panics where some sums exceed the longest duration.
pub fn parse(text: &str) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    let mut rest = text;
    loop {
        let unit = rest.find(char::is_alphabetic)?;
        let next = rest[unit..].find(|c: char| c.is_ascii_digit()).map_or(rest.len(), |length| unit + length);
        let (term, after) = rest.split_at(next);
        sum = sum.checked_add(humantime::parse_duration(term).ok()?)?;
        if after.is_empty() {
            return Some(sum);
        }
        rest = after;
    }
}

/// Writes a duration as people do.
pub fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*duration))
}

/// Reads a duration as people write it.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let given = String::deserialize(deserializer)?;
    parse(&given).ok_or_else(|| {
        D::Error::custom(format!(
            "{given:?} is not a duration, or is too long; write a number and a unit (ms, s, min, h or d), like 30s"
        ))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_is_read_in_each_unit() {
        assert_eq!(parse("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(parse("30s"), Some(Duration::from_secs(30)));
        assert_eq!(parse("10min"), Some(Duration::from_secs(600)));
        assert_eq!(parse("24h"), Some(Duration::from_secs(86_400)));
        assert_eq!(parse("30d"), Some(Duration::from_secs(2_592_000)));
        assert_eq!(parse("0s"), Some(Duration::ZERO));
        assert_eq!(parse("5 s"), Some(Duration::from_secs(5)));
    }

    #[test]
    fn several_units_and_fractions_add_up() {
        assert_eq!(parse("1h30min"), Some(Duration::from_secs(5_400)));
        assert_eq!(parse("1h 30min"), Some(Duration::from_secs(5_400)));
        assert_eq!(parse("1.5s"), Some(Duration::from_millis(1_500)));
    }

    #[test]
    fn a_small_m_is_a_minute_and_a_large_one_a_month() {
        assert_eq!(parse("30m"), parse("30min"));
        assert_eq!(parse("1M"), parse("30.44d"));
    }

    #[test]
    fn a_text_without_a_number_or_a_unit_is_not_a_duration() {
        for text in ["", "s", "30", "-3s", "+3s", "30 beats", "99999999999999999999s", "18446744073709551615h"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_sum_beyond_the_longest_duration_is_refused() {
        assert_eq!(parse("18446744073709551615s 999ms"), Some(Duration::new(u64::MAX, 999_000_000)));
        for text in ["18446744073709551615s 1000ms", "18446744073709551615s 999ms 1ms", "18446744073709551615s1s"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_is_written_with_the_longest_unit_that_fits() {
        let written = [0, 1, 1_500, 30_000, 90_000, 600_000, 7_200_000, 86_400_000]
            .map(|millis| text(Duration::from_millis(millis)));
        assert_eq!(written, ["0s", "1ms", "1500ms", "30s", "90s", "10min", "2h", "1d"]);
        assert_eq!(text(Duration::from_nanos(2_001_000)), "2001us");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(nanos in any::<u64>()) {
            let duration = Duration::from_nanos(nanos);
            prop_assert_eq!(parse(&text(duration)), Some(duration));
        }

        #[test]
        fn a_text_is_read_as_the_library_reads_it(text in "( ?[0-9]{1,6}(\\.[0-9]{1,3})? ?(d|h|min|m|M|s|ms|us|µs|ns|x|)[ ,]?){0,4}") {
            prop_assert_eq!(parse(&text), humantime::parse_duration(&text).ok());
        }
    }
}
