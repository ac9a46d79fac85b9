//! Prose without meaning, as varied as printed prose: its words are invented, and chosen by a generator with a seed.

/// Makes random numbers: the same seed always gives the same ones (SplitMix64).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

/// Returns the text of a chapter with sections.
pub(crate) fn chapter(numbers: &mut Numbers, sections: usize) -> String {
    let section = |numbers: &mut Numbers| {
        let paragraphs: Vec<String> = (0..12).map(|_| paragraph(numbers)).collect();
        format!("## {}\n\n{}", capitalised(&words(numbers, 3)), paragraphs.join("\n\n"))
    };
    (0..sections).map(|_| section(numbers)).collect::<Vec<_>>().join("\n\n")
}

fn paragraph(numbers: &mut Numbers) -> String {
    let sentences = 1 + numbers.below(3) + if numbers.below(3) == 0 { numbers.below(9) } else { 0 };
    (0..sentences).map(|_| sentence(numbers)).collect::<Vec<_>>().join(" ")
}

pub(crate) fn sentence(numbers: &mut Numbers) -> String {
    let length = 3 + numbers.below(14) + if numbers.below(3) == 0 { numbers.below(25) } else { 0 };
    format!("{}.", capitalised(&words(numbers, length)))
}

/// Returns invented words: about 6,000 different ones.
pub(crate) fn words(numbers: &mut Numbers, count: usize) -> String {
    const SYLLABLES: [&str; 18] =
        ["ba", "ko", "ri", "mu", "te", "sa", "lo", "ni", "ga", "pe", "du", "zo", "fi", "ha", "ve", "ju", "wi", "ro"];
    let word = |numbers: &mut Numbers| -> String { (0..3).map(|_| SYLLABLES[numbers.below(18)]).collect() };
    (0..count).map(|_| word(numbers)).collect::<Vec<_>>().join(" ")
}

fn capitalised(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    first.to_uppercase() + rest
}
