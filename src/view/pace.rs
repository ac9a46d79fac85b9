//! The pace at which a book is written, and the time it may still take.

use std::{collections::VecDeque, time::Duration};

/// The time over which tokens per second are averaged. The figure stays readable and is still a current one.
const WINDOW: Duration = Duration::from_secs(4);

/// The share of the book from which on its pace predicts the time left better than the first estimate does.
const RELIABLE_SHARE: f64 = 0.04;

/// The length from which on the pace is reliable, however small a share of the book it is.
const RELIABLE_LENGTH: u64 = 3_000;

/// A measurement.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Measured {
    /// The time since the run began.
    pub(super) elapsed: Duration,
    /// The tokens received in this run.
    pub(super) tokens: u64,
    /// The length of the book so far, with the text of earlier runs.
    pub(super) length: u64,
}

/// A chapter that is being written.
pub(super) struct Writing {
    /// Its length so far.
    pub(super) length: u64,
    /// Its target length.
    pub(super) target: u64,
    /// The time it has been written for.
    pub(super) time: Duration,
}

/// The measurements that the pace follows from.
#[derive(Debug, Default)]
pub(super) struct Pace {
    recent: VecDeque<Measured>,
    /// The last measurement before the first words of this run.
    begun: Option<Measured>,
}

impl Pace {
    /// Adds a measurement. The newest one stands for the present.
    pub(super) fn note(&mut self, now: Measured) {
        let begun = self.begun.get_or_insert(now);
        if now.length <= begun.length {
            *begun = now;
        }
        self.recent.push_back(now);
        while self.recent.get(1).is_some_and(|second| now.elapsed.saturating_sub(second.elapsed) >= WINDOW) {
            self.recent.pop_front();
        }
    }

    /// Returns the average tokens per second of the last few seconds.
    pub(super) fn tokens_per_second(&self) -> u64 {
        let (Some(first), Some(last)) = (self.recent.front(), self.recent.back()) else { return 0 };
        let millis = last.elapsed.saturating_sub(first.elapsed).as_millis();
        let tokens = u128::from(last.tokens.saturating_sub(first.tokens));
        u64::try_from((tokens * 1_000).checked_div(millis).unwrap_or(0)).unwrap_or(u64::MAX)
    }

    /// Estimates the time left for a book of a target length. The estimate follows the pace of this run once that is
    /// reliable, and until then the time that was expected for the whole book.
    pub(super) fn left(&self, target: u64, expected: Duration) -> Option<Duration> {
        let (begun, now) = (self.begun?, *self.recent.back()?);
        let missing = target.checked_sub(now.length).filter(|missing| *missing > 0)?;
        let gained = now.length.saturating_sub(begun.length);
        let rate = per_second(gained, now.elapsed.saturating_sub(begun.elapsed));
        let reliable = gained >= RELIABLE_LENGTH || float(gained) >= RELIABLE_SHARE * float(target);
        if reliable && rate > 0.0 {
            return Duration::try_from_secs_f64(float(missing) / rate).ok();
        }
        expected.checked_sub(now.elapsed).filter(|left| !left.is_zero())
    }
}

/// Estimates the time until the last of several chapters is written. At the end of a book the slowest chapter decides,
/// not the pace of all.
pub(super) fn slowest(chapters: impl IntoIterator<Item = Writing>) -> Duration {
    chapters.into_iter().map(|chapter| chapter.left()).max().unwrap_or_default()
}

impl Writing {
    fn left(&self) -> Duration {
        let missing = self.target.saturating_sub(self.length);
        // While there is no text, the quotient is not finite and says nothing.
        Duration::try_from_secs_f64(float(missing) / per_second(self.length, self.time)).unwrap_or_default()
    }
}

fn per_second(amount: u64, time: Duration) -> f64 {
    if time.is_zero() { 0.0 } else { float(amount) / time.as_secs_f64() }
}

#[expect(clippy::cast_precision_loss, reason = "tokens and words of a book are far below 2^52")]
fn float(amount: u64) -> f64 {
    amount as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paced(measured: &[(u64, u64, u64)]) -> Pace {
        let mut pace = Pace::default();
        for (seconds, tokens, length) in measured {
            let (elapsed, tokens, length) = (Duration::from_secs(*seconds), *tokens, *length);
            pace.note(Measured { elapsed, tokens, length });
        }
        pace
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn tokens_per_second_are_those_of_the_last_seconds_alone() {
        assert_eq!(paced(&[]).tokens_per_second(), 0);
        assert_eq!(paced(&[(0, 0, 0)]).tokens_per_second(), 0);
        assert_eq!(paced(&[(0, 0, 0), (2, 200, 0)]).tokens_per_second(), 100);
        let burst = paced(&[(0, 0, 0), (10, 90_000, 0), (12, 90_000, 0), (14, 90_000, 0)]);
        assert_eq!(burst.tokens_per_second(), 0);
    }

    #[test]
    fn until_the_pace_is_reliable_the_estimate_counts() {
        assert_eq!(paced(&[(0, 0, 0), (20, 0, 0)]).left(1_000, MINUTE), Some(Duration::from_secs(40)));
        assert_eq!(paced(&[(0, 0, 0), (20, 9, 39)]).left(1_000, MINUTE), Some(Duration::from_secs(40)));
        assert_eq!(paced(&[(0, 0, 0), (61, 0, 0)]).left(1_000, MINUTE), None);
        assert_eq!(paced(&[(0, 0, 0), (10, 9, 3_000)]).left(303_000, MINUTE), Some(Duration::from_secs(1_000)));
    }

    #[test]
    fn the_pace_is_that_of_the_writing_without_the_planning_before_it() {
        let pace = paced(&[(0, 0, 0), (30, 0, 0), (40, 0, 500)]);
        assert_eq!(pace.left(1_000, MINUTE), Some(Duration::from_secs(10)));
    }

    #[test]
    fn the_pace_of_a_run_that_goes_on_does_not_count_what_was_there_before() {
        let pace = paced(&[(0, 0, 900), (10, 0, 950)]);
        assert_eq!(pace.left(1_000, MINUTE), Some(Duration::from_secs(10)));
    }

    #[test]
    fn a_failed_try_takes_its_words_away_and_a_full_book_has_no_time_left_to_tell() {
        assert_eq!(paced(&[(0, 0, 0), (10, 0, 300), (11, 0, 0)]).left(1_000, MINUTE), Some(Duration::from_secs(49)));
        assert_eq!(paced(&[(0, 0, 0), (10, 0, 1_100)]).left(1_000, MINUTE), None);
    }

    #[test]
    fn the_chapter_that_is_furthest_behind_decides_the_end() {
        let ten = Duration::from_secs(10);
        let slowest = |chapters: &[(u64, Duration)]| {
            super::slowest(chapters.iter().map(|(length, time)| Writing {
                length: *length,
                target: 1_000,
                time: *time,
            }))
        };
        assert_eq!(slowest(&[(900, ten), (500, ten), (1_000, ten)]), ten);
        assert_eq!(slowest(&[(0, ten), (10, Duration::ZERO)]), Duration::ZERO);
        assert_eq!(slowest(&[(1_000, Duration::ZERO)]), Duration::ZERO);
        assert_eq!(slowest(&[]), Duration::ZERO);
    }
}
