//! Quizzes: numbered questions with their options as tasks, of which those that are done are the right ones.

use super::{Block, Item, plain_text};

/// A question of a quiz.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Question<'b> {
    pub(crate) text: &'b [Block],
    pub(crate) options: Vec<Choice<'b>>,
    /// What stands below the options, which explains the answer.
    pub(crate) explanation: &'b [Block],
}

/// An option of a question.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Choice<'b> {
    pub(crate) is_right: bool,
    pub(crate) blocks: &'b [Block],
}

/// A right option at its place.
pub(crate) struct Answer<'b> {
    pub(crate) at: usize,
    blocks: &'b [Block],
}

impl<'b> Question<'b> {
    /// Returns the right options.
    pub(crate) fn right(&self) -> impl Iterator<Item = Answer<'b>> {
        self.options
            .iter()
            .enumerate()
            .filter(|(_, option)| option.is_right)
            .map(|(at, option)| Answer { at, blocks: option.blocks })
    }
}

impl Answer<'_> {
    /// Returns the answer as a line, with the letter of its option: `b) Falling`.
    pub(crate) fn text(&self) -> String {
        let letter = char::from(b'a' + u8::try_from(self.at % 26).unwrap_or_default());
        match self.blocks.first() {
            Some(Block::Plain { text } | Block::Paragraph { text }) => format!("{letter}) {}", plain_text(text)),
            _ => format!("{letter})"),
        }
    }
}

/// Returns the questions of a list, if all of its items are questions. Each has at least two options, of which some are right
/// and some are wrong.
pub(crate) fn questions<'b>(start: Option<u64>, items: &'b [Item]) -> Option<Vec<Question<'b>>> {
    start?;
    items.iter().map(question).collect::<Option<Vec<_>>>().filter(|questions| !questions.is_empty())
}

fn question(item: &Item) -> Option<Question<'_>> {
    let at = item.blocks.iter().position(|block| matches!(block, Block::List { .. }))?;
    let Block::List { items, .. } = &item.blocks[at] else { return None };
    let options: Option<Vec<Choice<'_>>> =
        items.iter().map(|option| Some(Choice { is_right: option.done?, blocks: &option.blocks })).collect();
    let options = options.filter(|_| at > 0 && item.done.is_none())?;
    let right = options.iter().filter(|option| option.is_right).count();
    let is_question = right > 0 && right < options.len();
    is_question.then(|| Question { text: &item.blocks[..at], options, explanation: &item.blocks[at + 1..] })
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Alone, Document},
        *,
    };

    fn quiz(markdown: &str) -> Option<Vec<Vec<bool>>> {
        let document = Document::read(markdown, &Alone);
        let Some(Block::List { start, items }) = document.blocks.first() else { return None };
        let found = questions(*start, items)?;
        Some(found.iter().map(|question| question.options.iter().map(|option| option.is_right).collect()).collect())
    }

    #[test]
    fn numbered_questions_with_tasks_are_a_quiz() {
        let text = "1. What is ebb?\n   - [ ] Rising\n   - [x] Falling\n\n   The water leaves.\n2. And flood?\n   - [x] Rising\n   - [ ] Falling\n";
        assert_eq!(quiz(text), Some(vec![vec![false, true], vec![true, false]]));
    }

    #[test]
    fn other_lists_are_none() {
        for text in [
            "- What is ebb?\n  - [ ] Rising\n  - [x] Falling\n",
            "1. What is ebb?\n   - [ ] Rising\n   - [ ] Falling\n",
            "1. What is ebb?\n   - Rising\n   - Falling\n",
            "1. What is ebb?\n2. And flood?\n",
        ] {
            assert_eq!(quiz(text), None, "{text}");
        }
    }
}
