//! Measures how well a text makes its points: for each point, the share of its lemmas that stand close together.
//!
//! A point is made where its words stand in one window of about 150 words. The same words scattered over a chapter do not
//! make it. In spaced scripts the text's words are reduced to lemmas as well. In other scripts the point's words are looked
//! for unchanged, because a dictionary splits the same characters differently from sentence to sentence.

use std::collections::{BTreeSet, HashMap};

use bindery_text::{
    language::{self, WritingSystem},
    markdown::Kind,
};

use super::{
    SectionText,
    lemma::{Lemmatizer, fold},
};

/// The share of a point's lemmas, in percent, from which it counts as made.
pub(super) const ENOUGH: u32 = 60;

/// A text under its heading.
pub(super) struct Passage<'a> {
    /// Empty where it does not count.
    pub(super) heading: &'a str,
    pub(super) text: &'a SectionText<'a>,
}

/// Returns for each point the largest share of its lemmas, in percent, that one window of the passages holds.
///
/// A point without words is made by every text.
pub(super) fn shares(passages: &[Passage<'_>], points: &[String], tag: &str) -> Vec<u32> {
    let lemmatizer = Lemmatizer::new(tag);
    let points: Vec<Vec<String>> = points.iter().map(|point| lemmatizer.of_point(point)).collect();
    let (hits, window) = match language::writing_system(tag) {
        WritingSystem::Spaced => (hits_by_word(passages, &points, &lemmatizer), 150),
        // Counted in bytes of UTF-8: 300 ideographs, or some 150 words of five letters.
        WritingSystem::Ideographic => (hits_by_letter(&plain(passages), &points), 900),
        WritingSystem::Unbroken => (hits_by_letter(&plain(passages), &points), 2_250),
    };
    let share = |(lemmas, hits): (&Vec<String>, Vec<Hit>)| match lemmas.len() {
        0 => 100,
        all => u32::try_from(most_in_window(&hits, all, window) * 100 / all).unwrap_or(100),
    };
    points.iter().zip(hits).map(share).collect()
}

/// A lemma of a point, found in a text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    /// Its position in the text, in words or in bytes.
    position: usize,
    /// Its index among the lemmas of its point.
    lemma: usize,
}

/// Finds the lemmas of each point among the words of the passages; positions are counted in words.
fn hits_by_word(passages: &[Passage<'_>], points: &[Vec<String>], lemmatizer: &Lemmatizer) -> Vec<Vec<Hit>> {
    let distinct: BTreeSet<&str> = points.iter().flatten().map(String::as_str).collect();
    let distinct: Vec<&str> = distinct.into_iter().collect();
    // Most words occur again, and need not be reduced again.
    let mut lemmas_of: HashMap<&str, Vec<&str>> = HashMap::new();
    let mut positions: HashMap<&str, Vec<usize>> = HashMap::new();
    let words = passages.iter().flat_map(|passage| {
        let of_text = passage.text.words().flat_map(|block| block.words);
        language::words(passage.heading, "").into_iter().chain(of_text)
    });
    for (position, word) in words.enumerate() {
        for lemma in lemmas_of.entry(word).or_insert_with(|| lemmatizer.matching(&fold(word), &distinct)) {
            positions.entry(lemma).or_default().push(position);
        }
    }
    collect_hits(points, |lemma| positions.get(lemma).cloned().unwrap_or_default())
}

/// Returns the plain text of the passages, each below its heading.
fn plain(passages: &[Passage<'_>]) -> String {
    let of_passage = |passage: &Passage<'_>| {
        let read = passage.text.blocks.iter().filter(|block| block.kind != Kind::Rule);
        let lines: String = read.map(|block| format!("{}\n", block.text)).collect();
        format!("{}\n{lines}", passage.heading)
    };
    passages.iter().map(of_passage).collect()
}

/// Finds the lemmas of each point in the letters of a text; positions are counted in bytes.
fn hits_by_letter(text: &str, points: &[Vec<String>]) -> Vec<Vec<Hit>> {
    let text = fold(text);
    collect_hits(points, |lemma| text.match_indices(lemma).map(|(position, _)| position).collect())
}

/// Returns the hits of each point in the order of the text.
fn collect_hits(points: &[Vec<String>], positions: impl Fn(&str) -> Vec<usize>) -> Vec<Vec<Hit>> {
    let of_point = |point: &Vec<String>| {
        let mut hits: Vec<Hit> = Vec::new();
        for (index, lemma) in point.iter().enumerate() {
            hits.extend(positions(lemma).into_iter().map(|position| Hit { position, lemma: index }));
        }
        hits.sort_unstable();
        hits
    };
    points.iter().map(of_point).collect()
}

/// Returns the largest number of different lemmas, of `all`, that one window holds.
fn most_in_window(hits: &[Hit], all: usize, window: usize) -> usize {
    let mut counts = vec![0_usize; all];
    let (mut held, mut most, mut from) = (0, 0, 0);
    for hit in hits {
        counts[hit.lemma] += 1;
        held += usize::from(counts[hit.lemma] == 1);
        while hits[from].position + window <= hit.position {
            let left = hits[from].lemma;
            counts[left] -= 1;
            held -= usize::from(counts[left] == 0);
            from += 1;
        }
        most = most.max(held);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(text: &str, point: &str, language: &str) -> u32 {
        let passage = Passage { heading: "", text: &SectionText::read(text, language) };
        shares(&[passage], &[point.to_owned()], language)[0]
    }

    #[test]
    fn a_point_is_found_in_other_forms_and_another_order() {
        for (language, point, text) in [
            (
                "en",
                "Explain why publisher confirms must come before acknowledgements",
                "A worker that acknowledges a message first has nothing left when its own publish is lost. So it \
                 waits until the broker confirms what it published, and only then does it acknowledge.",
            ),
            (
                "de",
                "Warum die Hafenmauer vor der Flut erhöht wurde",
                "Als die Fluten höher stiegen als je zuvor, erhöhten die Bürger ihre Hafenmauern um einen Meter.",
            ),
            (
                "fr",
                "Les marées dépendent de la Lune et du Soleil",
                "C’est la Lune qui soulève l’eau ; le Soleil l’aide ou la contrarie, et la marée en dépend.",
            ),
            (
                "es",
                "Explica por qué los puertos se llenan de arena",
                "Cada invierno el puerto amanece más lleno: la arena que traen las corrientes ya no sale.",
            ),
            ("ru", "Почему гавани заносит песком", "Каждую зиму течение приносит песок, и гавань понемногу заносит."),
            (
                "ja",
                "潮の満ち引きと月の関係",
                "月が海水を引き寄せるため、潮は一日に二度満ちて、また引いていく。この関係は古くから知られていた。",
            ),
            ("zh", "解释为什么确认必须先于应答", "消费者在应答之前要等待发布的确认，否则消息可能丢失。"),
            ("th", "สาเหตุของน้ำขึ้นน้ำลง", "ดวงจันทร์เป็นสาเหตุหลักที่ทำให้น้ำขึ้นและน้ำลงทุกวัน"),
            ("ar", "أسباب المد والجزر", "يعود سبب المد والجزر إلى جاذبية القمر."),
            ("ko", "조수 간만의 원인", "달의 인력이 조수 간만의 원인이 된다."),
            ("pl", "Przyczyny pływów morskich", "Przyczyną pływów jest Księżyc, który unosi wody morskie."),
        ] {
            let share = share(text, point, language);
            assert!(share >= ENOUGH, "{language}: {share} % of “{point}”");
        }
    }

    #[test]
    fn a_point_that_is_not_made_is_missed() {
        for (language, point, text) in [
            (
                "en",
                "Explain why publisher confirms must come before acknowledgements",
                "The harbour master counted the boats before he confirmed the list, and why he did so nobody asked.",
            ),
            ("de", "Warum die Hafenmauer vor der Flut erhöht wurde", "Der Hafen lag still, und niemand sprach davon."),
            ("ja", "潮の満ち引きと月の関係", "港では朝から市が立ち、漁師たちが声を上げていた。"),
            ("zh", "解释为什么确认必须先于应答", "清晨的港口里，渔民们正在修补渔网。"),
            ("ar", "أسباب المد والجزر", "كان الميناء هادئا في ذلك الصباح."),
        ] {
            let share = share(text, point, language);
            assert!(share < ENOUGH, "{language}: {share} % of “{point}”");
        }
    }

    #[test]
    fn words_that_stand_far_apart_make_no_point() {
        let apart = |words: usize| format!("The tide {} depends on the moon.", "and so on ".repeat(words / 3));
        assert_eq!(share(&apart(120), "The tide depends on the moon", "en"), 100);
        assert_eq!(share(&apart(180), "The tide depends on the moon", "en"), 66);
        let apart = |count| format!("潮は{}月による。", "あ".repeat(count));
        assert_eq!(share(&apart(200), "潮と月", "ja"), 100);
        assert_eq!(share(&apart(400), "潮と月", "ja"), 50);
    }

    #[test]
    fn a_point_without_words_is_made() {
        assert_eq!(share("", "—", "en"), 100);
        assert_eq!(share("", "Tides", "en"), 0);
    }
}
