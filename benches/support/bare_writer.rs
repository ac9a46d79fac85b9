//! The writer that yardsticks use: it makes calls and nothing else. It has no plan, no checks and no second try, and it
//! keeps nothing.

use std::{sync::Arc, time::Duration};

use anyhow::Result;
use bindery_config::Config;
use bindery_context::contract::Contract;
use bindery_domain::{ModelName, Unit};
use bindery_model::{BaseUrl, Call, CallError, Model, Timers, connect};

/// A bare writer with calls to one stand-in.
#[derive(Clone)]
pub(crate) struct BareWriter {
    model: Arc<dyn Model>,
}

impl BareWriter {
    /// Connects to a stand-in, and waits this long for every piece of a text.
    pub(crate) fn connect(url: &str, silence: Duration) -> Result<Self> {
        let name: ModelName = "stand-in:prose".parse()?;
        let mut settings = Config::default().models();
        let timers = settings.timers;
        settings.timers = Timers { first_token: silence, first_token_slow: silence, idle: silence, ..timers };
        settings.providers["stand-in"].base_url = Some(BaseUrl::try_from(url.to_owned())?);
        Ok(Self { model: connect(&name, &settings, &|_| None)? })
    }

    /// Writes one text of a book by one call.
    pub(crate) async fn write(&self, book: &str, chapter: u32, words: u32) -> Result<String, CallError> {
        let contract = Contract::Section {
            language: "en".to_owned(),
            chapter,
            section: 1,
            of: 1,
            heading: format!("Part {chapter}"),
            points: vec!["Nobody paid for it twice".to_owned()],
            length: words,
            unit: Unit::Words,
            practice: None,
            mend: Vec::new(),
        };
        let call = Call {
            prefix: format!("# The book: {book}"),
            slice: format!("# Chapter {chapter}"),
            request: contract.block(),
            continued: None,
            schema: None,
            max_tokens: words * 3,
            attempt: 1,
            cap: Duration::from_secs(600),
            trace_parent: None,
        };
        Ok(self.model.complete(&call, &mut |_| {}).await?.text)
    }
}
