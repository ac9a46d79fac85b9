//! Spoils an answer: applies a fault to its text and to its delivery.

use super::{
    habit,
    kind::{Fault, Flaw},
};
use crate::{answer::SECRET_TERM, random::Random, reply::Finish};

/// An answer after a fault.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spoiled {
    pub(crate) text: String,
    pub(crate) finish: Finish,
    pub(crate) disruption: Option<Disruption>,
}

/// What goes wrong with the delivery of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disruption {
    /// No token is ever sent.
    Hang,
    /// The stream shows signs of life for some seconds before its first token.
    KeepAlives,
    /// The stream says that it has ended before it sends its text.
    EarlyFinish,
    /// The stream lacks its terminal event.
    NoTerminalEvent,
    /// The stream lacks the blank lines between its events.
    NoBlankLines,
    /// The stream has signs of life that are words and no JSON.
    PlainPings,
    /// The delivery is interrupted.
    Interrupted {
        /// How many bytes of the text are sent first.
        at: usize,
        by: Interruption,
    },
}

/// What interrupts a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// The stream falls silent and stays open.
    Stall,
    /// The connection breaks.
    Reset,
    /// The stream ends cleanly.
    Cut,
    /// The stream ends with an error event.
    Error,
    /// The stream ends with an error event that has only a status as text.
    NumericError,
    /// The stream goes on after a line that is not JSON.
    Garbage,
}

/// Spoils an answer. `is_json` says whether JSON was requested.
///
/// Some faults leave the answer as it is: those that refuse the call, that change the pace, or that were applied when the
/// text was written.
pub(crate) fn spoil(text: String, fault: Option<Fault>, is_json: bool, random: &mut Random) -> Spoiled {
    let mut spoiled = Spoiled { text, finish: Finish::Stop, disruption: None };
    let Some(fault) = fault else { return spoiled };
    let at = boundary(&spoiled.text, 0.3 + 0.4 * random.fraction());
    let interrupted = |by| Some(Disruption::Interrupted { at, by });
    match fault {
        Fault::Hang => spoiled.disruption = Some(Disruption::Hang),
        Fault::Stall => spoiled.disruption = interrupted(Interruption::Stall),
        Fault::Reset => spoiled.disruption = interrupted(Interruption::Reset),
        Fault::Cut => spoiled.disruption = interrupted(Interruption::Cut),
        Fault::ErrorEvent => spoiled.disruption = interrupted(Interruption::Error),
        Fault::NumericError => spoiled.disruption = interrupted(Interruption::NumericError),
        Fault::WrongJson if is_json => break_json(&mut spoiled.text),
        Fault::WrongJson => spoiled.disruption = interrupted(Interruption::Garbage),
        Fault::Empty => spoiled.text.clear(),
        Fault::MetaTalk => {
            // A preamble alone is cut away. Reasoning that nothing closes cannot be told from the text.
            let preamble = "Here is the section you asked for. I hope this is what you had in mind!\n\n<think>\n";
            spoiled.text.insert_str(0, preamble);
        }
        Fault::TruncatedStop => truncate(&mut spoiled.text),
        Fault::Length { fraction } => {
            spoiled.text.truncate(boundary(&spoiled.text, fraction));
            spoiled.finish = Finish::Length;
        }
        Fault::Refused => {
            spoiled.text.truncate(boundary(&spoiled.text, 0.05));
            spoiled.finish = Finish::Refused;
        }
        Fault::KeepAlives => spoiled.disruption = Some(Disruption::KeepAlives),
        Fault::EarlyFinish => spoiled.disruption = Some(Disruption::EarlyFinish),
        Fault::NoTerminalEvent => spoiled.disruption = Some(Disruption::NoTerminalEvent),
        Fault::NoBlankLines => spoiled.disruption = Some(Disruption::NoBlankLines),
        Fault::PlainPings => spoiled.disruption = Some(Disruption::PlainPings),
        Fault::Flaw(flaw) if !is_json => plant(&mut spoiled.text, flaw),
        Fault::Flaw(_)
        | Fault::Drip
        | Fault::SkipPoint
        | Fault::LeaveOut
        | Fault::OtherLanguage
        | Fault::LongSummary
        | Fault::WholeJson
        | Fault::HtmlPage
        | Fault::HtmlForbidden
        | Fault::RateLimited
        | Fault::RateLimitedRetryAfter { .. }
        | Fault::ServerError
        | Fault::Overloaded
        | Fault::BadKey
        | Fault::OutOfMoney => {}
        habit => spoiled.text = habit::show(habit, &spoiled.text, is_json, random),
    }
    spoiled
}

/// How a sentence begins that states a fact.
pub(crate) const STATED: &str = "The door of the lighthouse at Wrangholm was painted";

/// Plants a flaw that only a reader of the whole book can see.
fn plant(text: &mut String, flaw: Flaw) {
    const PASSAGE: &str = "Whoever has stood at the sluice in March knows the sound that the water makes before it comes \
                           over the boards, a low hum that runs through the posts and into the soles of the feet, and that \
                           stops all at once, as if somebody had shut a door; then there is nothing to do but to step back \
                           and wait until the bank holds or gives.";
    match flaw {
        Flaw::Repeat => text.push_str(&format!("\n\n{PASSAGE}\n")),
        Flaw::Opening => text.insert_str(0, "Nobody in the valley would have believed it that year. "),
        Flaw::Seam => text.push_str("\n\nIn conclusion, all of this was to be expected by those who had looked.\n"),
        Flaw::Banned => text.push_str("\n\nTaken together it was a rich tapestry of small duties and old habits.\n"),
        Flaw::Contradiction => text.push_str("\n\nThe lighthouse at Wrangholm was finished in 1878, they said.\n"),
        Flaw::Early => {
            text.push_str(&format!("\n\nThe {SECRET_TERM} lay open on the table, and nobody spoke of it.\n"));
        }
        Flaw::Fact => text.push_str(&format!("\n\n{STATED} red, as everybody could see from the harbour.\n")),
        Flaw::OtherFact => {
            text.push_str(&format!("\n\n{STATED} green, and the paint had lasted through the winter.\n"))
        }
        Flaw::Citation => text.push_str("\n\nA survey of the coast has shown as much (Hartmann & Vries, 2014).\n"),
    }
}

/// Returns the position at this fraction of a text, moved back to the beginning of a character.
pub(super) fn boundary(text: &str, fraction: f64) -> usize {
    let wanted = (text.len() as f64 * fraction) as usize;
    let mut downwards = (0..=wanted).rev();
    downwards.find(|&at| text.is_char_boundary(at)).expect("a text begins with a character")
}

/// Removes the colon after a key in the second half. No lenient reader can repair that by closing brackets.
fn break_json(text: &mut String) {
    let middle = boundary(text, 0.5);
    let colon = text[middle..].find("\":").map(|at| middle + at).or_else(|| text.find("\":"));
    if let Some(at) = colon {
        text.remove(at + 1);
    }
}

/// Cuts a text in the middle of a sentence, after a letter.
fn truncate(text: &mut String) {
    let kept = &text[..boundary(text, 0.7)];
    let mut ends = kept.char_indices().rev().skip_while(|(_, c)| !c.is_alphabetic());
    let end = ends.next().map_or(0, |(at, letter)| at + letter.len_utf8());
    text.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CallSeed;

    const PROSE: &str = "One sentence stands here. Another one follows it, and a third. Éà ends all.";

    fn spoiled(text: &str, fault: &str, is_json: bool) -> Spoiled {
        let seed = CallSeed { server: 1, prompt: [0; 32], attempt: 1 };
        let fault = fault.parse().unwrap();
        spoil(text.to_owned(), Some(fault), is_json, &mut seed.random("spoil"))
    }

    #[test]
    fn a_truncated_text_ends_in_a_letter_and_claims_to_be_whole() {
        for text in [PROSE, "本を書く。とても長い文章がここに続きます。終わり。"] {
            let spoiled = spoiled(text, "truncated_stop", false);
            assert!(text.starts_with(&spoiled.text) && spoiled.text.len() < text.len());
            assert!(spoiled.text.ends_with(char::is_alphabetic), "{}", spoiled.text);
            assert_eq!(spoiled.finish, Finish::Stop);
        }
    }

    #[test]
    fn wrong_json_breaks_the_object_or_adds_a_line_of_garbage_to_prose() {
        let json = r#"{"title":"a","chapters":[{"title":"b"},{"title":"c"}]}"#;
        let broken = spoiled(json, "wrong_json", true);
        assert!(serde_json::from_str::<serde_json::Value>(&broken.text).is_err());
        let prose = spoiled(PROSE, "wrong_json", false);
        assert!(matches!(prose.disruption, Some(Disruption::Interrupted { by: Interruption::Garbage, .. })));
        assert_eq!(prose.text, PROSE);
    }

    #[test]
    fn interruptions_come_in_the_middle_and_never_inside_a_character() {
        for fault in ["stall", "reset", "cut", "error_event"] {
            let Some(Disruption::Interrupted { at, .. }) = spoiled("éàüöß", fault, false).disruption else {
                panic!("{fault} interrupts")
            };
            assert!("éàüöß".is_char_boundary(at) && (2..=7).contains(&at), "{at}");
        }
    }

    #[test]
    fn length_keeps_the_given_fraction() {
        let spoiled = spoiled(PROSE, "length:0.5", false);
        assert_eq!((spoiled.text.len(), spoiled.finish), (PROSE.len() / 2, Finish::Length));
    }
}
