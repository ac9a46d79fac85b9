//! Finds the points of a chapter that its text may have left out, for a model to judge.
//!
//! Some words of a point stand in no other point and not in the title of its chapter. The point is suspect where none
//! of them stands in the text, in any form. Headings do not count: they name a point and say nothing of it. A text may
//! well make such a point in other words, so this is never a fault by itself.

use std::collections::{BTreeSet, HashMap, HashSet};

use bindery_text::{
    language::{self, WritingSystem},
    markdown::Kind,
};

use super::{
    Asked, Section,
    language::differs,
    lemma::{Lemmatizer, fold},
};

/// Returns the indexes of the points that are suspect; none where the points are in another language than the text.
/// `asked.heading` is the title of the chapter.
pub fn suspect_points(sections: &[Section<'_>], asked: &Asked<'_>) -> Vec<usize> {
    if asked.points.is_empty() || differs(asked.points, asked.language) {
        return Vec::new();
    }
    let lemmatizer = Lemmatizer::new(asked.language);
    let own = own_lemmas(&lemmatizer, asked);
    let wanted: BTreeSet<&str> = own.iter().flatten().map(String::as_str).collect();
    let found = match language::writing_system(asked.language) {
        WritingSystem::Spaced => found_in_words(sections, &wanted, &lemmatizer),
        // A dictionary splits the same characters differently from sentence to sentence.
        WritingSystem::Ideographic | WritingSystem::Unbroken => found_in_letters(sections, &wanted),
    };
    let is_suspect =
        |lemmas: &Vec<String>| !lemmas.is_empty() && lemmas.iter().all(|lemma| !found.contains(lemma.as_str()));
    (0..own.len()).filter(|&index| is_suspect(&own[index])).collect()
}

/// Returns for each point the lemmas that neither the title nor another point has.
fn own_lemmas(lemmatizer: &Lemmatizer, asked: &Asked<'_>) -> Vec<Vec<String>> {
    let points: Vec<Vec<String>> = asked.points.iter().map(|point| lemmatizer.of_point(point)).collect();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for lemma in points.iter().flatten().cloned().chain(lemmatizer.of_point(asked.heading)) {
        *counts.entry(lemma).or_default() += 1;
    }
    points.into_iter().map(|lemmas| lemmas.into_iter().filter(|lemma| counts[lemma] == 1).collect()).collect()
}

fn found_in_words<'a>(
    sections: &[Section<'_>],
    wanted: &BTreeSet<&'a str>,
    lemmatizer: &Lemmatizer,
) -> HashSet<&'a str> {
    let wanted: Vec<&str> = wanted.iter().copied().collect();
    // Most words occur again, and need not be reduced again.
    let mut seen: HashSet<&str> = HashSet::new();
    let mut found = HashSet::new();
    for section in sections {
        for word in section.text.words().flat_map(|block| block.words) {
            if seen.insert(word) {
                found.extend(lemmatizer.matching(&fold(word), &wanted));
            }
        }
    }
    found
}

fn found_in_letters<'a>(sections: &[Section<'_>], wanted: &BTreeSet<&'a str>) -> HashSet<&'a str> {
    let of_section = |section: &Section<'_>| {
        let read = section.text.blocks.iter().filter(|block| block.kind != Kind::Rule);
        read.map(|block| format!("{}\n", block.text)).collect::<String>()
    };
    let text = fold(&sections.iter().map(of_section).collect::<String>());
    wanted.iter().copied().filter(|lemma| text.contains(lemma)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SectionText;

    fn suspects(text: &str, points: &[&str], language: &str) -> Vec<usize> {
        let sections = [Section { heading: "", text: SectionText::read(text, language) }];
        let points: Vec<String> = points.iter().map(|point| (*point).to_owned()).collect();
        suspect_points(&sections, &Asked { language, heading: "Tides", points: &points, length: 100 })
    }

    #[test]
    fn a_point_of_which_any_form_of_its_own_words_stands_in_the_text_is_not_suspect() {
        for (language, point, text) in [
            (
                "en",
                "Explain why publisher confirms come first",
                "Nothing is acknowledged until the broker confirmed it.",
            ),
            ("de", "Warum die Hafenmauer erhöht wurde", "Die Bürger bauten höhere Hafenmauern."),
            ("fr", "Les marées dépendent de la Lune", "C’est la Lune qui soulève l’eau."),
            ("ru", "Почему гавани заносит песком", "Каждую зиму гавань понемногу заносит."),
            ("ja", "潮の満ち引きと月の関係", "月が海水を引き寄せる。"),
            ("zh", "解释为什么确认必须先于应答", "发布之后要等待确认。"),
            ("ar", "أسباب المد والجزر", "يعود المد إلى جاذبية القمر."),
            ("pl", "Przyczyny pływów morskich", "Pływ unosi wody."),
        ] {
            assert_eq!(suspects(text, &[point], language), [0; 0], "{language}");
        }
    }

    #[test]
    fn a_point_of_which_no_word_stands_in_the_text_is_suspect() {
        for (language, point, text) in [
            ("en", "Publisher confirms come first", "The harbour master counted the boats."),
            ("de", "Warum die Hafenmauer erhöht wurde", "Das Boot lag still, und niemand sprach davon."),
            ("ja", "潮の満ち引きと月の関係", "港では朝から市が立ち、漁師たちが声を上げていた。"),
            ("zh", "解释为什么确认必须先于应答", "清晨的港口里，渔民们正在修补渔网。"),
        ] {
            assert_eq!(suspects(text, &[point], language), [0], "{language}");
        }
    }

    #[test]
    fn the_words_that_all_points_share_say_nothing_about_one_of_them() {
        let points = ["Every tide has its pilots", "Every tide has its toll"];
        assert_eq!(suspects("No tide comes without pilots.", &points, "en"), [1]);
        // The title and the other point have all words of the second one.
        assert_eq!(suspects("Nothing.", &["Pilots and tides", "Tides and pilots"], "en"), [0; 0]);
        assert_eq!(suspects("Nothing.", &["—"], "en"), [0; 0]);
    }

    #[test]
    fn points_in_another_language_are_never_suspect() {
        let points = [
            "Why the harbour wall was raised before the great flood came over the town",
            "How the people of the town paid for the stones that they had to bring from the hills",
        ];
        assert_eq!(suspects("Die Bürger bauten.", &points, "de"), [0; 0]);
    }
}
