//! Reads one stream until the answer is proven or broken.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use bindery_domain::{Micros, Usage};
use futures_util::{Stream, StreamExt};

use crate::{
    CallErrorKind, Finish, OnText,
    body::BodyParser,
    classify,
    events::{Event, EventStreamError},
    page,
    proof::Proof,
    timers::CallTimer,
};

/// The part of a completion that a stream has brought so far.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PartialCompletion {
    /// The text, without reasoning.
    pub(crate) text: String,
    /// The bytes of reasoning, which is not kept.
    pub(crate) reasoning: usize,
    /// The usage that the server reported.
    pub(crate) usage: Option<Usage>,
    /// What the server says that the call cost.
    pub(crate) cost: Option<Micros>,
    /// Why the model stopped, as said last: the proof that the text is whole, or the error that the reason stands for.
    pub(crate) finish: Option<Result<Finish, CallErrorKind>>,
    /// How often a reason was said.
    finishes: u32,
    /// Whether the reason is one that nobody knows.
    pub(crate) stopped_unknown: bool,
}

impl PartialCompletion {
    /// Notes a reason why the model stopped. A refusal is the reason whatever is said after it.
    pub(crate) fn stopped(&mut self, reason: Result<Finish, CallErrorKind>) {
        self.finishes += 1;
        if !matches!(self.finish, Some(Err(CallErrorKind::Refused(_)))) {
            self.finish = Some(reason);
            self.stopped_unknown = false;
        }
    }

    /// Notes the terminal event. The text shows whether an answer is whole that stopped for a reason that nobody knows.
    pub(crate) fn ended(&mut self) -> EventKind {
        if self.stopped_unknown && self.has_text() {
            self.finish = Some(Ok(Finish::Stop));
        }
        EventKind::End
    }

    fn has_text(&self) -> bool {
        !self.text.trim_start().is_empty()
    }
}

/// What an event means for the timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    /// A token, of text or of reasoning.
    Token,
    /// A ping, an empty delta, or bookkeeping.
    Other,
    /// The terminal event.
    End,
}

/// Reads the events of one stream in a dialect.
pub(crate) trait EventDecoder: Send {
    /// Adds one event to the completion.
    fn decode(&mut self, event: &Event, into: &mut PartialCompletion) -> Result<EventKind, CallErrorKind>;

    /// Adds what the decoder held back until the end of the stream.
    fn finish(&mut self, into: &mut PartialCompletion);
}

/// How the reading of a stream ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StreamEnd {
    /// With the terminal event of its dialect.
    Terminal,
    /// With the end of the body.
    Closed,
}

/// Reads one stream.
pub(crate) struct StreamReader<'a> {
    pub(crate) decoder: Box<dyn EventDecoder>,
    pub(crate) timer: &'a mut CallTimer,
    pub(crate) progress: &'a mut OnText<'a>,
    pub(crate) partial: PartialCompletion,
    pub(crate) first_token: Option<Duration>,
    parser: BodyParser,
    proof: Proof,
    /// The last data that is no JSON. It may be the words of an error, or a sign of life.
    words: String,
}

impl<'a> StreamReader<'a> {
    pub(crate) fn new(decoder: Box<dyn EventDecoder>, timer: &'a mut CallTimer, progress: &'a mut OnText<'a>) -> Self {
        Self {
            decoder,
            timer,
            progress,
            partial: PartialCompletion::default(),
            first_token: None,
            parser: BodyParser::default(),
            proof: Proof::default(),
            words: String::new(),
        }
    }

    /// Reads until the terminal event, the end of the stream, or an error.
    ///
    /// A finish reason after all text proves the text. The terminal event after it only ends the wait, because some
    /// compatible servers leave it out. So an error after that finish reason does not matter.
    pub(crate) async fn read<B: AsRef<[u8]>>(
        &mut self,
        bytes: impl Stream<Item = Result<B, CallErrorKind>>,
        limit: u64,
    ) -> Result<(), CallErrorKind> {
        let end = self.read_events(pin!(bytes), limit).await;
        self.decoder.finish(&mut self.partial);
        match (end, &self.partial.finish) {
            (_, Some(Err(_))) => Ok(()),
            (Ok(_), None) => self.other_body().map_or(Ok(()), Err),
            (Ok(StreamEnd::Terminal), Some(Ok(_))) => Ok(()),
            (Ok(StreamEnd::Closed), Some(Ok(_))) if self.proof.stands() => Ok(()),
            (Ok(StreamEnd::Closed), Some(Ok(_))) if self.proof.may_stand() => Ok(()),
            (Ok(StreamEnd::Closed), Some(Ok(_))) => {
                Err(CallErrorKind::Truncated("text came after the last finish reason, and then nothing".to_owned()))
            }
            (Err(_), Some(Ok(_))) if self.proof.stands() && self.partial.has_text() => Ok(()),
            (Err(error), _) => Err(error),
        }
    }

    /// Returns the error of a body that is no answer; `None` where it has the form of one.
    fn other_body(&self) -> Option<CallErrorKind> {
        let detail = match &self.parser {
            BodyParser::Page(page) => {
                let words = classify::detail(&page::words(&String::from_utf8_lossy(page)));
                format!("the server sent a page and no answer ({words}): check the provider's base_url")
            }
            BodyParser::Values(_) if !self.partial.has_text() => {
                "the server sent JSON that holds no answer: check the provider's base_url".to_owned()
            }
            BodyParser::Events(events) => return self.spoken_error(events.stray()),
            _ => return None,
        };
        Some(CallErrorKind::Truncated(detail))
    }

    /// Returns the error of a stream that has ended without a finish reason, where it has words in place of events.
    fn spoken_error(&self, stray: &str) -> Option<CallErrorKind> {
        let words = if self.words.is_empty() { stray } else { &self.words };
        if words.is_empty() {
            return None;
        }
        Some(match classify::words(words) {
            CallErrorKind::Truncated(_) => CallErrorKind::Truncated(format!(
                "the stream ended without a finish reason, and said: {}",
                classify::detail(words)
            )),
            kind => kind,
        })
    }

    /// Returns whether the body is a page for people.
    pub(crate) fn is_page(&self) -> bool {
        matches!(self.parser, BodyParser::Page(_))
    }

    async fn read_events<B: AsRef<[u8]>>(
        &mut self,
        mut bytes: Pin<&mut impl Stream<Item = Result<B, CallErrorKind>>>,
        limit: u64,
    ) -> Result<StreamEnd, CallErrorKind> {
        let mut length = 0;
        while let Some(chunk) = self.timer.within(bytes.next()).await? {
            let chunk = chunk?;
            let mut chunk = chunk.as_ref();
            length += chunk.len() as u64;
            if length > limit {
                return Err(CallErrorKind::Truncated("the stream is longer than any answer".to_owned()));
            }
            self.timer.sign_of_life();
            while let Some(event) = self.parser.next_event(&mut chunk)? {
                if self.add(&event)? == EventKind::End {
                    return Ok(StreamEnd::Terminal);
                }
            }
        }
        while let Some(event) = self.parser.last_event()? {
            if self.add(&event)? == EventKind::End {
                return Ok(StreamEnd::Terminal);
            }
        }
        Ok(StreamEnd::Closed)
    }

    fn add(&mut self, event: &Event) -> Result<EventKind, CallErrorKind> {
        // Some servers say nothing in an event to keep the connection alive.
        if event.data.trim().is_empty() {
            return Ok(EventKind::Other);
        }
        let (before, finishes) = (self.partial.text.len(), self.partial.finishes);
        let kind = self.decoder.decode(event, &mut self.partial)?;
        if kind == EventKind::Other && !is_json(event) {
            event.data.trim().clone_into(&mut self.words);
        } else if kind == EventKind::Token {
            self.words.clear();
        }
        let says_finish = self.partial.finishes > finishes;
        let new = self.partial.text.get(before..).unwrap_or_default();
        if !new.is_empty() {
            self.first_token.get_or_insert(self.timer.elapsed());
            (self.progress)(new);
        }
        self.proof.add(kind, says_finish);
        if kind == EventKind::Token {
            if new.is_empty() && self.timer.awaits_first_token() {
                (self.progress)("");
            }
            self.timer.token_arrived();
        }
        // A finish reason before any text is one that comes with every event.
        let is_error = matches!(self.partial.finish, Some(Err(_)));
        if says_finish && self.proof.stands() && (self.partial.has_text() || is_error) {
            self.timer.finish_arrived(kind == EventKind::Token);
        }
        Ok(kind)
    }
}

impl From<EventStreamError> for CallErrorKind {
    fn from(error: EventStreamError) -> Self {
        Self::Truncated(error.to_string())
    }
}

/// Returns the JSON that an event carries; `None` where it carries a word, by which gateways keep a connection alive.
pub(crate) fn json(event: &Event) -> Result<Option<serde_json::Value>, CallErrorKind> {
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(&event.data)
        && (json.is_object() || json.is_array())
    {
        return Ok(Some(json));
    }
    if event.name == "error" {
        return Err(classify::words(&event.data));
    }
    if is_json(event) {
        return Err(CallErrorKind::Truncated("an event of the stream is not JSON".to_owned()));
    }
    Ok(None)
}

/// Returns whether the data of an event begins as JSON does.
fn is_json(event: &Event) -> bool {
    event.data.trim_start().starts_with(['{', '['])
}

/// Returns whether an event is the terminal one of OpenAI's dialect. Gateways send it in all dialects.
pub(crate) fn is_done(event: &Event) -> bool {
    event.data.trim().eq_ignore_ascii_case("[done]")
}

/// Returns a count of tokens that a server reports; `None` where the value is no count.
///
/// A count larger than any true one is cut, so that sums of counts do not overflow.
pub(crate) fn tokens(count: &serde_json::Value) -> Option<u64> {
    // Some servers compute with fractions.
    let count = count.as_u64().or_else(|| count.as_f64().filter(|count| *count >= 0.0).map(|count| count as u64))?;
    Some(count.min(u32::MAX.into()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::stream;

    use super::*;
    use crate::fake::default_settings;

    /// Reads the data of each event as text. `stop` is the finish reason and `end` the terminal event.
    struct Plain;

    impl EventDecoder for Plain {
        fn decode(&mut self, event: &Event, into: &mut PartialCompletion) -> Result<EventKind, CallErrorKind> {
            match event.data.as_str() {
                "stop" => into.stopped(Ok(Finish::Stop)),
                "end" => return Ok(EventKind::End),
                text => into.text.push_str(text),
            }
            Ok(EventKind::Token)
        }

        fn finish(&mut self, _: &mut PartialCompletion) {}
    }

    async fn read(pieces: &[&[u8]], limit: u64) -> (Result<(), CallErrorKind>, PartialCompletion) {
        let minute = Duration::from_secs(60);
        let mut timer = CallTimer::start(&default_settings().timers, minute, minute);
        let mut progress = |_: &str| {};
        let mut reader = StreamReader::new(Box::new(Plain), &mut timer, &mut progress);
        let pieces: Vec<Result<Vec<u8>, CallErrorKind>> = pieces.iter().map(|piece| Ok(piece.to_vec())).collect();
        let outcome = reader.read(stream::iter(pieces), limit).await;
        (outcome, reader.partial)
    }

    #[tokio::test]
    async fn events_are_read_wherever_the_bytes_are_split() {
        let whole = "data: Größe\r\n\r\n: ping\n\ndata: stop\n\ndata: end\n\n".as_bytes();
        for at in 0..whole.len() {
            let (outcome, partial) = read(&[&whole[..at], &whole[at..]], 1000).await;
            assert_eq!(outcome, Ok(()));
            assert_eq!(partial.text, "Größe", "split at {at}");
        }
    }

    #[tokio::test]
    async fn a_stream_longer_than_any_answer_is_an_error() {
        let (outcome, _) = read(&[b"data: 1234567890\n\n".as_slice(); 20], 100).await;
        assert!(matches!(outcome, Err(CallErrorKind::Truncated(_))), "{outcome:?}");
    }

    #[tokio::test]
    async fn an_endless_line_is_an_error_before_it_fills_the_memory() {
        let piece = [b'x'; 1 << 16];
        let pieces: Vec<&[u8]> = (0..20).map(|_| piece.as_slice()).collect();
        let (outcome, partial) = read(&pieces, u64::MAX).await;
        assert!(matches!(outcome, Err(CallErrorKind::Truncated(_))), "{outcome:?}");
        assert_eq!(partial.text, "");
    }

    #[tokio::test]
    async fn bytes_that_are_not_text_are_an_error() {
        let (outcome, _) = read(&[b"data: \xff\xfe\n\n"], 1000).await;
        assert!(matches!(outcome, Err(CallErrorKind::Truncated(_))), "{outcome:?}");
    }
}
