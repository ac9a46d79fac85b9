//! When a server says one may come back: the floor for the next call, in every form servers give it.

use std::time::{Duration, SystemTime};

use reqwest::header::HeaderMap;
use serde_json::Value;

/// No floor is longer: what says more is a misread clock.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns the wait a refused call was told, if any. Times of day count from the response's own `Date`,
/// so that a wrong clock on either side does no harm; `now` serves where there is none.
pub(crate) fn read(headers: &HeaderMap, body: Option<&Value>, now: SystemTime) -> Option<Duration> {
    let now = text(headers, "date")
        .and_then(http_date)
        .unwrap_or_else(|| now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default());
    milliseconds(headers)
        .or_else(|| retry_after(headers, now))
        .or_else(|| body.and_then(retry_info))
        .or_else(|| resets(headers, now))
        .map(|wait| wait.min(LONGEST))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    text(headers, "retry-after-ms").and_then(seconds).map(|thousandfold| thousandfold / 1000)
}

fn retry_after(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    let value = text(headers, "retry-after")?;
    seconds(value).or_else(|| http_date(value).map(|at| at.saturating_sub(now)))
}

/// Reads Google's `RetryInfo`, one of the details of an error body.
fn retry_info(body: &Value) -> Option<Duration> {
    let error = body.get(0).unwrap_or(body).get("error")?;
    let details = error.get("details")?.as_array()?;
    let delay = details.iter().find_map(|detail| detail.get("retryDelay")?.as_str())?;
    span(delay)
}

/// Reads the reset headers: the latest among the exhausted limits, and where none says it is exhausted,
/// the earliest of all.
fn resets(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    const LIMITS: [(&str, &str); 7] = [
        ("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"),
        ("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
        ("x-ratelimit-reset", "x-ratelimit-remaining"),
        ("anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"),
        ("anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining"),
        ("anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining"),
        ("anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining"),
    ];
    let told = LIMITS.iter().filter_map(|(reset, remaining)| {
        let wait = reset_wait(text(headers, reset)?, now)?;
        let exhausted = text(headers, remaining).is_some_and(|left| left == "0");
        Some((exhausted, wait))
    });
    let (exhausted, others): (Vec<_>, Vec<_>) = told.partition(|(exhausted, _)| *exhausted);
    let latest = exhausted.into_iter().map(|(_, wait)| wait).max();
    latest.or_else(|| others.into_iter().map(|(_, wait)| wait).min())
}

/// Reads a reset as a time of day, a Unix time in seconds or milliseconds, a number of seconds, or a span.
fn reset_wait(value: &str, now: Duration) -> Option<Duration> {
    const YEAR_2001: f64 = 1e9;
    const YEAR_2001_IN_MILLISECONDS: f64 = 1e12;
    if let Ok(number) = value.parse::<f64>() {
        let at = if number >= YEAR_2001_IN_MILLISECONDS { number / 1000.0 } else { number };
        let at = Duration::try_from_secs_f64(at).ok()?;
        let is_time = number >= YEAR_2001;
        return Some(if is_time { at.saturating_sub(now) } else { at });
    }
    timestamp(value).map(|at| at.saturating_sub(now)).or_else(|| span(value))
}

/// Reads a span as Go writes it, like `6m0s`, `1h2m3.5s` or `20ms`.
fn span(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(digits);
        let units = tail.find(|c: char| c.is_ascii_digit()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(units);
        let scale = match unit {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        let number: f64 = number.parse().ok()?;
        total = total.checked_add(Duration::try_from_secs_f64(number * scale).ok()?)?;
        rest = tail;
    }
    (!text.is_empty()).then_some(total)
}

/// Reads the date form HTTP prescribes, like `Sun, 06 Nov 1994 08:49:37 GMT`, as the time since 1970.
fn http_date(text: &str) -> Option<Duration> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.split_once(", ")?;
    let mut fields = date.split(' ');
    let day: u32 = fields.next()?.parse().ok()?;
    let month = fields.next()?;
    let month = MONTHS.iter().position(|name| *name == month)?;
    let year: i64 = fields.next()?.parse().ok()?;
    let time = time_of_day(fields.next()?)?;
    (fields.next()? == "GMT").then_some(())?;
    since_1970(year, u32::try_from(month).ok()? + 1, day, time)
}

/// Reads an RFC 3339 time, like `2026-03-01T12:00:00Z` or `2026-03-01T13:00:00.25+01:00`, as the time since 1970.
fn timestamp(text: &str) -> Option<Duration> {
    let (date, time) = text.split_once(['T', 't'])?;
    let mut fields = date.splitn(3, '-');
    let year: i64 = fields.next()?.parse().ok()?;
    let month: u32 = fields.next()?.parse().ok()?;
    let day: u32 = fields.next()?.parse().ok()?;
    let zone = time.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = time.split_at(zone);
    let at = since_1970(year, month, day, time_of_day(time)?)?;
    let offset = match zone.split_at(1) {
        ("Z" | "z", "") => return Some(at),
        (_, offset) => time_of_day(&format!("{offset}:00"))?,
    };
    if zone.starts_with('+') { at.checked_sub(offset) } else { at.checked_add(offset) }
}

fn time_of_day(text: &str) -> Option<Duration> {
    let mut fields = text.splitn(3, ':');
    let hours: u64 = fields.next()?.parse().ok()?;
    let minutes: u64 = fields.next()?.parse().ok()?;
    let rest = seconds(fields.next()?)?;
    // A leap second is second 60.
    let in_range = hours < 24 && minutes < 60 && rest < Duration::from_secs(61);
    in_range.then(|| Duration::from_secs(hours * 3600 + minutes * 60) + rest)
}

/// Counts days by the Gregorian calendar, taking March for the first month so that a leap day comes last.
fn since_1970(year: i64, month: u32, day: u32, time: Duration) -> Option<Duration> {
    const DAYS_FROM_YEAR_0_TO_1970: i64 = 719_468;
    let in_range = (1970..10_000).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    in_range.then_some(())?;
    let year = if month <= 2 { year - 1 } else { year };
    let month = i64::from((month + 9) % 12);
    let day_of_year = (153 * month + 2) / 5 + i64::from(day) - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    let days = u64::try_from(days - DAYS_FROM_YEAR_0_TO_1970).ok()?;
    Some(Duration::from_secs(days * 86_400) + time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    /// 2026-03-01T12:00:00Z.
    const NOON: u64 = 1_772_366_400;

    fn told(headers: &[(&'static str, &str)]) -> Option<f64> {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                let value = HeaderValue::from_str(value).unwrap();
                (HeaderName::from_static(name), value)
            })
            .collect();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOON);
        read(&headers, None, now).map(|wait| wait.as_secs_f64())
    }

    #[test]
    fn the_calendar_agrees_with_known_days() {
        let at = |text| timestamp(text).map(|at| at.as_secs());
        assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(at("2000-02-29T00:00:00Z"), Some(951_782_400));
        assert_eq!(at("2026-03-01T12:00:00Z"), Some(NOON));
        assert_eq!(at("2026-03-01T13:30:00.5+01:30"), Some(NOON));
        assert_eq!(at("2026-03-01T07:00:00-05:00"), Some(NOON));
        let header = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(header.as_secs(), 784_111_777);
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(told(&[("retry-after", "7")]), Some(7.0));
        assert_eq!(told(&[("retry-after", " 0.25 ")]), Some(0.25));
        assert_eq!(told(&[("retry-after", "Sun, 01 Mar 2026 12:00:30 GMT")]), Some(30.0));
        assert_eq!(
            told(&[("retry-after", "Sun, 01 Mar 2026 11:00:00 GMT")]),
            Some(0.0),
            "a date in the past asks for no wait"
        );
        assert_eq!(told(&[("retry-after", "soon")]), None);
        assert_eq!(told(&[("retry-after", "-3")]), None);
        assert_eq!(told(&[]), None);
    }

    #[test]
    fn milliseconds_win_over_seconds() {
        assert_eq!(told(&[("retry-after", "1"), ("retry-after-ms", "640")]), Some(0.64));
    }

    #[test]
    fn dates_count_from_the_servers_own_clock() {
        let wait = told(&[("date", "Sun, 01 Mar 2026 09:00:00 GMT"), ("retry-after", "Sun, 01 Mar 2026 09:00:12 GMT")]);
        assert_eq!(wait, Some(12.0));
    }

    #[test]
    fn resets_are_read_in_every_form() {
        for (value, wait) in [
            ("6m0s", 360.0),
            ("20ms", 0.02),
            ("1h2m3.5s", 3723.5),
            ("7.66", 7.66),
            ("2026-03-01T12:01:00Z", 60.0),
            ("1772366410", 10.0),
            ("1772366410500", 10.5),
        ] {
            assert_eq!(told(&[("x-ratelimit-reset", value)]), Some(wait), "{value}");
        }
        assert_eq!(told(&[("x-ratelimit-reset", "5 parsecs")]), None);
    }

    #[test]
    fn only_exhausted_limits_are_waited_for() {
        let limits = [
            ("x-ratelimit-reset-requests", "2h0m0s"),
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-reset-tokens", "4s"),
            ("x-ratelimit-remaining-tokens", "0"),
        ];
        assert_eq!(told(&limits), Some(4.0));
        assert_eq!(told(&limits[..3]), Some(4.0), "the earliest where none is");
        let both = [
            ("anthropic-ratelimit-requests-reset", "2026-03-01T12:00:05Z"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:00:09Z"),
            ("anthropic-ratelimit-input-tokens-remaining", "0"),
        ];
        assert_eq!(told(&both), Some(9.0), "the latest of the exhausted");
    }

    #[test]
    fn google_tells_it_in_the_body() {
        let error = json!({"error": {"code": 429, "details": [
            {"@type": "type.googleapis.com/google.rpc.QuotaFailure"},
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.5s"},
        ]}});
        for body in [error.clone(), json!([error])] {
            let wait = read(&HeaderMap::new(), Some(&body), SystemTime::now());
            assert_eq!(wait, Some(Duration::from_millis(34_500)));
        }
    }

    #[test]
    fn no_wait_is_longer_than_a_day() {
        assert_eq!(told(&[("retry-after", "99999999")]), Some(86_400.0));
        assert_eq!(told(&[("x-ratelimit-reset", "1e300")]), None);
    }

    proptest! {
        #[test]
        fn no_header_text_makes_it_panic(value in "\\PC{0,40}", shaped in "[0-9.:TZhmsd+-]{0,30}") {
            for text in [value, shaped] {
                let _ = (span(&text), http_date(&text), timestamp(&text));
                let _ = reset_wait(&text, Duration::from_secs(NOON));
            }
        }
    }
}
