//! The prompts that follow the first draft of a chapter: tries, rewrites, the summary, repairs, a change that an editor asks for.

use bindery_check::{
    audit::{AuditReport, Finding, FindingKind, Repair, Rules, audit},
    manuscript::{ChapterSource, Place, SectionSource},
};
use bindery_ledger::RevisionOrder;
use bindery_runtime::attempt::{Before, Draft, Fault};
use bindery_text::editable::EditableText;

use super::CHAPTER;
use crate::{
    brief::Brief, prompt::ChapterPrompt, repair::section::RepairWriting, revision::stretch::RevisionWriting,
    section::SectionWriting, summary::SummaryWriting,
};

/// A passage that stands in the first chapter and in this one.
const PASSAGE: &str = "The keeper rowed out at noon with oil for nine nights, and he wound the clock that turned the light before he slept.";

const FIRST: &str = "THE FIRST PARAGRAPH OF THE FIRST SECTION.\n\nThe light was lit on a Monday in the spring.\n\nIn conclusion, the \
lamp changed the coast and all who lived along it.";

const SECOND: &str = "The harbour is a rich tapestry of masts. THE SECOND SENTENCE OF THE SECTION.\n\n";

const LAST: &str = "THE FIRST PARAGRAPH OF A LATER SECTION.\n\nTHE LAST PARAGRAPH OF A LATER SECTION.";

/// Returns the later prompts of a chapter by their names.
pub(super) fn prompts(chapter: ChapterPrompt<'_>, division: &Brief) -> Vec<(&'static str, String)> {
    let mut prompts = again(chapter, division).to_vec();
    prompts.push(("the summary", summary(chapter)));
    prompts.extend(repairs(chapter, division));
    prompts.push(("a change that an editor asks for", revision(chapter)));
    prompts
}

/// Returns the prompts of a section that is asked for again.
fn again(chapter: ChapterPrompt<'_>, division: &Brief) -> [(&'static str, String); 3] {
    let ChapterPrompt { book, slice, slice_part } = chapter;
    let position = division.sections.len() - 1;
    let writing = SectionWriting::new(book, slice, slice_part, division, position, None);
    // What stands above is that of any section.
    let end = |before: Before<'_>| {
        let usual = writing.request(Before::default());
        let prompt = writing.request(before);
        let same = usual.lines().zip(prompt.lines()).take_while(|(usual, line)| usual == line).count();
        prompt.lines().skip(same).collect::<Vec<_>>().join("\n")
    };
    let fault = |answer: Option<&str>| Fault {
        explanation: "it breaks off in the middle of a sentence: “… and the rest of the”".into(),
        answer: answer.map(str::to_owned),
        answers: 1,
    };
    let draft = Draft {
        text: "THE DRAFT.".into(),
        misses: vec!["THE FIRST MISS.".into(), "THE SECOND MISS.".into()],
        ..Draft::default()
    };
    [
        ("the end of a section's prompt after a fault", end(Before { fault: Some(&fault(None)), draft: None })),
        (
            "the end of a section's prompt after a fault that can be mended",
            end(Before { fault: Some(&fault(Some("THE LAST ANSWER."))), draft: None }),
        ),
        ("the end of a section's prompt with a draft", end(Before { fault: None, draft: Some(&draft) })),
    ]
}

fn summary(ChapterPrompt { book, slice, slice_part }: ChapterPrompt<'_>) -> String {
    SummaryWriting { book, slice, slice_part, text: "THE TEXT OF THE CHAPTER." }.request(Before::default())
}

/// Returns the prompts that have the findings of an audit mended, in the order of the rounds.
fn repairs(chapter: ChapterPrompt<'_>, division: &Brief) -> Vec<(&'static str, String)> {
    let second = format!("{SECOND}{PASSAGE} As a study shows (Hartmann, 2019), it was so.");
    let mut sections: Vec<String> = vec![FIRST.to_owned(), second];
    sections.resize(division.sections.len().max(2), LAST.to_owned());
    let rules = Rules { banned: vec!["rich tapestry".to_owned()], ..Rules::default() };
    let found = findings(&sections, &rules);
    // A chapter of one section has nothing before or after it.
    if division.sections.len() == 1 {
        sections.remove(0);
    }
    let shown = |number: u32| {
        let own: Vec<Finding> = found.iter().filter(|finding| finding.place.section == number).cloned().collect();
        assert!(!own.is_empty(), "{found:?}");
        let position = (number as usize).min(division.sections.len()) - 1;
        RepairWriting::new(chapter, division, &sections, position, &own, &rules).request(Before::default())
    };
    let foreign = Place { chapter: CHAPTER, section: 1, paragraph: 1, sentence: 1, begins: "Das Licht".to_owned() };
    let advice = "The section is in another language than the book. Write it in the book's language.".to_owned();
    let foreign = [Finding::new(FindingKind::Language, foreign, "Das Licht brannte.".to_owned(), advice)];
    let foreign = RepairWriting::new(chapter, division, &sections, 0, &foreign, &rules).request(Before::default());
    let seam = Some(("the repair of a seam", 1)).filter(|_| division.sections.len() > 1);
    let named = [("the repair of a section", 2)].into_iter().chain(seam);
    let shown = named.map(|(name, number)| (name, shown(number)));
    shown.chain([("the repair of a section in another language", foreign)]).collect()
}

/// Returns what an audit finds in a book whose second chapter has these sections.
fn findings(sections: &[String], rules: &Rules) -> Vec<Finding> {
    let texts: Vec<&str> = sections.iter().map(String::as_str).collect();
    let chapters = [source(1, &[PASSAGE]), source(CHAPTER, &texts)];
    let report = AuditReport::with_repairs(audit("en", &chapters, &rules.expected()), 60, |_, _| true);
    let mend = |round| report.of(Repair { round, chapter: CHAPTER }).cloned().collect::<Vec<_>>();
    [1, 2].into_iter().flat_map(mend).collect()
}

fn source<'a>(number: u32, texts: &[&'a str]) -> ChapterSource<'a> {
    let sections = texts.iter().map(|text| SectionSource { heading: "", text }).collect();
    ChapterSource { number, title: "", sections }
}

fn revision(chapter: ChapterPrompt<'_>) -> String {
    let order = RevisionOrder {
        note: "THE NOTE OF THE EDITOR.".into(),
        sections: Vec::new(),
        passage: Some("THE MARKED WORDS".into()),
    };
    let text = EditableText::read("THE FIRST PARAGRAPH.\n\nTHE SECOND PARAGRAPH, WITH THE MARKED WORDS.\n");
    let stretch = text.sections().into_iter().next().expect("a text has a section");
    RevisionWriting { chapter, order: &order, stretch: &stretch }.request(Before::default())
}
