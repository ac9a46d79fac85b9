//! Reads one stream of server-sent events until the answer is proven or broken.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use bindery_domain::Usage;
use futures_util::{Stream, StreamExt};

use crate::{
    CallErrorKind, Finish, OnText,
    events::{Event, EventParser, EventStreamError},
    timers::CallTimer,
};

/// The part of a completion that a stream has brought so far.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct PartialCompletion {
    /// The text, without reasoning.
    pub(crate) text: String,
    /// The usage that the server reported.
    pub(crate) usage: Option<Usage>,
    /// Why the model stopped: the proof that the text is whole, or the error that the reason stands for.
    pub(crate) finish: Option<Result<Finish, CallErrorKind>>,
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

/// Reads one stream.
pub(crate) struct StreamReader<'a> {
    pub(crate) decoder: Box<dyn EventDecoder>,
    pub(crate) timer: &'a mut CallTimer,
    pub(crate) progress: &'a mut OnText<'a>,
    pub(crate) partial: PartialCompletion,
    pub(crate) first_token: Option<Duration>,
}

impl StreamReader<'_> {
    /// Reads until the terminal event, the end of the stream, or an error.
    ///
    /// A finish reason proves the text. The terminal event after it only ends the wait, because some compatible servers
    /// leave it out. So an error after the finish reason does not matter.
    pub(crate) async fn read<B: AsRef<[u8]>>(
        &mut self,
        bytes: impl Stream<Item = Result<B, CallErrorKind>>,
        limit: u64,
    ) -> Result<(), CallErrorKind> {
        let outcome = self.read_events(pin!(bytes), limit).await;
        self.decoder.finish(&mut self.partial);
        if self.partial.finish.is_some() {
            return Ok(());
        }
        outcome
    }

    async fn read_events<B: AsRef<[u8]>>(
        &mut self,
        mut bytes: Pin<&mut impl Stream<Item = Result<B, CallErrorKind>>>,
        limit: u64,
    ) -> Result<(), CallErrorKind> {
        let (mut parser, mut length) = (EventParser::default(), 0);
        while let Some(chunk) = self.timer.within(bytes.next()).await? {
            let chunk = chunk?;
            let mut chunk = chunk.as_ref();
            length += chunk.len() as u64;
            if length > limit {
                return Err(CallErrorKind::Truncated("the stream is longer than any answer".to_owned()));
            }
            while let Some(event) = parser.next_event(&mut chunk)? {
                if self.add(&event)? == EventKind::End {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, event: &Event) -> Result<EventKind, CallErrorKind> {
        let before = self.partial.text.len();
        let kind = self.decoder.decode(event, &mut self.partial)?;
        let new = self.partial.text.get(before..).unwrap_or_default();
        if !new.is_empty() {
            self.first_token.get_or_insert(self.timer.elapsed());
            (self.progress)(new);
        }
        if kind == EventKind::Token {
            self.timer.token_arrived();
        }
        if self.partial.finish.is_some() {
            self.timer.finish_arrived();
        }
        Ok(kind)
    }
}

impl From<EventStreamError> for CallErrorKind {
    fn from(error: EventStreamError) -> Self {
        Self::Truncated(error.to_string())
    }
}

/// Returns the JSON that an event carries.
pub(crate) fn json(event: &Event) -> Result<serde_json::Value, CallErrorKind> {
    serde_json::from_str(&event.data)
        .map_err(|_| CallErrorKind::Truncated("an event of the stream is not JSON".to_owned()))
}

/// Returns a count of tokens that a server reports; `None` where the value is no count.
///
/// A count larger than any true one is cut, so that sums of counts do not overflow.
pub(crate) fn tokens(count: &serde_json::Value) -> Option<u64> {
    Some(count.as_u64()?.min(u32::MAX.into()))
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
                "stop" => into.finish = Some(Ok(Finish::Stop)),
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
        let mut reader = StreamReader {
            decoder: Box::new(Plain),
            timer: &mut timer,
            progress: &mut |_| {},
            partial: PartialCompletion::default(),
            first_token: None,
        };
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
