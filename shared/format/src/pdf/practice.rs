//! Quizzes and exercises: the questions, then the answers.

use super::{blocks::Writer, literal};
use crate::document::{Exercise, Question};

impl Writer<'_> {
    pub(super) fn quiz(&mut self, start: u64, questions: &[Question]) {
        self.out.push_str(&format!("#enum(start: {start}, "));
        for question in questions {
            self.out.push('[');
            self.blocks(&question.text);
            self.out.push_str("#enum(numbering: \"a)\", ");
            for option in &question.options {
                self.content(&option.text);
                self.out.push_str(", ");
            }
            self.out.push_str(");\n], ");
        }
        self.out.push_str(");\n");
        self.answers(start, questions, |writer, question| {
            let right: Vec<String> = question.right().map(|answer| answer.text()).collect();
            writer.out.push_str(&format!("#{};", literal(&right.join("; "))));
            writer.blocks(&question.explanation);
        });
    }

    pub(super) fn exercises(&mut self, start: u64, exercises: &[Exercise]) {
        self.out.push_str(&format!("#enum(start: {start}, "));
        for exercise in exercises {
            self.content(&exercise.text);
            self.out.push_str(", ");
        }
        self.out.push_str(");\n");
        self.answers(start, exercises, |writer, exercise| writer.blocks(&exercise.answer));
    }

    /// Writes the answers, one for each question.
    fn answers<T>(&mut self, start: u64, questions: &[T], answer: impl Fn(&mut Self, &T)) {
        let heading = literal(self.book.terms.answers);
        self.out.push_str(&format!("#answers({heading}, {start}, ("));
        for question in questions {
            self.out.push('[');
            answer(self, question);
            self.out.push_str("], ");
        }
        self.out.push_str("));\n");
    }
}
