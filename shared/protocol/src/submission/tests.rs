//! Tests of submissions: what is read, what is refused, and what an answer holds.

use super::*;

const SHIPPED: &str = include_str!("v1.json");

#[test]
fn the_first_submission_ever_shipped_can_still_be_read() {
    let submission = Submission::decode(SHIPPED.as_bytes()).unwrap();
    assert_eq!(submission.request_id, "course-17");
    let outline = OutlineText::Markdown("# Knots\n\n## Reef\n\n## Bowline\n".into());
    assert_eq!(submission.outline, Some(outline));
    assert_eq!((submission.words, submission.gaps), (Some(1_200), Some(GapPolicy::Omit)));
    assert_eq!((submission.budget_usd, submission.no_plan, submission.review), (Some(2.5), true, false));
}

#[test]
fn a_message_that_is_no_submission_is_refused_with_the_reason() {
    let cause = |body: &[u8]| Submission::decode(body).unwrap_err().cause;
    assert!(matches!(cause(b"{"), Cause::Syntax(_)));
    assert!(matches!(cause(&vec![b' '; MAX_BYTES + 1]), Cause::TooLarge(_)));
    let other = SHIPPED.replace(SUBMIT, "bindery.book.submit.v9");
    assert!(matches!(cause(other.as_bytes()), Cause::Type(kind) if kind.ends_with("v9")));
    let file = SHIPPED.replace("\"request_id\"", "\"outline_file\": \"/etc/passwd\", \"request_id\"");
    assert!(Submission::decode(file.as_bytes()).unwrap_err().to_string().contains("outline_file"));
}

#[test]
fn a_submission_without_an_envelope_takes_the_name_that_came_beside_it() {
    let body = br##"{"outline": {"markdown": "# Knots"}, "words": 300}"##;
    let read = Submission::decode_content(body, Some("course-17")).unwrap();
    assert_eq!((read.request_id.as_str(), read.words), ("course-17", Some(300)));
    let all = Submission::decode_content(br#"{"words": "many"}"#, None).unwrap_err().flaws();
    assert_eq!(all.len(), 3, "{all:?}");
    let twice = br##"{"outline": {"markdown": "# Knots"}, "request_id": "other"}"##;
    let all = Submission::decode_content(twice, Some("course-17")).unwrap_err().flaws();
    assert!(all.len() == 1 && all[0].starts_with("request_id: is given twice"), "{all:?}");
    assert!(Submission::decode_content(&vec![b' '; MAX_BYTES + 1], None).is_err());
}

#[test]
fn all_wrong_fields_are_named_at_once() {
    let data = serde_json::json!({"outlines": 1, "words": "many", "formats": "md", "review": true, "request_id": 7});
    let wrong = serde_json::to_vec(&CloudEvent::new(SUBMIT, "1", data)).unwrap();
    let all = Submission::decode(&wrong).unwrap_err().flaws();
    for about in ["outline: is missing", "unknown field `outlines`", "words: ", "formats: ", "request_id: "] {
        assert!(all.iter().any(|flaw| flaw.starts_with(about)), "{about} is missing in {all:?}");
    }
    assert_eq!(all.len(), 5, "{all:?}");
}

#[test]
fn faults_of_the_envelope_and_of_the_fields_are_named_together() {
    let wrong = SHIPPED.replace("\"1.0\"", "\"0.3\"").replace("\"/courses\"", "7").replace("1200", "\"many\"");
    let invalid = Submission::decode(wrong.as_bytes()).unwrap_err();
    let all = invalid.flaws();
    assert!(all[0].starts_with("specversion: is \"0.3\""), "{all:?}");
    assert!(all[1].starts_with("source: ") && all[2].starts_with("words: "), "{all:?}");
    assert_eq!(all.len(), 3, "{all:?}");
    let without = SHIPPED.replace("\"id\": \"1\",", "");
    assert_eq!(Submission::decode(without.as_bytes()).unwrap_err().flaws(), ["id: is missing"]);
}

#[test]
fn a_refused_submission_keeps_what_could_be_read_of_it() {
    let wrong = SHIPPED.replace("1200", "\"many\"").replace("true", "\"yes\"");
    let invalid = Submission::decode(wrong.as_bytes()).unwrap_err();
    let readable = invalid.readable.unwrap();
    assert_eq!((readable.request_id.as_str(), readable.words), ("course-17", None));
    assert_eq!(readable.budget_usd, Some(2.5));
}

#[test]
fn the_senders_name_for_the_book_is_found_in_every_message_that_is_refused() {
    let cut = &SHIPPED[..SHIPPED.find("2.5").unwrap()];
    let long = SHIPPED.replace("Bowline", &"x".repeat(MAX_BYTES));
    let other = SHIPPED.replace(SUBMIT, "bindery.book.submit.v9");
    let wrong = SHIPPED.replace("1200", "\"many\"");
    let surrogate = SHIPPED.replace("omit", "\\ud800");
    let number = SHIPPED.replace("2.5", "1e999");
    for refused in [cut, &long, &other, &wrong, &surrogate, &number] {
        let invalid = Submission::decode(refused.as_bytes()).unwrap_err();
        assert_eq!(invalid.request_id.as_deref(), Some("course-17"), "{invalid}");
    }
}

#[test]
fn a_name_that_is_given_twice_is_refused_wherever_it_stands() {
    let twice = [
        (SHIPPED.replace("\"no_plan\"", "\"words\": 300, \"no_plan\""), "words: "),
        (SHIPPED.replace("\"source\"", "\"specversion\": \"1.0\", \"source\""), "specversion: "),
        (SHIPPED.replace("\"markdown\"", "\"markdown\": \"# B\", \"markdown\""), "outline.markdown: "),
        (SHIPPED.replace("\"datacontenttype\"", "\"x\": 1, \"x\": 2, \"datacontenttype\""), "x: "),
    ];
    for (body, about) in twice {
        let all = Submission::decode(body.as_bytes()).unwrap_err().flaws();
        assert!(all.len() == 1 && all[0].starts_with(about) && all[0].contains("twice"), "{about} {all:?}");
    }
}

#[test]
fn a_number_without_a_fraction_is_whole_however_it_is_written() {
    for (written, read) in [("300.0", Some(300)), ("3e2", Some(300)), ("null", None)] {
        let body = SHIPPED.replace("1200", written);
        assert_eq!(Submission::decode(body.as_bytes()).unwrap().words, read, "{written}");
    }
    for written in ["300.5", "-1", "4294967296", "true"] {
        let all = Submission::decode(SHIPPED.replace("1200", written).as_bytes()).unwrap_err().flaws();
        assert!(all.len() == 1 && all[0].starts_with("words: "), "{all:?}");
    }
}

#[test]
fn an_answer_stays_small_whatever_a_sender_writes() {
    let long = || "🪢".repeat(MAX_BYTES);
    let errors = (0..250_000).map(|nth| format!("formats: `{nth}` is not a format")).chain([long()]);
    let receipt = Receipt::rejected(Some(&long()), &errors.collect::<Vec<_>>());
    assert_eq!(receipt.errors[MAX_ERRORS], "and 249901 more");
    let bytes = CloudEvent::new(REJECTED, "1", receipt).message().body.len();
    assert!(bytes < crate::MAX_MESSAGE_BYTES / 10, "{bytes} bytes");
    let one = Receipt::rejected(None, &[long()]);
    assert_eq!(one.errors[0].chars().count(), MAX_QUOTED_CHARS);
}

#[test]
fn deep_nesting_is_refused_and_does_not_end_the_process() {
    let deep = SHIPPED.replace("\"course-17\"", &"[".repeat(200_000));
    assert!(Submission::decode(deep.as_bytes()).is_err());
    let closed = SHIPPED.replace("\"course-17\"", &("[".repeat(200_000) + &"]".repeat(200_000)));
    assert!(Submission::decode(closed.as_bytes()).unwrap_err().to_string().contains("nested too deeply"));
}
