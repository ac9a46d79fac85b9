//! Fits the prompts of a book into a model's context, by a shorter book part.

use bindery_domain::{estimate_tokens, output_room};

use crate::{BookPart, Context, Slice, Style};

/// The most tokens of the rules and roles around the parts of a prompt, and of a request beside its points.
pub const RULES_TOKENS: u64 = 600;
const REQUEST_TOKENS: u64 = 400;

/// How the prompts of a book fit into a model's context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every prompt fits as it is.
    Whole,
    /// Every prompt fits with a book part that leaves these things out.
    Shortened(Vec<&'static str>),
    /// The prompts of a chapter do not fit even with the shortest book part.
    TooLong {
        /// The number of the chapter.
        chapter: u32,
        /// The tokens that the prompt and its answer take together.
        needed: u64,
    },
}

/// A book part, and what it leaves out.
struct Rendered {
    text: String,
    left_out: Vec<&'static str>,
}

/// What a prompt of one chapter takes beside the book part.
struct Beside {
    prompt: u64,
    answer: u64,
}

impl Beside {
    fn of(context: &Context, slice: &Slice) -> Self {
        let request = REQUEST_TOKENS + slice.divided_tokens();
        let length = slice.length.div_ceil(slice.sections.max(1));
        Self {
            prompt: RULES_TOKENS + estimate_tokens(&context.slice_part(slice)) + request,
            answer: output_room(length, context.unit(), &context.book.language).into(),
        }
    }

    fn sum(&self) -> u64 {
        self.prompt + self.answer
    }
}

impl Context {
    /// Returns how the prompts of the book fit into a model's context.
    pub fn fit(&self, context_tokens: u32) -> Fit {
        let rendered = self.rendered_within(context_tokens);
        let longest = self.chapters.iter().max_by_key(|slice| Beside::of(self, slice).sum());
        if let Some(slice) = longest {
            let beside = Beside::of(self, slice);
            let prompt = beside.prompt + estimate_tokens(&rendered.text);
            // The estimate of a prompt is too high by a quarter at least, and a text may be a fifth longer than asked.
            let needed = prompt / 4 * 3 + beside.answer / 5 * 4;
            if needed > u64::from(context_tokens) {
                return Fit::TooLong { chapter: slice.chapter, needed };
            }
        }
        if rendered.text == self.book_part() { Fit::Whole } else { Fit::Shortened(rendered.left_out) }
    }

    /// Renders the book part for a model with this context; `None` where the context is unknown. It has the same bytes
    /// for all chapters.
    pub fn book_part_for(&self, context_tokens: Option<u32>) -> String {
        context_tokens.map_or_else(|| self.book_part(), |tokens| self.rendered_within(tokens).text)
    }

    /// Renders the longest book part with which all prompts fit, or else the shortest.
    fn rendered_within(&self, context_tokens: u32) -> Rendered {
        let beside = self.chapters.iter().map(|slice| Beside::of(self, slice).sum()).max().unwrap_or(0);
        let room = u64::from(context_tokens).saturating_sub(beside);
        let whole = Rendered { text: self.book_part(), left_out: Vec::new() };
        if estimate_tokens(&whole.text) <= room {
            return whole;
        }
        let mut shorter = self.shorter_book_parts();
        let fits = shorter.iter().position(|part| estimate_tokens(&part.text) <= room);
        shorter.swap_remove(fits.unwrap_or(shorter.len() - 1))
    }

    /// Renders the book parts that are shorter than the whole one, each shorter than the one before.
    fn shorter_book_parts(&self) -> Vec<Rendered> {
        let described = BookPart {
            description: String::new(),
            thesis: String::new(),
            promise: String::new(),
            out_of_scope: Vec::new(),
            style: Style { sample: String::new(), voice: String::new(), ..self.book.style.clone() },
            ..self.book.clone()
        };
        let least = BookPart {
            glossary: Vec::new(),
            canon: Vec::new(),
            examples: Vec::new(),
            places: Vec::new(),
            timeline: Vec::new(),
            style: Style { banned: Vec::new(), ..described.style.clone() },
            ..described.clone()
        };
        let list = ["what each chapter is about"];
        let description = ["the list of chapters", "the description", "the voice and its sample"];
        let facts = ["the glossary and the facts", "the words never to write"];
        vec![
            Rendered { text: self.book_part_with_titles(), left_out: list.to_vec() },
            Rendered { text: self.book_part_without_list(&self.book), left_out: description[..1].to_vec() },
            Rendered { text: self.book_part_without_list(&described), left_out: description.to_vec() },
            Rendered { text: self.book_part_without_list(&least), left_out: [&description[..], &facts].concat() },
        ]
    }
}

#[cfg(test)]
mod tests {
    use bindery_outline::{Chapter, FrontMatter, Outline};

    use super::*;
    use crate::Lengths;

    fn context() -> Context {
        let chapter = |n: u32| Chapter {
            title: format!("On the matter of subject number {n}"),
            summary: format!("This chapter tells what there is to tell about subject {n} and its many neighbours."),
            points: vec![format!("Subject {n} has a point")],
            ..Chapter::default()
        };
        let outline = Outline {
            title: "Subjects".into(),
            description: "All that is known of subjects. ".repeat(20),
            front: FrontMatter { language: Some("en".into()), ..FrontMatter::default() },
            chapters: (1..=20).map(chapter).collect(),
            ..Outline::default()
        };
        Context::compile(&outline, Lengths { chapter: 1_400, section: 700 })
    }

    #[test]
    fn the_smaller_the_context_the_less_the_book_part_holds_and_it_is_named() {
        let context = context();
        assert_eq!(context.fit(16_384), Fit::Whole);
        let mut before = context.book_part_for(None);
        assert_eq!(before, context.book_part_for(Some(16_384)));
        let mut left_out = Vec::new();
        for tokens in (2_000..4_096).rev().step_by(64) {
            let part = context.book_part_for(Some(tokens));
            assert!(part.len() <= before.len() && part.contains("Subjects"), "{tokens}: {part}");
            if let Fit::Shortened(missing) = context.fit(tokens) {
                assert!(part.len() < context.book_part().len(), "{tokens}");
                assert!(missing.len() >= left_out.len(), "{missing:?} after {left_out:?}");
                left_out = missing;
            }
            before = part;
        }
        assert!(left_out.contains(&"the list of chapters"), "{left_out:?}");
    }

    #[test]
    fn a_context_that_holds_not_even_the_shortest_prompt_is_told_with_what_is_needed() {
        let context = context();
        let Fit::TooLong { chapter, needed } = context.fit(1_024) else { panic!("{:?}", context.fit(1_024)) };
        assert!((1..=20).contains(&chapter) && needed > 1_024, "{chapter} {needed}");
        assert!(!matches!(context.fit(u32::try_from(needed).unwrap() + 64), Fit::TooLong { .. }));
    }
}
