//! Dates, as books carry them.

use crate::Moment;

/// Returns the date of a moment in UTC, `YYYY-MM-DD`.
pub fn date(moment: Moment) -> String {
    let (year, month, day) = civil(i64::try_from(moment.0 / 86_400_000).unwrap_or(i64::MAX));
    format!("{year:04}-{month:02}-{day:02}")
}

/// Returns a moment by RFC 3339, in UTC and to the millisecond.
pub fn timestamp(moment: Moment) -> String {
    let (millis, seconds) = (moment.0 % 1_000, moment.0 / 1_000 % 86_400);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z", date(moment))
}

/// Days since 1970 to a date of the Gregorian calendar, by Howard Hinnant's `civil_from_days`.
/// <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_names_its_day_and_its_time() {
        assert_eq!(date(Moment(0)), "1970-01-01");
        assert_eq!(date(Moment(951_782_400_000)), "2000-02-29");
        assert_eq!(date(Moment(1_795_392_000_000)), "2026-11-23");
        assert_eq!(timestamp(Moment(1_795_396_321_045)), "2026-11-23T01:12:01.045Z");
    }
}
