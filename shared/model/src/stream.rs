//! Listens to one stream of server-sent events until the answer is proven or broken.

use std::{
    pin::{Pin, pin},
    time::Duration,
};

use bindery_domain::Usage;
use futures_util::{Stream, StreamExt};

use super::{
    CallError, Finish, OnText,
    events::{Event, Events, NoEvents},
    timers::Watch,
};

/// What a stream has said so far.
#[derive(Default)]
pub(super) struct Gathered {
    /// The text, reasoning left out.
    pub(super) text: String,
    /// What the server says was used.
    pub(super) usage: Option<Usage>,
    /// Why the model stopped: the proof that the text is whole, or the reason why it does not count.
    pub(super) verdict: Option<Result<Finish, CallError>>,
}

/// What an event meant for the timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A token, of text or of reasoning.
    Token,
    /// A ping, an empty delta, or bookkeeping.
    Nothing,
    /// The terminal event.
    End,
}

/// One dialect's way to read events.
pub(super) trait Reader: Send {
    /// Takes in one event.
    fn read(&mut self, event: &Event, into: &mut Gathered) -> Result<Heard, CallError>;

    /// Takes in the end of the stream.
    fn finish(&mut self, into: &mut Gathered);
}

/// One listener for one stream.
pub(super) struct Listener<'a> {
    pub(super) reader: Box<dyn Reader>,
    pub(super) watch: &'a mut Watch,
    pub(super) progress: &'a mut OnText<'a>,
    pub(super) gathered: Gathered,
    pub(super) first_token: Option<Duration>,
}

impl Listener<'_> {
    /// Listens until the stream ends, breaks, or has said all that matters.
    ///
    /// A finish reason proves the text; the terminal event after it only ends the wait, because some
    /// compatible servers leave it out. So what goes wrong after the proof goes wrong too late to matter.
    pub(super) async fn listen<B: AsRef<[u8]>>(
        &mut self,
        bytes: impl Stream<Item = Result<B, CallError>>,
        limit: u64,
    ) -> Result<(), CallError> {
        let heard = self.hear_all(pin!(bytes), limit).await;
        self.reader.finish(&mut self.gathered);
        if self.gathered.verdict.is_some() {
            return Ok(());
        }
        heard
    }

    async fn hear_all<B: AsRef<[u8]>>(
        &mut self,
        mut bytes: Pin<&mut impl Stream<Item = Result<B, CallError>>>,
        limit: u64,
    ) -> Result<(), CallError> {
        let (mut events, mut length) = (Events::default(), 0);
        while let Some(chunk) = self.watch.within(bytes.next()).await? {
            let chunk = chunk?;
            let mut chunk = chunk.as_ref();
            length += chunk.len() as u64;
            if length > limit {
                return Err(CallError::Truncated("the stream is longer than any answer".to_owned()));
            }
            while let Some(event) = events.take(&mut chunk)? {
                if self.hear(&event)? == Heard::End {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn hear(&mut self, event: &Event) -> Result<Heard, CallError> {
        let before = self.gathered.text.len();
        let heard = self.reader.read(event, &mut self.gathered)?;
        let new = self.gathered.text.get(before..).unwrap_or_default();
        if !new.is_empty() {
            self.first_token.get_or_insert(self.watch.elapsed());
            (self.progress)(new);
        }
        if heard == Heard::Token {
            self.watch.token();
        }
        if self.gathered.verdict.is_some() {
            self.watch.proven();
        }
        Ok(heard)
    }
}

impl From<NoEvents> for CallError {
    fn from(error: NoEvents) -> Self {
        Self::Truncated(error.to_string())
    }
}

/// Returns the JSON an event carries.
pub(super) fn json(event: &Event) -> Result<serde_json::Value, CallError> {
    serde_json::from_str(&event.data).map_err(|_| CallError::Truncated("an event of the stream is not JSON".to_owned()))
}

/// Returns a count of tokens that a server tells, cut where no true one is: sums of counts must not overflow.
pub(super) fn tokens(count: &serde_json::Value) -> Option<u64> {
    Some(count.as_u64()?.min(u32::MAX.into()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::stream;

    use super::*;
    use crate::fake::known;

    /// Reads each event's data as text; `stop` is the proof and `end` the terminal event.
    struct Plain;

    impl Reader for Plain {
        fn read(&mut self, event: &Event, into: &mut Gathered) -> Result<Heard, CallError> {
            match event.data.as_str() {
                "stop" => into.verdict = Some(Ok(Finish::Stop)),
                "end" => return Ok(Heard::End),
                text => into.text.push_str(text),
            }
            Ok(Heard::Token)
        }

        fn finish(&mut self, _: &mut Gathered) {}
    }

    async fn listen(pieces: &[&[u8]], limit: u64) -> (Result<(), CallError>, Gathered) {
        let minute = Duration::from_secs(60);
        let mut watch = Watch::start(&known().timers, minute, minute);
        let mut listener = Listener {
            reader: Box::new(Plain),
            watch: &mut watch,
            progress: &mut |_| {},
            gathered: Gathered::default(),
            first_token: None,
        };
        let pieces: Vec<Result<Vec<u8>, CallError>> = pieces.iter().map(|piece| Ok(piece.to_vec())).collect();
        let heard = listener.listen(stream::iter(pieces), limit).await;
        (heard, listener.gathered)
    }

    #[tokio::test]
    async fn events_are_put_together_wherever_the_bytes_were_split() {
        let whole = "data: Größe\r\n\r\n: ping\n\ndata: stop\n\ndata: end\n\n".as_bytes();
        for at in 0..whole.len() {
            let (heard, gathered) = listen(&[&whole[..at], &whole[at..]], 1000).await;
            assert_eq!(heard, Ok(()));
            assert_eq!(gathered.text, "Größe", "split at {at}");
        }
    }

    #[tokio::test]
    async fn a_stream_longer_than_any_answer_is_cut() {
        let (heard, _) = listen(&[b"data: 1234567890\n\n".as_slice(); 20], 100).await;
        assert!(matches!(heard, Err(CallError::Truncated(_))), "{heard:?}");
    }

    #[tokio::test]
    async fn a_line_without_end_is_cut_before_it_fills_the_memory() {
        let piece = [b'x'; 1 << 16];
        let pieces: Vec<&[u8]> = (0..20).map(|_| piece.as_slice()).collect();
        let (heard, gathered) = listen(&pieces, u64::MAX).await;
        assert!(matches!(heard, Err(CallError::Truncated(_))), "{heard:?}");
        assert_eq!(gathered.text, "");
    }

    #[tokio::test]
    async fn bytes_that_are_not_text_are_an_error() {
        let (heard, _) = listen(&[b"data: \xff\xfe\n\n"], 1000).await;
        assert!(matches!(heard, Err(CallError::Truncated(_))), "{heard:?}");
    }
}
