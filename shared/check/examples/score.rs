//! Scores books, each a Markdown file, and plants known faults in them. `docs/quality.md` has the results on printed books.
//!
//!     cargo run --release -p bindery-check --example score -- BOOK.md...

#![expect(clippy::print_stdout, reason = "the result is for a person")]

#[path = "../tests/score/faults.rs"]
#[expect(dead_code, reason = "the tests also read which other marks may fall")]
mod faults;
#[path = "../tests/score/prose.rs"]
#[expect(dead_code, reason = "the tests also make whole chapters")]
mod prose;

use std::{env, fs, time::Instant};

use bindery_check::{
    manuscript::{ChapterSource, ManuscriptText, chapters_of, sections_of},
    score::Score,
};

fn main() {
    for path in env::args().skip(1) {
        let text = fs::read_to_string(&path).expect("the file is text");
        let began = Instant::now();
        let before = Score::of(&ManuscriptText::read("en", &chapters_of(&text)));
        println!(
            "\n{path}: {} chapters, {} words, mark {:?}, {:?}",
            before.chapters,
            before.words,
            before.mark,
            began.elapsed()
        );
        for figure in &before.figures {
            println!("  {:<28} {:>9} {:>4}", figure.name, shown(figure.value), shown(figure.mark));
        }
        let chapters: Vec<String> = chapters_of(&text).iter().map(whole).collect();
        for fault in faults::FAULTS {
            let mut chapters = chapters.clone();
            fault.plant(&mut chapters);
            let sources: Vec<_> = (1..)
                .zip(&chapters)
                .map(|(number, text)| ChapterSource { number, title: "", sections: sections_of(text) })
                .collect();
            let after = Score::of(&ManuscriptText::read("en", &sources));
            let fell = after.figures.iter().zip(&before.figures).filter(|(after, before)| after.mark < before.mark);
            let fell: Vec<String> = fell
                .map(|(after, before)| format!("{} {} to {}", after.name, shown(before.mark), shown(after.mark)))
                .collect();
            println!(
                "  {} ({}): mark {}; fell: {}",
                fault.name,
                fault.lowers.join(", "),
                shown(after.mark),
                fell.join(", ")
            );
        }
    }
}

/// Returns a chapter's sections under their headings.
fn whole(chapter: &ChapterSource<'_>) -> String {
    let heading = |heading: &str| if heading.is_empty() { String::new() } else { format!("## {heading}\n\n") };
    chapter.sections.iter().map(|section| format!("{}{}\n\n", heading(section.heading), section.text.trim())).collect()
}

fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}
