//! A topic in place of an outline.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::reading::whole;

/// The most characters of a topic.
pub const MAX_TOPIC_CHARS: usize = 2_000;

/// How many chapters may be asked for with a topic.
pub const TOPIC_CHAPTERS: RangeInclusive<u32> = 1..=60;

/// How many chapters a book from a topic has unless its sender says it.
pub const USUAL_CHAPTERS: u32 = 10;

/// The language of a book from a topic unless its sender says it.
pub const USUAL_LANGUAGE: &str = "en";

/// A topic as a submission carries it. The length of its chapters is the `words` of the submission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicText {
    /// What the book is about, in the sender's words: 1 to 2,000 characters.
    #[schemars(length(min = 1, max = MAX_TOPIC_CHARS))]
    pub about: String,
    /// The number of chapters; without it 10.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole")]
    #[schemars(range(min = *TOPIC_CHAPTERS.start(), max = *TOPIC_CHAPTERS.end()))]
    pub chapters: Option<u32>,
    /// The language as a BCP 47 tag, like `en` or `pt-BR`; without it `en`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}
