//! Durations as people write them: a whole number and a unit, like `30s`.
//!
//! For `#[serde(with = "duration")]` on a [`Duration`].

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer, de::Error};

/// The units with their length in milliseconds, the longest first.
const UNITS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];

/// Writes a duration with the longest unit that leaves no fraction.
pub fn text(duration: Duration) -> String {
    let millis = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    if millis == 0 {
        return "0s".into();
    }
    let (unit, length) = UNITS
        .into_iter()
        .find(|(_, length)| millis.is_multiple_of(*length))
        .expect("every number is a multiple of one millisecond");
    format!("{}{unit}", millis / length)
}

/// Reads a duration; none where the text is not a whole number and a unit.
pub fn parse(text: &str) -> Option<Duration> {
    let unit_at = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(unit_at);
    let (_, length) = UNITS.into_iter().find(|(name, _)| *name == unit.trim())?;
    let millis = number.parse::<u64>().ok()?.checked_mul(length)?;
    Some(Duration::from_millis(millis))
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
            "{given:?} is not a duration; write a whole number and a unit (ms, s, min, h or d), like 30s"
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
    fn what_is_not_a_whole_number_and_a_unit_is_no_duration() {
        for text in
            ["", "s", "30", "30m", "1.5s", "-3s", "+3s", "1h30min", "99999999999999999999s", "18446744073709551615h"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_is_written_with_the_longest_unit_that_fits() {
        let written = [0, 1, 1_500, 30_000, 90_000, 600_000, 7_200_000, 86_400_000]
            .map(|millis| text(Duration::from_millis(millis)));
        assert_eq!(written, ["0s", "1ms", "1500ms", "30s", "90s", "10min", "2h", "1d"]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(millis in any::<u64>()) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(parse(&text(duration)), Some(duration));
        }
    }
}
