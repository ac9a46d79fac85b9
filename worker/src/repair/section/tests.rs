use bindery_check::manuscript::Place;

use super::*;

fn finding(kind: FindingKind, quote: &str) -> Finding {
    let place = Place { chapter: 1, section: 1, paragraph: 1, sentence: 1, begins: quote.to_owned() };
    Finding::new(kind, place, quote.to_owned(), "Mend it.".to_owned())
}

const OLD: &str = "The mill stood at the weir. It had nine wheels. Nobody counted them twice. The tapestry of water hung below. \
The boards were oak. The miller slept above the stones. He paid no toll.";

#[test]
fn a_text_that_changes_most_of_what_was_to_stay_is_refused() {
    let findings = [finding(FindingKind::Banned, "tapestry")];
    let mended = OLD.replace("tapestry of water", "sheet of water");
    assert!(keeps(OLD, &mended, &findings, "en"));
    let joined = mended.replace("Nobody counted them twice.", "No one counted them.").replace("oak", "elm");
    assert!(keeps(OLD, &joined, &findings, "en"), "two sentences may change");
    let other = "A mill once stood there. Its wheels were nine. A sheet of water hung below. It was built of oak. The miller slept.";
    assert!(!keeps(OLD, other, &findings, "en"));
}

#[test]
fn other_quotation_marks_and_dashes_are_no_change() {
    let old = "“Nine wheels,” he said. It's true — so he said. They're oak. He slept well. It rained on.";
    let new = "\"Nine wheels,\" he said. It’s true – so he said. They’re oak. He slept well. It rained on.";
    assert!(keeps(old, new, &[], "en"));
}

#[test]
fn a_section_need_not_be_as_long_as_with_the_passage_that_it_loses() {
    let passage = "Nobody counted them twice. The tapestry of water hung below.";
    let repeat = [finding(FindingKind::Repeat, passage), finding(FindingKind::Repeat, passage)];
    assert_eq!(length(OLD, "en"), 34);
    assert_eq!(length_to_keep(OLD, &repeat, "en"), 24, "the same passage is taken out once");
    assert_eq!(length_to_keep(OLD, &[finding(FindingKind::Repeat, OLD)], "en"), 12, "something new may be said");
    assert_eq!(length_to_keep(OLD, &[finding(FindingKind::Banned, "tapestry")], "en"), 34);
}
