//! Tests of what stands twice.

use super::*;
use crate::manuscript::{ChapterSource, SectionSource};

const PASSAGE: &str = "The keeper counted the steps of the tower every evening, and wrote the number in a book that nobody \
                       had asked him to keep.";

fn book(language: &str, chapters: &[&str]) -> ManuscriptText {
    let section = |text| vec![SectionSource { heading: "", text }];
    let sources: Vec<_> = (1..)
        .zip(chapters)
        .map(|(number, text)| ChapterSource { number, title: "", sections: section(*text) })
        .collect();
    ManuscriptText::read(language, &sources)
}

fn found(book: &ManuscriptText) -> Vec<(u32, u32, usize)> {
    let shingles = Shingles::of(book);
    let repeats = repeats(book, &shingles, SHINGLE);
    repeats
        .iter()
        .map(|repeat| (repeat.first_place(book).chapter, repeat.again_place(book).chapter, repeat.words()))
        .collect()
}

#[test]
fn a_passage_in_three_chapters_is_found_at_each_later_place() {
    let texts = [
        format!("It began in May. {PASSAGE} Nobody came."),
        format!("The road was wet. {PASSAGE}"),
        format!("{PASSAGE} Then it rained for a week."),
    ];
    let book = book("en", &texts.each_ref().map(String::as_str));
    assert_eq!(found(&book), [(1, 2, 24), (1, 3, 24)]);
    let repeat = &repeats(&book, &Shingles::of(&book), 20)[0];
    assert!(repeat.again_place(&book).begins.starts_with("The keeper counted the steps"));
}

#[test]
fn a_passage_twice_in_one_chapter_counts_within_and_not_across() {
    let text = format!("{PASSAGE}\n\nA year went by.\n\n{PASSAGE}");
    let book = book("en", &[&text, "Another chapter says nothing of the kind at all, and ends soon after that."]);
    let shingles = Shingles::of(&book);
    assert_eq!(found(&book), [(1, 1, 24)]);
    assert_eq!(shingles.across_chapters().repeated, 0);
    assert_eq!(shingles.within_chapters(&book).repeated, 34);
}

#[test]
fn the_share_across_chapters_is_of_all_shingles() {
    let book = book("en", &[PASSAGE, PASSAGE, "One two three four five six seven eight nine."]);
    let overlap = Shingles::of(&book).across_chapters();
    assert_eq!((overlap.repeated, overlap.all), (34, 36));
    assert!((overlap.percent() - 94.444).abs() < 0.01);
}

#[test]
fn quotations_and_code_may_stand_twice() {
    let quoted = format!("> {PASSAGE}\n\n```\n{PASSAGE}\n```");
    assert_eq!(found(&book("en", &[&quoted, &quoted])), []);
}

#[test]
fn a_passage_of_a_script_without_spaces_is_found() {
    let text = "雨の日は窓辺で本を読む。灯台守は毎晩塔の段を数え、誰も頼まない帳面にその数を書いた。";
    let found = found(&book("ja", &[text, text]));
    assert_eq!(found.len(), 1);
}

#[test]
fn one_word_said_again_and_again_is_one_repeat() {
    let book = book("en", &[&"tide ".repeat(100)]);
    let found = found(&book);
    assert!(found.len() <= 4, "{found:?}");
}

#[test]
fn sentences_that_differ_in_a_word_are_alike() {
    let other = PASSAGE.replace("every evening", "each evening");
    let alike = |chapters: &[&str]| alike_sentences(&book("en", chapters));
    assert_eq!(alike(&[PASSAGE, &other]), [AlikeSentences { first: 0, again: 1, across: true }]);
    assert_eq!(alike(&[&format!("{PASSAGE} {other}")]), [AlikeSentences { first: 0, again: 1, across: false }]);
    assert_eq!(alike(&["He went home.", "He went home."]), []);
    assert_eq!(
        alike(&[PASSAGE, "The keeper slept, and the tower stood dark until somebody noticed it in the morning."]),
        []
    );
}

proptest::proptest! {
    #[test]
    fn a_repeat_is_the_same_words_twice_and_never_overlaps_itself(words in proptest::collection::vec(0_u8..3, 0..120), cut in 0_usize..120) {
        let text: Vec<String> = words.iter().map(|word| format!("w{word}")).collect();
        let cut = cut.min(text.len());
        let (left, right) = (text[..cut].join(" "), text[cut..].join(" "));
        let book = book("en", &[&left, &right]);
        for repeat in repeats(&book, &Shingles::of(&book), SHINGLE) {
            proptest::prop_assert_eq!(&book.words[repeat.first.clone()], &book.words[repeat.again.clone()]);
            proptest::prop_assert!(repeat.first.end <= repeat.again.start);
            repeat.again_place(&book);
        }
    }
}
