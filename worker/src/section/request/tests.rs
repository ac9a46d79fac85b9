//! Tests of what a section is told: its own share once, and the edges of its chapter where it stands at one.

use bindery_context::{Context, FixedSection, Lengths, Slice};
use bindery_outline::{Chapter, Outline};

use super::*;
use crate::{
    brief::{Brief, BriefSection},
    context_cache::BookContext,
};

/// Returns a book of three chapters, of which the second has three points and a quiz.
fn book() -> BookContext {
    let chapter = |title: &str| Chapter { title: title.into(), ..Chapter::default() };
    let points = ["Salt dries.", "Salt binds.", "Salt keeps."].map(str::to_owned).to_vec();
    let chapters = vec![chapter("Iron"), Chapter { points, ..chapter("Salt") }, chapter("Glass")];
    let outline = Outline { title: "Matter".into(), chapters, ..Outline::default() };
    let mut context = Context::compile(&outline, Lengths { chapter: 2_100, section: 700 });
    for slice in &mut context.chapters {
        let said = |what: &str| format!("the {what} of {}", slice.title);
        (slice.opening, slice.closing, slice.hand_off) = (said("opening"), said("closing"), said("bridge"));
    }
    let slice = &mut context.chapters[1];
    slice.practice = vec![FixedSection { heading: "Quiz".into(), ..FixedSection::default() }];
    slice.sections = 4;
    BookContext { prefix: String::new(), context }
}

fn division() -> Brief {
    let section = |(number, heading): (usize, &str)| BriefSection {
        heading: heading.to_owned(),
        points: if number < 4 { vec![format!("2.{number}")] } else { Vec::new() },
        beats: vec![format!("step of {number}")],
        example: format!("example of {number}"),
        begins: format!("beginning of {number}"),
        ends: format!("end of {number}"),
        opens: format!("first move of {number}"),
        closes: format!("last move of {number}"),
        length: 500,
    };
    Brief { sections: (1..).zip(["A", "B", "C", "Quiz"]).map(section).collect() }
}

fn requests() -> Vec<String> {
    let (book, division) = (book(), division());
    let slice: Slice = book.context.slice(2).unwrap().clone();
    let request =
        |position| SectionWriting::new(&book, &slice, "", &division, position, None).request(Before::default());
    (0..division.sections.len()).map(request).collect()
}

#[test]
fn the_edges_of_a_chapter_are_told_to_its_first_and_its_last_section_alone() {
    let requests = requests();
    let told = |words: &str| requests.iter().map(|request| request.contains(words)).collect::<Vec<_>>();
    for words in ["the closing of Iron", "the bridge of Iron", "the opening of Salt"] {
        assert_eq!(told(words), [true, false, false, false], "{words}");
    }
    for words in ["the closing of Salt", "the bridge of Salt", "the opening of Glass"] {
        assert_eq!(told(words), [false, false, true, false], "{words}");
    }
    assert_eq!(told("first move of 1"), [false; 4], "it opens as its chapter does");
    assert_eq!(told("last move of 3"), [false; 4], "it closes as its chapter does");
    assert_eq!(told("first move of 2"), [false, true, false, false]);
    assert_eq!(told("end of 1"), [true, true, false, false]);
    assert_eq!(told("beginning of 3"), [false, true, true, false]);
}

#[test]
fn each_point_and_each_step_of_a_chapter_stands_once_in_every_request() {
    for request in requests() {
        let words =
            ["Salt dries.", "Salt binds.", "Salt keeps.", "step of 1", "step of 4", "example of 1", "example of 3"];
        for words in words {
            assert_eq!(request.matches(words).count(), 1, "{words}: {request}");
        }
    }
}
