//! The canned model: answers within this process, after a delay, with texts that pass every check.

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

use crate::{bare::Bare, stand_in::StandIn};

/// Words of every section: about 15 KB.
pub(crate) const WORDS: u32 = 2_500;

/// The point that every section makes.
pub(crate) const POINT: &str = "Nobody paid for it twice";

/// A model that has one text for all sections.
pub(crate) struct Canned {
    text: String,
    delay: Delay,
    calls: Mutex<HashMap<u32, Chain>>,
}

/// The calls of one chapter: when each was made and answered.
pub(crate) type Chain = Vec<(Instant, Instant)>;

/// How long an answer takes.
#[derive(Clone, Copy)]
pub(crate) enum Delay {
    None,
    /// The same for all.
    Always(Duration),
    /// Drawn evenly.
    Between(Duration, Duration),
}

impl Canned {
    /// Makes a model whose text a stand-in has written.
    pub(crate) async fn new(delay: Delay) -> Result<Self> {
        let stand_in = StandIn::start(&["--instant"])?;
        let text = Bare::connect(stand_in.url(), Duration::from_secs(60))?.write("Tools", 1, WORDS).await?;
        Ok(Self { text, delay, calls: Mutex::default() })
    }

    /// Returns the text of its sections.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the calls by chapter since this was last asked: of one book, if there was one.
    pub(crate) fn calls(&self) -> HashMap<u32, Chain> {
        std::mem::take(&mut self.calls.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn answer(&self, asked: &Contract) -> Result<(u32, String)> {
        match asked {
            Contract::Brief { chapter, points, length, .. } => {
                let points: Vec<&str> = points.iter().map(|point| point.id.as_str()).collect();
                let section = serde_json::json!({"heading": "All of it", "points": points, "length": length});
                Ok((*chapter, serde_json::json!({"sections": [section]}).to_string()))
            }
            Contract::Section { chapter, .. } => Ok((*chapter, self.text.clone())),
            other => anyhow::bail!("the benchmark asks for no {other:?}"),
        }
    }
}

#[async_trait]
impl Model for Canned {
    async fn complete(&self, call: &Call, progress: &mut OnText<'_>) -> Result<Completion, CallError> {
        let begun = Instant::now();
        let broken = |error: anyhow::Error| {
            CallError::from(CallErrorKind::BadRequest { status: 400, detail: format!("{error:#}") })
        };
        let (chapter, text) = asked(call).and_then(|asked| self.answer(&asked)).map_err(broken)?;
        match self.delay {
            Delay::None => {}
            Delay::Always(time) => tokio::time::sleep(time).await,
            Delay::Between(least, most) => {
                tokio::time::sleep(least + (most - least).mul_f64(fastrand::f64())).await;
            }
        }
        progress(&text);
        let (answered, elapsed) = (Instant::now(), begun.elapsed());
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).entry(chapter).or_default().push((begun, answered));
        Ok(Completion { text, finish: Finish::Stop, usage: Usage::default(), first_token: elapsed, elapsed })
    }
}

fn asked(call: &Call) -> Result<Contract> {
    let (_, block) = call.request.rsplit_once("<contract>").context("a call ends in its contract")?;
    contract::object(block).map_err(anyhow::Error::msg)
}
