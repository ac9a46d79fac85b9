//! Mends a section that the prompt quotes: every place gets another sentence, and all else stays.

use crate::{
    contract::RepairContract,
    prose::{self, ProseSpec, TextGenerator, Topic},
    random::Random,
};

/// Returns the quoted section without the words that must no longer stand in it. A section of which nothing would be left is written
/// anew.
pub(super) fn repair(contract: &RepairContract, request: &str, random: Random) -> String {
    let mut generator = TextGenerator::new(&contract.language, Topic::new(&contract.heading, []), random);
    let quoted = request.split_once("<section>\n").and_then(|(_, rest)| rest.split_once("\n</section>"));
    let section = quoted.map(|(section, _)| section).unwrap_or_default();
    if !section.is_empty() && contract.places.iter().all(|place| section.contains(place.as_str())) {
        // A shorter place may lie within a longer one.
        let mut places: Vec<&String> = contract.places.iter().collect();
        places.sort_by_key(|place| std::cmp::Reverse(place.len()));
        let mend = |text: String, place: &String| text.replace(place.as_str(), &replacement(place, &mut generator));
        return places.into_iter().fold(section.to_owned(), mend);
    }
    let length = usize::try_from(contract.length).unwrap_or(usize::MAX);
    prose::write(&mut generator, ProseSpec { points: &[], length, unit: contract.unit })
}

/// Returns a sentence for a sentence, and nothing for a word or a phrase.
fn replacement(place: &str, generator: &mut TextGenerator) -> String {
    if place.ends_with(['.', '!', '?', '”', '。']) { generator.generate("sentence") } else { String::new() }
}
