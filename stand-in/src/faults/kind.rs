//! The kinds of fault, and their names.

use std::{fmt, mem::discriminant, str::FromStr};

use serde::{Deserialize, Serialize};

/// One way in which a call can fail.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum Fault {
    /// The status 429 without a time to wait.
    RateLimited,
    /// The status 429 with a `Retry-After` of this many seconds.
    RateLimitedRetryAfter {
        /// The seconds to wait.
        seconds: u32,
    },
    /// The status 500.
    ServerError,
    /// The status 529.
    Overloaded,
    /// The status 401.
    BadKey,
    /// The account's credit is used up: the status 429 in the dialect of OpenAI, and 400 in Anthropic's.
    OutOfMoney,
    /// The call is accepted, but no token ever arrives.
    Hang,
    /// The stream falls silent in the middle and stays open.
    Stall,
    /// The connection breaks in the middle of the stream.
    Reset,
    /// The stream ends cleanly in the middle, without its terminal event.
    Cut,
    /// The text stops at this fraction, with the finish reason of a text that reached its limit.
    Length {
        /// How much of the text is written, from 0 to 1.
        fraction: f64,
    },
    /// An error event ends the stream in the middle.
    ErrorEvent,
    /// The text is empty.
    Empty,
    /// The text begins by talking about itself.
    MetaTalk,
    /// The text breaks off in mid-sentence but is reported as finished.
    TruncatedStop,
    /// One token is sent each second.
    Drip,
    /// The requested JSON is broken. Where prose was requested, one line of the stream is not JSON.
    WrongJson,
    /// A content filter stops the text.
    Refused,
    /// The prose leaves out a point and is short, which misses targets but passes gates.
    SkipPoint,
    /// The prose leaves out a point and has its length.
    LeaveOut,
    /// The answer stands in a code fence; around JSON stand sentences too.
    Fenced,
    /// JSON as small models write it: numbers as text, `null`, comments, too many commas or too few.
    LooseJson,
    /// JSON within another object, or as a text within JSON.
    WrappedJson,
    /// JSON without its end.
    CutJson,
    /// Reasoning in one of many marks stands before the answer. A mark may be missing.
    Reasoning,
    /// A sentence presents the answer.
    Preamble,
    /// A line labels the text as a draft or a version.
    LabelLine,
    /// The answer ends with an offer.
    ClosingNote,
    /// The text ends with a count of its words.
    WordCount,
    /// The text stands in tags.
    DraftTags,
    /// The text leaves something to be filled in.
    Placeholder,
    /// The text counts its own words in its middle.
    PlansItself,
    /// The text has damaged letters.
    Mojibake,
    /// The text is in another language.
    OtherLanguage,
    /// A summary is four times as long as asked.
    LongSummary,
    /// A brief does not divide its chapter.
    UnevenBrief,
    /// The stream shows signs of life for four seconds before its first token.
    KeepAlives,
    /// The stream of OpenAI says that it has ended before it sends its text.
    EarlyFinish,
    /// One JSON document answers the request for a stream.
    WholeJson,
    /// A page of HTML with the status 200.
    HtmlPage,
    /// A page of HTML with the status 403.
    HtmlForbidden,
    /// The stream ends after its finish reason, without its terminal event.
    NoTerminalEvent,
    /// The stream has no blank lines between its events.
    NoBlankLines,
    /// Signs of life that are words and no JSON stand in the stream.
    PlainPings,
    /// An error event ends the stream in the middle. Its code is a status as text.
    NumericError,
    /// The prose has a flaw that only a reader of the whole book can see.
    Flaw(Flaw),
}

/// A flaw of the whole book. Its sentences are the same in every section that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A passage of 58 words.
    Repeat,
    /// A first sentence.
    Opening,
    /// A last paragraph that sums up.
    Seam,
    /// The phrase "a rich tapestry of".
    Banned,
    /// A year that contradicts "The lighthouse at Wrangholm was finished in 1871".
    Contradiction,
    /// A reference to literature that nobody gave.
    Citation,
    /// The term of the secret that every story of the stand-in has.
    Early,
    /// The colour of a door, which alone is no flaw.
    Fact,
    /// Another colour of the same door.
    OtherFact,
}

/// A name that no fault has.
#[derive(Debug, thiserror::Error)]
#[error("failed to read {given:?} as a fault: the kinds are {}", names())]
pub struct UnknownFault {
    given: String,
}

/// The faults of servers and texts, and the flaws of whole books, by their names, with their default parameters.
const FAULTS: [(&str, Fault); 29] = [
    ("rate_limited", Fault::RateLimited),
    ("rate_limited_retry_after", Fault::RateLimitedRetryAfter { seconds: 2 }),
    ("server_error", Fault::ServerError),
    ("overloaded", Fault::Overloaded),
    ("bad_key", Fault::BadKey),
    ("out_of_money", Fault::OutOfMoney),
    ("hang", Fault::Hang),
    ("stall", Fault::Stall),
    ("reset", Fault::Reset),
    ("cut", Fault::Cut),
    ("length", Fault::Length { fraction: 0.6 }),
    ("error_event", Fault::ErrorEvent),
    ("empty", Fault::Empty),
    ("meta_talk", Fault::MetaTalk),
    ("truncated_stop", Fault::TruncatedStop),
    ("drip", Fault::Drip),
    ("wrong_json", Fault::WrongJson),
    ("refused", Fault::Refused),
    ("skip_point", Fault::SkipPoint),
    ("leave_out", Fault::LeaveOut),
    ("repeats_passage", Fault::Flaw(Flaw::Repeat)),
    ("opens_alike", Fault::Flaw(Flaw::Opening)),
    ("sums_up", Fault::Flaw(Flaw::Seam)),
    ("uses_banned_words", Fault::Flaw(Flaw::Banned)),
    ("contradicts_canon", Fault::Flaw(Flaw::Contradiction)),
    ("invents_source", Fault::Flaw(Flaw::Citation)),
    ("tells_early", Fault::Flaw(Flaw::Early)),
    ("states_fact", Fault::Flaw(Flaw::Fact)),
    ("contradicts_fact", Fault::Flaw(Flaw::OtherFact)),
];

/// The habits of imperfect models and servers by their names. Each can be read for what it means, be cut away, or cost a try.
const HABITS: [(&str, Fault); 25] = [
    ("fenced", Fault::Fenced),
    ("loose_json", Fault::LooseJson),
    ("wrapped_json", Fault::WrappedJson),
    ("cut_json", Fault::CutJson),
    ("reasoning", Fault::Reasoning),
    ("preamble", Fault::Preamble),
    ("label_line", Fault::LabelLine),
    ("closing_note", Fault::ClosingNote),
    ("word_count", Fault::WordCount),
    ("draft_tags", Fault::DraftTags),
    ("placeholder", Fault::Placeholder),
    ("plans_itself", Fault::PlansItself),
    ("mojibake", Fault::Mojibake),
    ("other_language", Fault::OtherLanguage),
    ("long_summary", Fault::LongSummary),
    ("uneven_brief", Fault::UnevenBrief),
    ("keep_alives", Fault::KeepAlives),
    ("early_finish", Fault::EarlyFinish),
    ("whole_json", Fault::WholeJson),
    ("html_page", Fault::HtmlPage),
    ("html_403", Fault::HtmlForbidden),
    ("no_terminal_event", Fault::NoTerminalEvent),
    ("no_blank_lines", Fault::NoBlankLines),
    ("plain_pings", Fault::PlainPings),
    ("numeric_error", Fault::NumericError),
];

/// Returns every kind by its name, with its default parameter.
fn kinds() -> impl Iterator<Item = (&'static str, Fault)> {
    FAULTS.into_iter().chain(HABITS)
}

impl Fault {
    /// Returns every kind, with its default parameter.
    pub fn all() -> impl Iterator<Item = Self> {
        kinds().map(|(_, fault)| fault)
    }

    /// Returns every habit of imperfect models and servers.
    pub fn habits() -> impl Iterator<Item = Self> {
        HABITS.into_iter().map(|(_, fault)| fault)
    }

    /// Returns the name, without the parameter.
    pub fn name(&self) -> &'static str {
        let same = |fault: &Self| match (fault, self) {
            (Self::Flaw(flaw), Self::Flaw(own)) => flaw == own,
            _ => discriminant(fault) == discriminant(self),
        };
        kinds().find_map(|(name, fault)| same(&fault).then_some(name)).expect("the tables hold every kind")
    }

    /// Returns whether the client charges no try for it, and so makes the same try again.
    pub(super) fn is_uncharged(self) -> bool {
        matches!(self, Self::RateLimited | Self::RateLimitedRetryAfter { .. } | Self::BadKey | Self::OutOfMoney)
    }

    /// Returns whether it makes the model write another text, which a model cannot that is held to a schema.
    pub(crate) fn changes_text(self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::MetaTalk
                | Self::WrongJson
                | Self::TruncatedStop
                | Self::Fenced
                | Self::LooseJson
                | Self::WrappedJson
                | Self::CutJson
                | Self::Preamble
                | Self::ClosingNote
        )
    }

    /// Returns whether a call can have this fault; `task` is what the call asks for.
    pub(super) fn concerns(self, task: &str) -> bool {
        match self {
            Self::LooseJson | Self::WrappedJson | Self::CutJson => {
                matches!(task, "outline" | "plan" | "brief" | "judgement" | "facts" | "conflicts")
            }
            Self::UnevenBrief => task == "brief",
            Self::LongSummary => task == "summary",
            Self::LabelLine
            | Self::WordCount
            | Self::DraftTags
            | Self::Placeholder
            | Self::PlansItself
            | Self::Mojibake
            | Self::OtherLanguage => task == "section",
            _ => true,
        }
    }

    fn plain(name: &str) -> Option<Self> {
        kinds().find_map(|(known, fault)| (known == name).then_some(fault))
    }

    fn with_parameter(name: &str, parameter: &str) -> Option<Self> {
        match Self::plain(name)? {
            Self::RateLimitedRetryAfter { .. } => {
                Some(Self::RateLimitedRetryAfter { seconds: parameter.parse().ok()? })
            }
            Self::Length { .. } => {
                let fraction = parameter.parse().ok()?;
                (0.0..=1.0).contains(&fraction).then_some(Self::Length { fraction })
            }
            _ => None,
        }
    }
}

fn names() -> String {
    kinds().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, UnknownFault> {
        let fault = match text.split_once(':') {
            Some((name, parameter)) => Self::with_parameter(name, parameter),
            None => Self::plain(text),
        };
        fault.ok_or_else(|| UnknownFault { given: text.to_owned() })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())?;
        match self {
            Self::RateLimitedRetryAfter { seconds } => write!(formatter, ":{seconds}"),
            Self::Length { fraction } => write!(formatter, ":{fraction}"),
            _ => Ok(()),
        }
    }
}

impl TryFrom<String> for Fault {
    type Error = UnknownFault;

    fn try_from(text: String) -> Result<Self, UnknownFault> {
        text.parse()
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_as_it_is_written() {
        for (name, _) in kinds() {
            let fault: Fault = name.parse().unwrap();
            assert_eq!(fault.name(), name);
            assert_eq!(fault.to_string().parse::<Fault>().unwrap(), fault);
        }
    }

    #[test]
    fn a_parameter_is_read_where_the_kind_has_one() {
        let fault: Fault = "rate_limited_retry_after:7".parse().unwrap();
        assert_eq!(fault, Fault::RateLimitedRetryAfter { seconds: 7 });
        for wrong in ["length:2", "length:x", "reset:1", "", "resets"] {
            assert!(wrong.parse::<Fault>().is_err(), "{wrong}");
        }
    }
}
