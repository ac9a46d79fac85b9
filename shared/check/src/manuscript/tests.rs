//! Tests of reading a book.

use super::*;

fn book(language: &str, chapters: &[&str]) -> ManuscriptText {
    let sources: Vec<_> = (1..)
        .zip(chapters)
        .map(|(number, text)| ChapterSource { number, title: "", sections: sections_of(text) })
        .collect();
    ManuscriptText::read(language, &sources)
}

#[test]
fn a_place_names_the_chapter_section_paragraph_and_sentence() {
    let book =
        book("en", &["One two. Three.", "## A\n\nFour.\n\n## B\n\n```\ncode\n```\n\nFive six. Seven *eight* nine."]);
    let word = book.words.iter().position(|&word| book.word(word) == "eight").unwrap();
    let place = book.place_of_word(word);
    assert_eq!(place, Place { chapter: 2, section: 2, paragraph: 2, sentence: 2, begins: "eight nine.".to_owned() });
    assert_eq!(place.to_string(), "chapter 2, section 2, paragraph 2: “eight nine.”");
    assert_eq!(book.place(book.sentence_of_word(word)).begins, "Seven eight nine.");
}

#[test]
fn a_chapter_is_divided_at_its_highest_headings_or_at_its_breaks() {
    let headings = |text| sections_of(text).iter().map(|section| section.heading.to_owned()).collect::<Vec<_>>();
    assert_eq!(headings("Before.\n\n## A ##\n\nx\n\n### deep\n\ny\n\n## B\n\nz"), ["", "A", "B"]);
    assert_eq!(headings("One.\n\n***\n\nTwo."), ["", ""]);
    assert_eq!(headings("> ## quoted\n\nOne."), [""]);
    assert_eq!(headings("\n\n"), [""; 0]);
    assert_eq!(sections_of("## A\n\nx\n\n## B\n\ny")[1].text.trim(), "y");
}

#[test]
fn a_book_is_divided_at_its_chapters_without_its_contents_and_front_matter() {
    let words = "word ".repeat(30);
    let titles = |text: &str| chapters_of(text).iter().map(|chapter| chapter.title.to_owned()).collect::<Vec<_>>();
    let bound = format!(
        "---\nlang: en\n---\n\n# Book\n\n*By*\n\n> {words}\n\n## Contents\n\n- [A](#a)\n- [B](#b)\n\n## A\n\n{words}\n\n### x\n\n## B\n\n{words}"
    );
    assert_eq!(titles(&bound), ["A", "B"]);
    assert_eq!(titles(&format!("# A\n\n## s\n\n{words}\n\n# B\n\n{words}")), ["A", "B"]);
    assert_eq!(titles(&format!("---\ntitle: x\n---\n\n# A\n\n## s\n\n{words}\n")), ["A"]);
    assert_eq!(titles(&words), [""]);
    assert_eq!(titles("```\n## no heading\n```"), [""; 0]);
    let numbers: Vec<u32> = chapters_of(&bound).iter().map(|chapter| chapter.number).collect();
    assert_eq!(numbers, [1, 2]);
}

#[test]
fn words_are_compared_without_case_and_with_one_apostrophe() {
    let book = book("en", &["Don’t. DON'T."]);
    assert_eq!(book.words, [0, 0]);
}

#[test]
fn code_tables_and_headings_have_no_words() {
    let book = book("en", &["### H\n\n```\na\n```\n\n| b |\n|---|\n| c |\n\n> quoted\n\nText."]);
    assert_eq!(book.words.iter().map(|&word| book.word(word)).collect::<Vec<_>>(), ["quoted", "text"]);
    assert_eq!(book.prose().count(), 1);
}

#[test]
fn scripts_without_spaces_have_words_and_sentences() {
    let book = book("zh", &["确认必须早到。他走了。"]);
    assert_eq!(book.sentences.len(), 2);
    assert_eq!(book.word(book.words[0]), "确认");
}

proptest::proptest! {
    #[test]
    fn every_word_has_a_place(
        text in r"([a-cA-C.! \n>#語雨。]|\n\n|## |- |\*\*\*\n|```\n){0,80}",
        language in "en|ja|th",
    ) {
        let book = book(&language, &[&text, &text]);
        for word in 0..book.words.len() {
            let place = book.place_of_word(word);
            proptest::prop_assert!(place.chapter >= 1 && !place.begins.is_empty());
        }
        for (index, sentence) in book.sentences.iter().enumerate() {
            proptest::prop_assert!(!book.text_of(sentence).is_empty());
            proptest::prop_assert!(!book.place(index).begins.is_empty());
        }
    }
}
