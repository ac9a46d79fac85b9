//! Quizzes and exercises: the questions, and the answers, which a reader opens.

use super::{Writer, escaped};
use crate::document::{Block, Exercise, Question};

impl Writer<'_> {
    /// Writes a quiz. On a site, the script of a course reads which options are right.
    pub(super) fn quiz(&mut self, start: u64, questions: &[Question]) {
        self.begin_list("quiz", start);
        for question in questions {
            self.out.push_str("<li>");
            self.lead(&question.text);
            let right: Vec<String> = question.right().map(|answer| (answer.at + 1).to_string()).collect();
            let right = self.medium.data("right", &right.join(" "));
            self.out.push_str(&format!("<ol class=\"options\" type=\"a\"{right}>\n"));
            for option in &question.options {
                self.out.push_str("<li>");
                self.lead(&option.text);
                self.out.push_str("</li>\n");
            }
            self.out.push_str("</ol>\n</li>\n");
        }
        self.out.push_str("</ol>\n");
        self.answers(start, questions, |writer, question| {
            let right: Vec<String> = question.right().map(|answer| escaped(&answer.text()).into_owned()).collect();
            writer.out.push_str(&format!("<p>{}</p>\n", right.join("<br/>\n")));
            writer.blocks(&question.explanation);
        });
    }

    pub(super) fn exercises(&mut self, start: u64, exercises: &[Exercise]) {
        self.begin_list("exercises", start);
        for exercise in exercises {
            self.out.push_str("<li>");
            self.lead(&exercise.text);
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n");
        self.answers(start, exercises, |writer, exercise| writer.lead(&exercise.answer));
    }

    /// Writes the answers, one for each question.
    fn answers<T>(&mut self, start: u64, questions: &[T], answer: impl Fn(&mut Self, &T)) {
        let heading = self.book.terms.answers;
        self.out.push_str(&format!("<details class=\"answers\">\n<summary>{heading}</summary>\n"));
        self.begin_list("solutions", start);
        for question in questions {
            self.out.push_str("<li>");
            answer(self, question);
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</details>\n");
    }

    fn begin_list(&mut self, class: &str, start: u64) {
        let start = if start == 1 { String::new() } else { format!(" start=\"{start}\"") };
        self.out.push_str(&format!("<ol class=\"{class}\"{start}>\n"));
    }

    /// Writes blocks of which the first line stands beside a number.
    fn lead(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Plain { text }, rest @ ..] => {
                self.inlines(text);
                self.blocks(rest);
            }
            blocks => self.blocks(blocks),
        }
    }
}
