//! Sections of exercises and quizzes: how they are asked for, in a form that code can read, and how they are checked.

use bindery_context::{
    Slice,
    contract::{Practice, PracticeForm},
};
use bindery_domain::Unit;
use bindery_format::practice;
use bindery_outline::Role;

/// How long a question with its options is, or an exercise with its answer.
const WORDS_PER_QUESTION: u32 = 60;
const CHARACTERS_PER_QUESTION: u32 = 120;

/// The fewest and the most questions of a section.
const FEWEST: u32 = 3;
const MOST: u32 = 12;

const QUIZ: &str = "\
It is a quiz of COUNT questions, on what the chapter tells. Write a numbered list and nothing else. Below each question stand its \
options, one a line, each with a box: `[x]` for a right one, `[ ]` for a wrong one. Two to five are enough. At least one is right, \
at least one is wrong, and a wrong one is what somebody would say who has misunderstood something. Below the options stands a \
sentence that explains the answer. The form is exactly this:

1. QUESTION
   - [ ] OPTION
   - [x] OPTION

   EXPLANATION
";

const EXERCISES: &str = "\
It has COUNT exercises, on what the chapter tells. Write a numbered list, from the easiest to the hardest. Each exercise ends with its \
answer and the way to it, as a quotation. The form is exactly this:

1. EXERCISE

   > ANSWER
";

/// Returns what a section with this heading gives its readers to do; `None` where it is prose.
pub(crate) fn asked(heading: &str, slice: &Slice, length: u32, unit: Unit) -> Option<Practice> {
    let form = [heading, &slice.title].into_iter().find_map(|title| match Role::of_title(title)? {
        Role::Quiz => Some(PracticeForm::Quiz),
        Role::Exercises => Some(PracticeForm::Exercises),
        _ => None,
    })?;
    let each = match unit {
        Unit::Words => WORDS_PER_QUESTION,
        Unit::Characters => CHARACTERS_PER_QUESTION,
    };
    Some(Practice { form, count: (length / each).clamp(FEWEST, MOST) })
}

/// Renders what the writer of the section is told about its form.
pub(crate) fn order(asked: Practice) -> String {
    let form = match asked.form {
        PracticeForm::Quiz => QUIZ,
        PracticeForm::Exercises => EXERCISES,
    };
    form.replace("COUNT", &asked.count.to_string())
}

/// Returns what of a section's form must be mended; `None` where it can be read as it was asked for.
pub(crate) fn advice(asked: Practice, text: &str) -> Option<String> {
    let found = practice(text);
    let count = match asked.form {
        PracticeForm::Quiz => found.questions,
        PracticeForm::Exercises => found.exercises,
    };
    if found.unread > 0 || count == 0 {
        return Some(match asked.form {
            PracticeForm::Quiz => {
                "It cannot be read as a quiz. Each question of the numbered list needs its options below it, further in, as `- [x]` and \
                 `- [ ]`, with at least one right and one wrong."
                    .to_owned()
            }
            PracticeForm::Exercises => {
                "It cannot be read as exercises. Each item of the numbered list must end with its answer, further in, as a quotation \
                 whose lines begin with `>`."
                    .to_owned()
            }
        });
    }
    let enough = asked.count.div_ceil(2) as usize;
    (count < enough).then(|| format!("It has {count} of them; {} were asked.", asked.count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slice(title: &str) -> Slice {
        Slice { title: title.into(), ..Slice::default() }
    }

    #[test]
    fn a_heading_or_the_title_of_the_chapter_says_what_is_practised() {
        let form = |heading: &str, title: &str| {
            asked(heading, &slice(title), 600, Unit::Words).map(|practice| (practice.form, practice.count))
        };
        assert_eq!(form("Quiz", "Tides"), Some((PracticeForm::Quiz, 10)));
        assert_eq!(form("Übungen", "Gezeiten"), Some((PracticeForm::Exercises, 10)));
        assert_eq!(form("The easy ones", "Exercises"), Some((PracticeForm::Exercises, 10)));
        assert_eq!(form("The Moon", "Tides"), None);
        assert_eq!(asked("Quiz", &slice("Tides"), 20, Unit::Words).unwrap().count, FEWEST);
    }

    #[test]
    fn the_forms_that_writers_are_shown_can_be_read() {
        for form in [PracticeForm::Quiz, PracticeForm::Exercises] {
            let asked = Practice { form, count: 1 };
            let shown = order(asked);
            let (_, example) = shown.split_once("exactly this:\n\n").unwrap();
            assert_eq!(advice(asked, example), None, "{example}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_too_little_is_to_be_mended() {
        let quiz = Practice { form: PracticeForm::Quiz, count: 4 };
        let told = advice(quiz, "1. Ebb?\n   a) up\n   b) down\n").unwrap();
        assert!(told.contains("cannot be read as a quiz"), "{told}");
        let one = "1. Ebb?\n   - [ ] up\n   - [x] down\n";
        assert_eq!(advice(quiz, one).unwrap(), "It has 1 of them; 4 were asked.");
        assert_eq!(advice(Practice { count: 2, ..quiz }, one), None);
        let exercises = Practice { form: PracticeForm::Exercises, count: 1 };
        assert!(advice(exercises, one).is_some() && advice(exercises, "Prose alone.").is_some());
    }
}
