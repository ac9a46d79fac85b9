//! Quizzes: the questions with their options, and the answers, which a reader opens.

use super::{Writer, escaped};
use crate::document::{Block, Question};

impl Writer<'_> {
    /// Writes a quiz. On a site, the script of a course reads which options are right.
    pub(super) fn quiz(&mut self, questions: &[Question<'_>]) {
        self.out.push_str("<ol class=\"quiz\">\n");
        for question in questions {
            self.out.push_str("<li>");
            self.lead(question.text);
            let right: Vec<String> = question.right().map(|answer| (answer.at + 1).to_string()).collect();
            let right = self.medium.data("right", &right.join(" "));
            self.out.push_str(&format!("<ol class=\"options\" type=\"a\"{right}>\n"));
            for option in &question.options {
                self.out.push_str("<li>");
                self.lead(option.blocks);
                self.out.push_str("</li>\n");
            }
            self.out.push_str("</ol>\n</li>\n");
        }
        self.out.push_str("</ol>\n");
        let heading = self.book.terms.answers;
        self.out.push_str(&format!("<details class=\"answers\">\n<summary>{heading}</summary>\n<ol>\n"));
        for question in questions {
            self.out.push_str("<li>");
            let right: Vec<String> = question.right().map(|answer| escaped(&answer.text()).into_owned()).collect();
            self.out.push_str(&format!("<p>{}</p>\n", right.join("<br/>\n")));
            self.blocks(question.explanation);
            self.out.push_str("</li>\n");
        }
        self.out.push_str("</ol>\n</details>\n");
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
