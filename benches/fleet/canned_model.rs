//! A model that answers within this process, after a delay, with texts that pass every check.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use bindery_context::contract::{self, Contract};
use bindery_domain::Usage;
use bindery_model::{Call, CallError, CallErrorKind, Completion, Finish, Model, OnText};

use crate::{bare_writer::BareWriter, stand_in::StandIn};

/// Words of every section: about 15 KB.
pub(crate) const WORDS: u32 = 2_500;

/// The point that every section makes.
pub(crate) const POINT: &str = "Nobody paid for it twice";

/// A model that has one text for each chapter of a book, as the audit would order repairs where two are alike.
pub(crate) struct CannedModel {
    texts: Vec<String>,
    delay: Delay,
    calls: Mutex<HashMap<u32, Vec<CallTime>>>,
}

/// When a call was made and when it was answered.
#[derive(Clone, Copy)]
pub(crate) struct CallTime {
    pub(crate) made: Instant,
    pub(crate) answered: Instant,
}

/// How long an answer takes.
#[derive(Clone, Copy)]
pub(crate) enum Delay {
    None,
    /// The same time for every call.
    Always(Duration),
    /// A time between two others, each equally likely.
    Between {
        least: Duration,
        most: Duration,
    },
}

/// The answer to a call, and the chapter that it is about.
struct Answer {
    chapter: u32,
    text: String,
}

impl CannedModel {
    /// Makes a model for books of up to `chapters` chapters, whose texts a stand-in has written.
    pub(crate) async fn new(delay: Delay, chapters: u32) -> Result<Self> {
        let stand_in = StandIn::start(&["--instant"])?;
        let writer = BareWriter::connect(stand_in.url(), Duration::from_secs(60))?;
        let mut texts = Vec::new();
        for chapter in 1..=chapters {
            texts.push(writer.write("Tools", chapter, WORDS).await?);
        }
        Ok(Self { texts, delay, calls: Mutex::default() })
    }

    /// Returns a text of the size that all of them have.
    pub(crate) fn text(&self) -> &str {
        &self.texts[0]
    }

    /// Takes the calls since the last time, by chapter. They are those of one book where only one was written.
    pub(crate) fn take_calls(&self) -> HashMap<u32, Vec<CallTime>> {
        std::mem::take(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, asked: &Contract) -> Result<Answer> {
        match asked {
            Contract::Brief { chapter, points, length, .. } => {
                let section = serde_json::json!({"heading": "All of it", "points": points, "length": length});
                Ok(Answer { chapter: *chapter, text: serde_json::json!({"sections": [section]}).to_string() })
            }
            Contract::Section { chapter, .. } => {
                let text = self.texts.get(*chapter as usize - 1).context("a book has more chapters than texts")?;
                Ok(Answer { chapter: *chapter, text: text.clone() })
            }
            other => anyhow::bail!("the benchmark asks for no {other:?}"),
        }
    }
}

impl CallTime {
    /// Returns how long the answer took.
    pub(crate) fn elapsed(self) -> Duration {
        self.answered - self.made
    }
}

#[async_trait]
impl Model for CannedModel {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let made = Instant::now();
        let broken = |error: anyhow::Error| {
            CallError::from(CallErrorKind::BadRequest { status: 400, detail: format!("{error:#}") })
        };
        let Answer { chapter, text } = contract(call).and_then(|asked| self.answer(&asked)).map_err(broken)?;
        match self.delay {
            Delay::None => {}
            Delay::Always(time) => tokio::time::sleep(time).await,
            Delay::Between { least, most } => {
                tokio::time::sleep(least + (most - least).mul_f64(fastrand::f64())).await;
            }
        }
        progress(&text);
        let time = CallTime { made, answered: Instant::now() };
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(chapter).or_default().push(time);
        let elapsed = time.elapsed();
        Ok(Completion {
            text,
            finish: Finish::Stop,
            usage: Usage::default(),
            cost: None,
            first_token: elapsed,
            elapsed,
        })
    }
}

fn contract(call: &Call) -> Result<Contract> {
    let (_, block) = call.request.rsplit_once("<contract>").context("a call ends in its contract")?;
    Ok(contract::object(block)?)
}
