//! Tests the gates with sound prose, which must pass, and with known faults, which must not. The prose in `calibration/`
//! was written for this and is full of near misses.

use bindery_text::ending;

use super::{Asked, GateFailure, Section, SectionText, chapter, gate, targets, tidy};

const PROSE: &[(&str, &str)] = &[
    ("en", include_str!("calibration/technical.en.md")),
    ("en", include_str!("calibration/fiction.en.md")),
    ("en", include_str!("calibration/essay.en.md")),
    ("en", include_str!("calibration/handbook.en.md")),
    ("ar", include_str!("calibration/ar.md")),
    ("de", include_str!("calibration/de.md")),
    ("es", include_str!("calibration/es.md")),
    ("fr", include_str!("calibration/fr.md")),
    ("it", include_str!("calibration/it.md")),
    ("ja", include_str!("calibration/ja.md")),
    ("ko", include_str!("calibration/ko.md")),
    ("nl", include_str!("calibration/nl.md")),
    ("pt", include_str!("calibration/pt.md")),
    ("ru", include_str!("calibration/ru.md")),
    ("th", include_str!("calibration/th.md")),
    ("zh", include_str!("calibration/zh.md")),
];

fn judge(text: &str, language: &str) -> Result<(), GateFailure> {
    let text = SectionText::read(text, language);
    gate(&text, &Asked { language, heading: "What remains", points: &[], length: text.length() })
}

#[test]
fn sound_prose_passes_every_gate_and_needs_no_tidying() {
    for (language, text) in PROSE {
        assert_eq!(judge(text, language), Ok(()), "{language}: {text}");
        assert_eq!(tidy(text, "What remains", "Endings"), text.trim_end(), "{language}");
    }
}

#[test]
fn prose_cut_inside_of_a_word_is_never_taken_for_whole() {
    // Thai ends no sentence with a mark, so that a cut there may look like an end. So may the last word of a list item, for
    // items may end without a mark.
    let marked =
        |(language, text): &&(&str, &str)| *language != "th" && !text.contains("\n- ") && !text.contains("\n1. ");
    for (language, text) in PROSE.iter().filter(marked) {
        let chars: Vec<(usize, char)> = text.char_indices().collect();
        let inside = chars.windows(2).skip(chars.len() / 2).filter(|pair| {
            let line = text[..pair[1].0].lines().next_back().unwrap_or_default();
            // A name below a quotation, when cut, is still a name.
            let named = line.starts_with("> —");
            pair[0].1.is_alphanumeric() && pair[1].1.is_alphanumeric() && !named
        });
        for pair in inside {
            let text = &text[..pair[1].0];
            let line = text.lines().next_back().unwrap_or_default();
            assert_ne!(ending::cut(text, language), None, "{language}: {line}");
        }
    }
}

#[test]
fn every_failure_reads_as_a_sentence_and_has_a_label() {
    let long = |text: &str| format!("{}\n{text}", include_str!("calibration/essay.en.md"));
    for (text, label, sentence) in [
        ("Too short.".to_owned(), "empty", "the text is all but empty: 2 of about 400 words"),
        (
            "I'm sorry, but I can't help with that.".to_owned(),
            "refused",
            "the model refuses to write this: “I'm sorry, but I can't help with that.”",
        ),
        (long("So the wall and the"), "truncated", "the text breaks off at “So the wall and the”"),
        (
            long("I hope this helps!"),
            "meta_talk",
            "the text closes by addressing whoever asked for it: “I hope this helps!”",
        ),
        (
            "{\"text\": \"So the wall leans, and so it has leaned as long as anybody can remember it.\"}".to_owned(),
            "structure",
            "the text is a JSON value, not prose in Markdown",
        ),
        (
            long(&"So it fell, and so it fell. ".repeat(40)),
            "repetition",
            "the text goes in a loop, 5 times over: “so it fell and so it fell”",
        ),
        (long("It was a caf\u{fffd}."), "garbled", "the text has damaged letters: “place. It was a caf\u{fffd}.”"),
        (include_str!("calibration/de.md").to_owned(), "language", "the text is in German, but the book is in English"),
    ] {
        let asked = Asked { language: "en", heading: "", points: &[], length: 400 };
        let failure = gate(&SectionText::read(&text, "en"), &asked).expect_err("the text has a fault");
        assert_eq!((failure.label(), failure.to_string().as_str()), (label, sentence));
    }
}

proptest::proptest! {
    #[test]
    fn no_text_makes_a_check_panic(
        text in r"(\PC{0,20}|[-#*`>|\[\]()“”「」\n .,!:'a-eé一の\u{e40}\u{627}]{0,30}|```\n|\n- |\n\n|Here is the |\[insert ){0,12}",
        point in r"\PC{0,30}",
        language in "en|de|fr|it|ja|zh|th|ar|ko|cs|",
        length in 0_u32..2_000,
    ) {
        let points = [point];
        let asked = Asked { language: &language, heading: "Walls", points: &points, length };
        let tidied = tidy(&text, "Walls", "Endings");
        let (read, read_tidied) = (SectionText::read(&text, &language), SectionText::read(&tidied, &language));
        let _ = gate(&read_tidied, &asked);
        let _ = gate(&read, &asked).map_err(|failure| failure.to_string());
        targets(&read, &asked).advice();
        chapter(&[Section { heading: "Walls", text: read }, Section { heading: &text, text: read_tidied }], &asked).advice();
    }
}
