//! What a learner does: quizzes and exercises, with their answers.
//!
//! A quiz is a list of numbered questions with their options as tasks, of which those that are done are the right ones. Exercises
//! are numbered too, each with its answer as a quotation at its end. As readers quote elsewhere too, exercises stand under a heading
//! or in a chapter that says what they are.

use bindery_outline::Role;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Block, Item, plain_text};

/// A question of a quiz.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Question {
    pub(crate) text: Vec<Block>,
    /// The options, of which some are right and some are wrong.
    pub(crate) options: Vec<Choice>,
    /// What explains the answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) explanation: Vec<Block>,
}

/// An option of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Choice {
    pub(crate) is_right: bool,
    pub(crate) text: Vec<Block>,
}

/// An exercise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Exercise {
    pub(crate) text: Vec<Block>,
    pub(crate) answer: Vec<Block>,
}

/// A right option at its place.
pub(crate) struct Answer<'b> {
    pub(crate) at: usize,
    blocks: &'b [Block],
}

/// Returns the letter before an option.
pub(crate) fn letter(at: usize) -> char {
    char::from(b'a' + u8::try_from(at % 26).unwrap_or_default())
}

impl Question {
    /// Returns the right options.
    pub(crate) fn right(&self) -> impl Iterator<Item = Answer<'_>> {
        self.options
            .iter()
            .enumerate()
            .filter(|(_, option)| option.is_right)
            .map(|(at, option)| Answer { at, blocks: &option.text })
    }

    /// Returns the question as an item of a list, as it is written in Markdown.
    pub(crate) fn as_item(&self) -> Item {
        let option = |choice: &Choice| Item { done: Some(choice.is_right), blocks: choice.text.clone() };
        let options = Block::List { start: None, items: self.options.iter().map(option).collect() };
        let blocks = self.text.iter().cloned().chain([options]).chain(self.explanation.iter().cloned());
        Item { done: None, blocks: blocks.collect() }
    }
}

impl Exercise {
    /// Returns the exercise as an item of a list, as it is written in Markdown.
    pub(crate) fn as_item(&self) -> Item {
        let answer = Block::Quote { kind: None, blocks: self.answer.clone() };
        Item { done: None, blocks: self.text.iter().cloned().chain([answer]).collect() }
    }
}

impl Answer<'_> {
    /// Returns the answer as a line, with the letter of its option: `b) Falling`.
    pub(crate) fn text(&self) -> String {
        let letter = letter(self.at);
        match self.blocks.first() {
            Some(Block::Plain { text } | Block::Paragraph { text }) => format!("{letter}) {}", plain_text(text)),
            _ => format!("{letter})"),
        }
    }
}

/// Returns whether a title says that what stands below it is to be practised.
pub(crate) fn is_practice(role: Role) -> bool {
    matches!(role, Role::Exercises | Role::Quiz)
}

/// Tells the quizzes and the exercises of a text from its other lists. `is_practice` says whether the text begins with what is to be
/// practised, as that of a chapter of exercises does.
pub(super) fn marked(blocks: Vec<Block>, is_practice: bool) -> Vec<Block> {
    let mut below: Vec<(u8, bool)> = vec![(1, is_practice)];
    let mut marked = Vec::with_capacity(blocks.len());
    for block in blocks {
        if let Block::Heading { level, text, .. } = &block {
            below.retain(|(above, _)| above < level);
            let outer = below.last().is_some_and(|(_, practised)| *practised);
            let own = Role::of_title(&plain_text(text)).is_some_and(self::is_practice);
            below.push((*level, own || outer));
        }
        let practised = below.last().is_some_and(|(_, practised)| *practised);
        marked.push(block_marked(block, practised));
    }
    marked
}

fn block_marked(block: Block, practised: bool) -> Block {
    match block {
        Block::List { start: Some(start), items } => match all(items, question) {
            Ok(questions) => Block::Quiz { start, questions },
            Err(items) if practised => match all(items, exercise) {
                Ok(exercises) => Block::Exercises { start, exercises },
                Err(items) => Block::List { start: Some(start), items },
            },
            Err(items) => Block::List { start: Some(start), items },
        },
        Block::Quote { kind, blocks } => {
            Block::Quote { kind, blocks: blocks.into_iter().map(|block| block_marked(block, practised)).collect() }
        }
        other => other,
    }
}

/// Reads all items of a list, or returns them as they are.
fn all<T>(items: Vec<Item>, read: fn(&Item) -> Option<T>) -> Result<Vec<T>, Vec<Item>> {
    let found: Option<Vec<T>> = items.iter().map(read).collect();
    found.filter(|found| !found.is_empty()).ok_or(items)
}

fn question(item: &Item) -> Option<Question> {
    let at = item.blocks.iter().position(|block| matches!(block, Block::List { .. }))?;
    let Block::List { items, .. } = &item.blocks[at] else { return None };
    let options: Option<Vec<Choice>> =
        items.iter().map(|option| Some(Choice { is_right: option.done?, text: option.blocks.clone() })).collect();
    let options = options.filter(|_| at > 0 && item.done.is_none())?;
    let right = options.iter().filter(|option| option.is_right).count();
    let is_question = right > 0 && right < options.len();
    is_question.then(|| Question {
        text: item.blocks[..at].to_vec(),
        options,
        explanation: item.blocks[at + 1..].to_vec(),
    })
}

fn exercise(item: &Item) -> Option<Exercise> {
    match &item.blocks[..] {
        [text @ .., Block::Quote { kind: None, blocks }] if !text.is_empty() && item.done.is_none() => {
            Some(Exercise { text: text.to_vec(), answer: blocks.clone() })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Alone, Document},
        *,
    };

    fn quiz(markdown: &str) -> Option<Vec<Vec<bool>>> {
        let document = Document::read(markdown, &Alone);
        let Some(Block::Quiz { questions, .. }) = document.blocks.first() else { return None };
        Some(questions.iter().map(|question| question.options.iter().map(|option| option.is_right).collect()).collect())
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

    const LIST: &str = "1. Read the table.\n\n   Then find the range.\n\n   > 3.4 m.\n2. Draw it.\n\n   > A curve.\n   >\n   > It is flat.\n";

    fn exercises(markdown: &str) -> Vec<(usize, usize)> {
        let document = Document::read(markdown, &Alone);
        let found = document.blocks.iter().filter_map(|block| match block {
            Block::Exercises { exercises, .. } => Some(exercises),
            _ => None,
        });
        found.flatten().map(|exercise| (exercise.text.len(), exercise.answer.len())).collect()
    }

    #[test]
    fn numbered_items_that_end_with_a_quotation_are_exercises_where_a_heading_says_so() {
        assert_eq!(exercises(&format!("## Exercises\n\n{LIST}")), [(2, 1), (1, 2)]);
        assert_eq!(exercises(&format!("## Übungen\n\n### Easy\n\n{LIST}")), [(2, 1), (1, 2)]);
        assert_eq!(exercises(&format!("## What they said\n\n{LIST}")), []);
        assert_eq!(exercises(&format!("## Exercises\n\nText.\n\n## What they said\n\n{LIST}")), []);
        assert_eq!(exercises("## Exercises\n\n1. Read.\n\n   > Yes.\n2. Draw it.\n"), []);
    }
}
