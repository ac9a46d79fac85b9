//! Outlines that are made from a seed, so that all headings are different and known beforehand.

use std::fmt::Write as _;

use fastrand::Rng;

/// The outline of a book.
pub(crate) struct Outline {
    /// Its title, which no other seed has.
    pub(crate) title: String,
    /// Its chapters, in order.
    pub(crate) chapters: Vec<Chapter>,
    words: u32,
}

/// What an outline consists of.
#[derive(Clone, Copy)]
pub(crate) struct OutlineShape {
    pub(crate) chapters: usize,
    /// Sections of each chapter, at most six.
    pub(crate) sections: usize,
    /// Words of each chapter.
    pub(crate) words: u32,
}

/// A chapter whose sections are given.
pub(crate) struct Chapter {
    /// Its title.
    pub(crate) title: String,
    /// The headings of its sections, in order.
    pub(crate) sections: Vec<String>,
}

const NOUNS: [&str; 40] = [
    "anchors", "bellows", "candles", "dykes", "ferries", "gardens", "harbours", "hinges", "inkwells", "kilns",
    "ladders", "lanterns", "levees", "looms", "maps", "mills", "mirrors", "needles", "orchards", "ovens", "paddles",
    "pulleys", "quarries", "rafters", "ropes", "saddles", "sails", "scales", "sluices", "spindles", "stairs",
    "tallies", "tiles", "valves", "vessels", "wagons", "wells", "wheels", "windows", "yokes",
];

const ASPECTS: [&str; 6] =
    ["The making of", "The mending of", "The trade in", "The naming of", "The hiding of", "The end of"];

impl Outline {
    /// Makes an outline from a seed.
    pub(crate) fn seeded(seed: u64, shape: OutlineShape) -> Self {
        let OutlineShape { chapters, sections, words } = shape;
        let mut random = Rng::with_seed(seed);
        let mut pairs: Vec<usize> = (0..NOUNS.len() * NOUNS.len()).collect();
        pairs.retain(|pair| pair / NOUNS.len() != pair % NOUNS.len());
        random.shuffle(&mut pairs);
        let chapter = |pair: &usize| {
            let title = format!("{} and {}", capital(NOUNS[pair / NOUNS.len()]), NOUNS[pair % NOUNS.len()]);
            let sections =
                ASPECTS.iter().take(sections).map(|aspect| format!("{aspect} {}", title.to_lowercase())).collect();
            Chapter { title, sections }
        };
        Self {
            title: format!("Tools, book {seed}"),
            chapters: pairs.iter().take(chapters).map(chapter).collect(),
            words,
        }
    }

    /// Removes the last section from the first chapters, so many of them.
    pub(crate) fn with_shorter(mut self, chapters: usize) -> Self {
        for chapter in self.chapters.iter_mut().take(chapters) {
            chapter.sections.pop();
        }
        self
    }

    /// Returns how many parts the book has: its plan, its briefs and its sections.
    pub(crate) fn parts(&self) -> usize {
        self.calls() + self.chapters.len()
    }

    /// Returns how many calls the book takes at least. Its sections are fixed, so that its briefs need none.
    pub(crate) fn calls(&self) -> usize {
        1 + self.sections()
    }

    /// Returns how many sections the book has.
    pub(crate) fn sections(&self) -> usize {
        self.chapters.iter().map(|chapter| chapter.sections.len()).sum()
    }

    /// Renders it as an author types it.
    pub(crate) fn to_markdown(&self) -> String {
        let mut out = format!("---\nlanguage: en\nwords: {}\n---\n\n# {}\n\n", self.words, self.title);
        out.push_str("What people made before there were machines, told by what was left of it.\n");
        for chapter in &self.chapters {
            let _ = write!(out, "\n## {}\n\nHow the two came to depend on each other.\n", chapter.title);
            for section in &chapter.sections {
                let _ = write!(out, "\n### {section}\n\n- Nobody paid for {} twice\n", section.to_lowercase());
            }
        }
        out
    }
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}
