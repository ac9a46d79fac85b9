//! Faults, planted in the chapters of a sound book. Each chapter is Markdown, with a blank line between paragraphs.

use super::prose::{Numbers, words};

/// A fault, with the figures that must and may tell of it. The marks of all other figures must stay.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    pub(crate) lowers: &'static [&'static str],
    pub(crate) may_lower: &'static [&'static str],
    plant: Planting,
}

/// How a fault is planted.
enum Planting {
    /// In each chapter.
    Chapter(fn(&str, &mut Numbers) -> String),
    /// In each paragraph of running text, by its number in the chapter.
    Paragraph(fn(&str, usize, &mut Numbers) -> String),
    /// The passages of the first chapter also stand in two others.
    Passages,
}

impl Fault {
    /// Plants the fault.
    pub(crate) fn plant(&self, chapters: &mut [String]) {
        let numbers = &mut Numbers::new(7);
        match self.plant {
            Planting::Chapter(change) => {
                chapters.iter_mut().for_each(|chapter| *chapter = change(chapter, numbers));
            }
            Planting::Paragraph(change) => {
                for chapter in chapters {
                    let mut count = 0;
                    let changed = paragraphs(chapter).map(|text| {
                        count += usize::from(is_prose(text));
                        if is_prose(text) { change(text, count - 1, numbers) } else { text.to_owned() }
                    });
                    *chapter = changed.collect::<Vec<_>>().join("\n\n");
                }
            }
            Planting::Passages => {
                let all: usize = chapters.iter().map(|chapter| chapter.split_whitespace().count()).sum();
                let mut length = 0;
                let passages = paragraphs(&chapters[0]).filter(|text| is_prose(text)).take_while(|text| {
                    length += text.split_whitespace().count();
                    length < all / 50
                });
                let passages = passages.collect::<Vec<_>>().join("\n\n");
                for (chapter, end) in [(1, "So it went"), (chapters.len() / 2, "That was all")] {
                    chapters[chapter] = format!("{}\n\n{passages}\n\n{end}.", chapters[chapter]);
                }
            }
        }
    }
}

fn paragraphs(chapter: &str) -> impl Iterator<Item = &str> {
    chapter.split("\n\n").map(str::trim).filter(|text| !text.is_empty())
}

fn is_prose(text: &str) -> bool {
    text.starts_with(|char: char| char.is_alphabetic() || char == '“')
}

/// Changes each word of a text by its number.
fn each_word(text: &str, change: impl FnMut((usize, &str)) -> String) -> String {
    text.split_whitespace().enumerate().map(change).collect::<Vec<_>>().join(" ")
}

fn bare(word: &str) -> &str {
    word.trim_matches(|char: char| !char.is_alphanumeric())
}

/// Every figure of words that are chosen again and again.
const FEW_WORDS: &[&str] = &[
    "cut_endings",
    "repetition_within_chapters",
    "repetition_across_chapters",
    "near_duplicate_sentences",
    "alike_paragraph_openings",
    "alike_section_openings",
    "alike_chapter_openings",
    "alike_chapter_endings",
];

pub(crate) const FAULTS: &[Fault] = &[
    Fault {
        name: "the same passages in three chapters",
        lowers: &["repetition_across_chapters", "near_duplicate_sentences"],
        may_lower: &[],
        plant: Planting::Passages,
    },
    Fault {
        name: "paragraphs that stand twice in their chapter",
        lowers: &["repetition_within_chapters", "alike_paragraph_openings"],
        may_lower: &["compressibility"],
        plant: Planting::Chapter(|chapter, _| {
            let again: Vec<&str> = paragraphs(chapter).filter(|text| is_prose(text)).step_by(3).collect();
            format!("{chapter}\n\n{}", again.join("\n\n"))
        }),
    },
    Fault {
        name: "words of a model",
        lowers: &["leaks"],
        may_lower: &[
            "alike_chapter_endings",
            "alike_paragraph_openings",
            "repetition_across_chapters",
            "near_duplicate_sentences",
        ],
        plant: Planting::Chapter(|chapter, numbers| {
            format!(
                "{chapter}\n\nAs an AI language model, I cannot {}.\n\nSo {}.",
                words(numbers, 5),
                words(numbers, 9)
            )
        }),
    },
    Fault {
        name: "chapters that break off",
        lowers: &["cut_endings"],
        may_lower: &[],
        plant: Planting::Chapter(|chapter, numbers| format!("{chapter}\n\nThen {} and the", words(numbers, 9))),
    },
    Fault {
        name: "references to chapters that there are not",
        lowers: &["dangling_references"],
        may_lower: &[],
        plant: Planting::Chapter(|chapter, numbers| format!("{chapter}\n\nIn chapter 977 {}.", words(numbers, 9))),
    },
    Fault {
        name: "sources that nobody can find",
        lowers: &["sources_without_a_list"],
        may_lower: &[],
        plant: Planting::Paragraph(|text, index, _| match index % 6 {
            0 => format!("{} [12].", text.trim_end_matches('.')),
            3 => format!("{} (Hartmann & Vries, 2014).", text.trim_end_matches('.')),
            _ => text.to_owned(),
        }),
    },
    Fault {
        name: "chapters that begin with a formula",
        lowers: &["alike_chapter_openings"],
        may_lower: &["alike_section_openings"],
        plant: Planting::Chapter(|chapter, numbers| format!("In this chapter {}.\n\n{chapter}", words(numbers, 9))),
    },
    Fault {
        name: "chapters that end with a formula",
        lowers: &["alike_chapter_endings"],
        may_lower: &[],
        plant: Planting::Chapter(|chapter, numbers| format!("{chapter}\n\nIn conclusion {}.", words(numbers, 9))),
    },
    Fault {
        name: "sections that begin alike",
        lowers: &["alike_section_openings"],
        may_lower: &["alike_chapter_openings", "alike_paragraph_openings"],
        plant: Planting::Chapter(|chapter, _| {
            let mut begins = true;
            let texts = paragraphs(chapter).map(|text| {
                let first = begins && is_prose(text);
                begins = (begins || text.starts_with('#')) && !first;
                if first { format!("Late that evening {text}") } else { text.to_owned() }
            });
            texts.collect::<Vec<_>>().join("\n\n")
        }),
    },
    Fault {
        name: "paragraphs that begin alike",
        lowers: &["alike_paragraph_openings"],
        may_lower: &["alike_chapter_openings", "alike_section_openings"],
        plant: Planting::Paragraph(|text, index, _| match index % 3 {
            0 => format!("On the hill {text}"),
            _ => text.to_owned(),
        }),
    },
    Fault {
        name: "headings that come again",
        lowers: &["repeated_headings"],
        may_lower: &[],
        plant: Planting::Chapter(|chapter, _| {
            let heading = |text: &str| if text.starts_with('#') { "## Overview" } else { text }.to_owned();
            chapter.split("\n\n").map(heading).collect::<Vec<_>>().join("\n\n")
        }),
    },
    Fault {
        name: "sentences of one length",
        lowers: &["sentence_variation"],
        may_lower: &["alike_chapter_endings"],
        plant: Planting::Paragraph(|text, _, _| {
            let words: Vec<&str> = text.split_whitespace().map(bare).filter(|word| !word.is_empty()).collect();
            let sentence = |words: &[&str]| format!("The {}.", words.join(" "));
            words.chunks(12).map(sentence).collect::<Vec<_>>().join(" ")
        }),
    },
    Fault {
        name: "paragraphs of one length",
        lowers: &["paragraph_variation"],
        may_lower: &["alike_paragraph_openings"],
        plant: Planting::Chapter(|chapter, _| {
            let prose: Vec<&str> =
                paragraphs(chapter).filter(|text| is_prose(text)).flat_map(str::split_whitespace).collect();
            let heading = paragraphs(chapter).find(|text| text.starts_with('#')).unwrap_or_default();
            let paragraph = |words: &[&str]| format!("{}.", words.join(" "));
            format!("{heading}\n\n{}", prose.chunks(60).map(paragraph).collect::<Vec<_>>().join("\n\n"))
        }),
    },
    Fault {
        name: "words that models prefer",
        lowers: &["slop_words"],
        may_lower: &[],
        plant: Planting::Paragraph(|text, _, numbers| {
            const WORDS: [&str; 8] =
                ["vibrant", "intricate", "tapestry", "pivotal", "seamless", "delve", "bustling", "multifaceted"];
            each_word(text, |(index, word)| match index % 40 {
                20 => format!("{word} {}", WORDS[numbers.below(8)]),
                _ => word.to_owned(),
            })
        }),
    },
    Fault {
        name: "phrases that models prefer",
        lowers: &["slop_phrases"],
        may_lower: &["slop_words"],
        plant: Planting::Paragraph(|text, _, numbers| {
            const PHRASES: [&str; 4] = ["a testament to", "at the heart of", "a tapestry of", "a stark reminder"];
            each_word(text, |(index, word)| match index % 60 {
                25 => format!("{word} {}", PHRASES[numbers.below(4)]),
                _ => word.to_owned(),
            })
        }),
    },
    Fault {
        name: "sentences that begin with a transition",
        lowers: &["transitions"],
        may_lower: &["slop_words", "alike_chapter_endings"],
        plant: Planting::Paragraph(|text, _, numbers| {
            const WORDS: [&str; 5] = ["However", "Similarly", "Overall", "In addition", "Therefore"];
            let mut ended = true;
            each_word(text, |(_, word)| {
                let begins = ended && numbers.below(4) == 0 && word.starts_with(char::is_uppercase);
                ended = word.ends_with('.');
                if begins { format!("{}, {}", WORDS[numbers.below(5)], word.to_lowercase()) } else { word.to_owned() }
            })
        }),
    },
    Fault {
        name: "contrasts",
        lowers: &["contrasts"],
        may_lower: &[],
        plant: Planting::Paragraph(|text, index, numbers| match index % 3 {
            0 => format!(
                "{text} It wasn't the {}. It was {} {}.",
                words(numbers, 1),
                words(numbers, 1),
                words(numbers, 1)
            ),
            _ => text.to_owned(),
        }),
    },
    Fault {
        name: "groups of three",
        lowers: &["triads"],
        may_lower: &["cut_endings"],
        plant: Planting::Paragraph(|text, _, numbers| {
            each_word(text, |(index, word)| match index % 30 {
                12 => format!("{word} {}, {}, and {}", words(numbers, 2), words(numbers, 1), words(numbers, 2)),
                _ => word.to_owned(),
            })
        }),
    },
    Fault {
        name: "dashes",
        lowers: &["em_dashes"],
        may_lower: &["cut_endings"],
        plant: Planting::Paragraph(|text, _, numbers| {
            each_word(text, |(index, word)| match index % 20 {
                9 => format!("{word}—{}", words(numbers, 1)),
                _ => word.to_owned(),
            })
        }),
    },
    Fault {
        name: "lists in place of paragraphs",
        lowers: &["list_items"],
        may_lower: &[],
        plant: Planting::Paragraph(|text, index, _| match index % 5 {
            0 | 1 => text.to_owned(),
            _ => format!("- {}", text.replace('\n', " ")),
        }),
    },
    Fault {
        name: "bold type",
        lowers: &["bold_spans"],
        may_lower: &[],
        plant: Planting::Paragraph(|text, _, _| {
            each_word(text, |(index, word)| match index % 30 {
                10 if word.chars().all(char::is_alphabetic) => format!("**{word}**"),
                _ => word.to_owned(),
            })
        }),
    },
    Fault {
        name: "few different words",
        lowers: &["lexical_diversity", "compressibility"],
        may_lower: FEW_WORDS,
        plant: Planting::Paragraph(|text, _, numbers| {
            const WORDS: [&str; 60] = [
                "sea", "harbour", "boat", "wind", "tide", "rope", "men", "went", "came", "saw", "old", "grey", "stone",
                "wall", "night", "morning", "house", "door", "light", "hand", "water", "road", "hill", "bread",
                "table", "voice", "word", "child", "mother", "field", "tree", "winter", "summer", "river", "bridge",
                "horse", "cart", "fire", "smoke", "snow", "rain", "cloud", "bird", "song", "bell", "church", "street",
                "market", "fish", "net", "sail", "mast", "oar", "sand", "shell", "wave", "storm", "star", "moon",
                "sun",
            ];
            each_word(text, |(_, word)| {
                let mark = word.trim_start_matches(|char: char| char.is_alphanumeric());
                format!("{}{}", WORDS[numbers.below(60)], mark)
            })
        }),
    },
];
