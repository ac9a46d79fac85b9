//! Quizzes and exercises: the questions, then the answers.

use super::{blocks, indented};
use crate::{
    document::{Block, Exercise, Question, letter},
    terms::Terms,
};

pub(super) fn quiz(start: u64, questions: &[Question], terms: &Terms) -> String {
    let question = |question: &Question| {
        let options = question.options.iter().enumerate();
        let options = options.map(|(at, option)| marked(&format!("{}) ", letter(at)), &option.text, terms));
        format!("{}\n{}", blocks(&question.text, terms), options.collect::<Vec<_>>().join("\n"))
    };
    let answer = |question: &Question| {
        let right: Vec<String> = question.right().map(|answer| answer.text()).collect();
        let explanation = blocks(&question.explanation, terms);
        [right.join("; "), explanation].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
    };
    with_answers(start, questions.iter().map(question), questions.iter().map(answer), terms)
}

pub(super) fn exercises(start: u64, exercises: &[Exercise], terms: &Terms) -> String {
    let text = |blocks: &[Block]| self::blocks(blocks, terms);
    let questions = exercises.iter().map(|exercise| text(&exercise.text));
    with_answers(start, questions, exercises.iter().map(|exercise| text(&exercise.answer)), terms)
}

fn with_answers(
    start: u64,
    questions: impl Iterator<Item = String>,
    answers: impl Iterator<Item = String>,
    terms: &Terms,
) -> String {
    format!("{}\n\n{}\n\n{}", numbered(start, questions), terms.answers, numbered(start, answers))
}

fn numbered(start: u64, texts: impl Iterator<Item = String>) -> String {
    let item = |(number, text): (u64, String)| {
        let mark = format!("{number}. ");
        format!("{mark}{}", indented(&text, &" ".repeat(mark.len())))
    };
    (start..).zip(texts).map(item).collect::<Vec<_>>().join("\n")
}

fn marked(mark: &str, text: &[Block], terms: &Terms) -> String {
    format!("{mark}{}", indented(&blocks(text, terms), &" ".repeat(mark.len())))
}
