//! Reads how long a server asks to wait before the next call, in every form in which servers say it.

mod body;

use std::time::{Duration, SystemTime};

use jiff::{
    SpanRelativeTo, Timestamp,
    fmt::{friendly::SpanParser, rfc2822::DateTimeParser},
};
use reqwest::header::HeaderMap;
use serde_json::Value;

/// The longest wait that is believed. A longer one comes from a misread clock.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// Reads the dates of HTTP, whose form is one of the forms of RFC 2822. A wrong day of the week does not matter.
const HTTP_DATE: DateTimeParser = DateTimeParser::new().relaxed_weekday(true);

/// A header that says when a limit is reset, and the header that says what is left of the limit.
struct LimitHeaders {
    reset: &'static str,
    remaining: &'static str,
}

const LIMITS: [LimitHeaders; 9] = [
    limit("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"),
    limit("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens"),
    limit("x-ratelimit-reset", "x-ratelimit-remaining"),
    limit("ratelimit-reset", "ratelimit-remaining"),
    limit("x-ratelimit-reset-after", "x-ratelimit-remaining"),
    limit("anthropic-ratelimit-requests-reset", "anthropic-ratelimit-requests-remaining"),
    limit("anthropic-ratelimit-tokens-reset", "anthropic-ratelimit-tokens-remaining"),
    limit("anthropic-ratelimit-input-tokens-reset", "anthropic-ratelimit-input-tokens-remaining"),
    limit("anthropic-ratelimit-output-tokens-reset", "anthropic-ratelimit-output-tokens-remaining"),
];

const fn limit(reset: &'static str, remaining: &'static str) -> LimitHeaders {
    LimitHeaders { reset, remaining }
}

/// Returns the wait that a response asks for; `None` where it asks for none.
///
/// Times of day count from the response's own `Date`, so that a wrong clock on either side does no harm. Without that
/// header they count from `now`.
pub(crate) fn read(headers: &HeaderMap, body: Option<&Value>, now: SystemTime) -> Option<Duration> {
    let date = text(headers, "date").and_then(http_date);
    let now = date.or_else(|| Timestamp::try_from(now).ok()).unwrap_or_default();
    milliseconds(headers)
        .or_else(|| retry_after(headers, now))
        .or_else(|| body.and_then(|body| body::wait(body, now)))
        .or_else(|| resets(headers, now))
        .map(|wait| wait.min(LONGEST_WAIT))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn seconds(text: &str) -> Option<Duration> {
    text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    // The second one is Azure's.
    let value = text(headers, "retry-after-ms").or_else(|| text(headers, "x-ms-retry-after-ms"))?;
    let milliseconds: f64 = value.parse().ok()?;
    Duration::try_from_secs_f64(milliseconds / 1000.0).ok()
}

fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = text(headers, "retry-after")?;
    seconds(value).or_else(|| http_date(value).map(|at| wait_until(at, now)))
}

/// Reads the reset headers: the latest reset of the exhausted limits, or the earliest of all where no limit is marked as
/// exhausted.
fn resets(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let waits_where = |wanted: bool| {
        LIMITS.iter().filter_map(move |limit| {
            let is_exhausted = text(headers, limit.remaining).is_some_and(|left| left == "0");
            let wait = reset_wait(text(headers, limit.reset)?, now)?;
            (is_exhausted == wanted).then_some(wait)
        })
    };
    waits_where(true).max().or_else(|| waits_where(false).min())
}

/// Reads a reset as a time of day, a Unix time in seconds or milliseconds, a number of seconds, or a span.
fn reset_wait(value: &str, now: Timestamp) -> Option<Duration> {
    const YEAR_2001: f64 = 1e9;
    const YEAR_2001_IN_MILLISECONDS: f64 = 1e12;
    if let Ok(number) = value.parse::<f64>() {
        let seconds = if number >= YEAR_2001_IN_MILLISECONDS { number / 1000.0 } else { number };
        let duration = Duration::try_from_secs_f64(seconds).ok()?;
        let is_time = number >= YEAR_2001;
        return Some(if is_time { wait_until(unix_time(duration), now) } else { duration });
    }
    timestamp(value).map(|at| wait_until(at, now)).or_else(|| span(value))
}

/// Returns the time this long after 1970, or the latest one that there is.
fn unix_time(since_1970: Duration) -> Timestamp {
    Timestamp::UNIX_EPOCH.saturating_add(since_1970).unwrap_or(Timestamp::MAX)
}

/// Returns the time from `now` to another time, or zero where that has passed.
fn wait_until(at: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(at.duration_since(now)).unwrap_or_default()
}

/// Reads a span like `6m0s`, `1h2m3.5s` or `20ms`.
fn span(text: &str) -> Option<Duration> {
    let span = SpanParser::new().parse_span(text).ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    Duration::try_from(duration).ok()
}

/// Reads the date form that HTTP prescribes, like `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    HTTP_DATE.parse_timestamp(text).ok()
}

/// Reads an RFC 3339 time, like `2026-03-01T12:00:00Z` or `2026-03-01T13:00:00.25+01:00`.
fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};
    use serde_json::json;

    use super::*;

    /// 2026-03-01T12:00:00Z.
    const NOON: u64 = 1_772_366_400;

    fn wait(headers: &[(&'static str, &str)]) -> Option<f64> {
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
    fn times_of_known_days_are_read() {
        let at = |text| timestamp(text).map(|at| at.as_second().unsigned_abs());
        assert_eq!(at("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(at("2000-02-29T00:00:00Z"), Some(951_782_400));
        assert_eq!(at("2026-03-01T12:00:00Z"), Some(NOON));
        assert_eq!(at("2026-03-01T13:30:00.5+01:30"), Some(NOON));
        assert_eq!(at("2026-03-01T07:00:00-05:00"), Some(NOON));
        let header = http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(header.as_second(), 784_111_777);
    }

    #[test]
    fn retry_after_is_read_as_seconds_and_as_a_date() {
        assert_eq!(wait(&[("retry-after", "7")]), Some(7.0));
        assert_eq!(wait(&[("retry-after", " 0.25 ")]), Some(0.25));
        assert_eq!(wait(&[("retry-after", "Sun, 01 Mar 2026 12:00:30 GMT")]), Some(30.0));
        assert_eq!(
            wait(&[("retry-after", "Sun, 01 Mar 2026 11:00:00 GMT")]),
            Some(0.0),
            "a date in the past asks for no wait"
        );
        assert_eq!(wait(&[("retry-after", "soon")]), None);
        assert_eq!(wait(&[("retry-after", "-3")]), None);
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn milliseconds_come_before_seconds() {
        assert_eq!(wait(&[("retry-after", "1"), ("retry-after-ms", "640")]), Some(0.64));
        assert_eq!(wait(&[("retry-after", "1"), ("x-ms-retry-after-ms", "640")]), Some(0.64));
    }

    #[test]
    fn dates_count_from_the_servers_own_clock() {
        let wait = wait(&[("date", "Sun, 01 Mar 2026 09:00:00 GMT"), ("retry-after", "Sun, 01 Mar 2026 09:00:12 GMT")]);
        assert_eq!(wait, Some(12.0));
    }

    #[test]
    fn resets_are_read_in_every_form() {
        for (value, expected) in [
            ("6m0s", 360.0),
            ("20ms", 0.02),
            ("1h2m3.5s", 3723.5),
            ("7.66", 7.66),
            ("2026-03-01T12:01:00Z", 60.0),
            ("1772366410", 10.0),
            ("1772366410500", 10.5),
        ] {
            assert_eq!(wait(&[("x-ratelimit-reset", value)]), Some(expected), "{value}");
        }
        assert_eq!(wait(&[("x-ratelimit-reset", "5 parsecs")]), None);
        assert_eq!(wait(&[("ratelimit-remaining", "0"), ("ratelimit-reset", "7")]), Some(7.0));
        assert_eq!(wait(&[("x-ratelimit-reset-after", "1.5")]), Some(1.5));
    }

    #[test]
    fn the_latest_reset_of_an_exhausted_limit_is_waited_for() {
        let limits = [
            ("x-ratelimit-reset-requests", "2h0m0s"),
            ("x-ratelimit-remaining-requests", "59"),
            ("x-ratelimit-reset-tokens", "4s"),
            ("x-ratelimit-remaining-tokens", "0"),
        ];
        assert_eq!(wait(&limits), Some(4.0));
        assert_eq!(wait(&limits[..3]), Some(4.0), "the earliest reset where no limit is exhausted");
        let both = [
            ("anthropic-ratelimit-requests-reset", "2026-03-01T12:00:05Z"),
            ("anthropic-ratelimit-requests-remaining", "0"),
            ("anthropic-ratelimit-input-tokens-reset", "2026-03-01T12:00:09Z"),
            ("anthropic-ratelimit-input-tokens-remaining", "0"),
        ];
        assert_eq!(wait(&both), Some(9.0), "the latest reset of the exhausted limits");
    }

    #[test]
    fn googles_retry_delay_is_read_from_the_body() {
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
        assert_eq!(wait(&[("retry-after", "99999999")]), Some(86_400.0));
        assert_eq!(wait(&[("x-ratelimit-reset", "1e300")]), None);
    }

    proptest! {
        #[test]
        fn no_header_text_makes_it_panic(value in "\\PC{0,40}", shaped in "[0-9.:TZhmsd+-]{0,30}") {
            for text in [value, shaped] {
                let _ = (span(&text), http_date(&text), timestamp(&text));
                let _ = reset_wait(&text, unix_time(Duration::from_secs(NOON)));
            }
        }
    }
}
