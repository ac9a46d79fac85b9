//! How many output tokens the calls of a model may use. It grows by what this process sees of the model.

use std::sync::atomic::{AtomicU32, Ordering};

/// The first room for the reasoning of a model that reasons unasked, and the most.
pub(crate) const FIRST_REASONING: u32 = 8_192;
const MOST_REASONING: u32 = 65_536;

/// The most room for a text, in percent of what was asked for it.
const MOST_TEXT_PERCENT: u32 = 300;

/// The least room that a limit leaves. A smaller number in a server's message is no limit of tokens.
const LEAST: u32 = 64;

/// The room of one model. Calls that run at once and learn the same make it grow once.
pub(crate) struct OutputRoom {
    /// The tokens for reasoning.
    reasoning: AtomicU32,
    /// The tokens for the text, in percent of what is asked for it.
    text_percent: AtomicU32,
    /// The most that the model allows. It comes from the settings or from a rejection.
    most: AtomicU32,
    /// The tokens of the prompt and the output together; 0 where they are unknown.
    context: AtomicU32,
}

/// The room that a call was sent with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SentRoom {
    reasoning: u32,
    text_percent: u32,
}

impl OutputRoom {
    /// Returns the room of a model with these tokens for reasoning and these limits.
    pub(crate) fn new(reasoning: u32, most: Option<u32>, context: Option<u32>) -> Self {
        Self {
            reasoning: reasoning.into(),
            text_percent: 100.into(),
            most: most.unwrap_or(u32::MAX).into(),
            context: context.unwrap_or(0).into(),
        }
    }

    /// Returns the output tokens that a call may use whose text may take this many.
    pub(crate) fn of(&self, max_tokens: u32) -> u32 {
        self.of_sent(self.now(), max_tokens)
    }

    /// Returns the output tokens that a call might use that was sent with this room.
    pub(crate) fn of_sent(&self, sent: SentRoom, max_tokens: u32) -> u32 {
        let SentRoom { reasoning, text_percent } = sent;
        let text = u64::from(max_tokens) * u64::from(text_percent) / 100;
        let room = u32::try_from(text + u64::from(reasoning)).unwrap_or(u32::MAX);
        room.min(self.most.load(Ordering::Relaxed))
    }

    /// Returns the output tokens that a call may use beside its prompt, whose tokens are estimated.
    pub(crate) fn beside(&self, prompt: u64, max_tokens: u32) -> u32 {
        let room = self.of(max_tokens);
        // The estimate of the prompt is rather too high.
        let prompt = u32::try_from(prompt / 4 * 3).unwrap_or(u32::MAX);
        let left = self.context.load(Ordering::Relaxed).saturating_sub(prompt);
        if left < LEAST { room } else { room.min(left) }
    }

    /// Returns the room as it is now, for a call that is about to be sent.
    pub(crate) fn now(&self) -> SentRoom {
        SentRoom {
            reasoning: self.reasoning.load(Ordering::Relaxed),
            text_percent: self.text_percent.load(Ordering::Relaxed),
        }
    }

    /// Gives later calls more room for reasoning than a call had.
    pub(crate) fn grow_for_reasoning(&self, sent: SentRoom) {
        let more = sent.reasoning.saturating_mul(2).clamp(FIRST_REASONING, MOST_REASONING.max(sent.reasoning));
        let _ = self.reasoning.compare_exchange(sent.reasoning, more, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Gives later calls more room for their text than a call had.
    pub(crate) fn grow_for_text(&self, sent: SentRoom) {
        let more = (sent.text_percent * 3 / 2).min(MOST_TEXT_PERCENT);
        let _ = self.text_percent.compare_exchange(sent.text_percent, more, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// Keeps later calls below a limit that the server has named. Returns whether it is below what a call asked for.
    pub(crate) fn limit_to(&self, most: u32, asked: u32) -> bool {
        if !(LEAST..asked).contains(&most) {
            return false;
        }
        self.most.fetch_min(most, Ordering::Relaxed);
        true
    }

    /// Returns the tokens of the prompt and the output together; `None` where they are unknown.
    pub(crate) fn context(&self) -> Option<u32> {
        Some(self.context.load(Ordering::Relaxed)).filter(|context| *context > 0)
    }

    /// Keeps later calls within a context that the server has named.
    pub(crate) fn fit_into(&self, context: u32) {
        self.context.store(context, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_for_reasoning_is_first_given_and_then_doubled_up_to_its_most() {
        let room = OutputRoom::new(0, None, None);
        let mut rooms = Vec::new();
        for _ in 0..5 {
            room.grow_for_reasoning(room.now());
            rooms.push(room.of(100));
        }
        assert_eq!(rooms, [8_292, 16_484, 32_868, 65_636, 65_636]);
    }

    #[test]
    fn calls_that_ran_at_once_make_the_room_grow_once() {
        let room = OutputRoom::new(0, None, None);
        let sent = room.now();
        (0..10).for_each(|_| room.grow_for_reasoning(sent));
        (0..10).for_each(|_| room.grow_for_text(sent));
        assert_eq!(room.of(100), 150 + FIRST_REASONING);
    }

    #[test]
    fn the_text_gets_at_most_three_times_what_was_asked() {
        let room = OutputRoom::new(0, None, None);
        (0..10).for_each(|_| room.grow_for_text(room.now()));
        assert_eq!(room.of(100), 300);
    }

    #[test]
    fn no_room_is_above_the_limit_of_the_model() {
        let room = OutputRoom::new(8_192, Some(4_096), None);
        assert_eq!(room.of(1_000), 4_096);
        room.grow_for_reasoning(room.now());
        assert_eq!(room.of(1_000), 4_096);
        assert!(room.limit_to(2_048, 4_096));
        assert!(!room.limit_to(2_048, 2_048), "the same request would be sent again");
        assert_eq!(room.of(1_000), 2_048);
    }

    #[test]
    fn the_prompt_and_the_output_share_the_context() {
        let room = OutputRoom::new(0, None, Some(4_096));
        assert_eq!(room.beside(4_000, 2_000), 1_096);
        assert_eq!(room.beside(100, 2_000), 2_000);
        assert_eq!(room.beside(9_000, 2_000), 2_000, "the server tells that the prompt is too long");
    }
}
