//! Exercises and quizzes in the form in which they are asked for.

use crate::{
    contract::{Practice, PracticeForm},
    prose::TextGenerator,
};

/// How many options a question has.
const OPTIONS: usize = 3;

pub(super) fn practice(practice: Practice, generator: &mut TextGenerator) -> String {
    let mut used = Vec::new();
    let mut sentence = |generator: &mut TextGenerator| generator.generate_new("turn", &mut used);
    let mut out = String::new();
    for number in 1..=practice.count {
        out.push_str(&format!("{number}. {}\n", sentence(generator)));
        match practice.form {
            PracticeForm::Quiz => {
                let right = generator.random().below(OPTIONS);
                for option in 0..OPTIONS {
                    let mark = if option == right { 'x' } else { ' ' };
                    out.push_str(&format!("   - [{mark}] {}\n", sentence(generator)));
                }
                out.push_str(&format!("\n   {}\n\n", sentence(generator)));
            }
            PracticeForm::Exercises => out.push_str(&format!("\n   > {}\n\n", sentence(generator))),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{prose::Topic, random::CallSeed};

    #[test]
    fn as_many_questions_are_written_as_were_asked_each_with_one_right_option() {
        let seed = CallSeed { server: 7, prompt: [0; 32], attempt: 1 };
        let mut generator = TextGenerator::new("en", Topic::new("Tides", []), seed.random("text"));
        let quiz = practice(Practice { form: PracticeForm::Quiz, count: 4 }, &mut generator);
        assert_eq!((quiz.matches("- [x]").count(), quiz.matches("- [ ]").count()), (4, 8), "{quiz}");
        let exercises = practice(Practice { form: PracticeForm::Exercises, count: 3 }, &mut generator);
        assert!(exercises.contains("3. ") && exercises.matches("\n   > ").count() == 3, "{exercises}");
    }
}
