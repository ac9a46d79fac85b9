//! The models of a process by name: each connected once, with the permits and the breaker its provider's models share.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use bindery_domain::{ModelName, ModelNameError};

use super::{
    Breaker, BreakerSettings, Caller, CallerSettings, CallerStats, ConnectError, Line, Model, Permits, Price, Prices,
    Provider, Settings, connect,
};

/// Puts something around a model, given its name and its price.
pub type WrapModel = dyn Fn(&ModelName, Option<Price>, Arc<dyn Model>) -> Arc<dyn Model> + Send + Sync;

/// Hands out callers.
pub struct Models {
    settings: Settings,
    calls: Option<usize>,
    caller: CallerSettings,
    prices: Prices,
    environment: HashMap<String, String>,
    wrap: Option<Arc<WrapModel>>,
    ready: Mutex<Ready>,
}

#[derive(Default)]
struct Ready {
    callers: HashMap<String, Arc<Caller>>,
    providers: HashMap<String, (Arc<Permits>, Arc<Breaker>)>,
}

/// A model cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// It is not named as models are.
    #[error(transparent)]
    Name(#[from] ModelNameError),
    /// It cannot be called.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Models {
    /// Makes the models that settings, prices and an environment of keys allow. `calls` bounds the calls under way
    /// at once to one provider; none leaves that to the provider.
    pub fn new(
        settings: Settings,
        calls: Option<usize>,
        caller: CallerSettings,
        prices: Prices,
        environment: HashMap<String, String>,
    ) -> Self {
        Self { settings, calls, caller, prices, environment, wrap: None, ready: Mutex::default() }
    }

    /// Returns the models with each wrapped as it is connected: metrics and traces look at calls from outside.
    pub fn wrapped(self, wrap: Arc<WrapModel>) -> Self {
        Self { wrap: Some(wrap), ..self }
    }

    /// Returns the caller of a model, connecting it where this is the first time.
    pub fn caller(&self, name: &str) -> Result<Arc<Caller>, ModelsError> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed: ModelName = name.parse()?;
        if let Some(caller) = ready.callers.get(&parsed.to_string()) {
            return Ok(caller.clone());
        }
        let model = connect(&parsed, &self.settings, &|key| self.environment.get(key).cloned())?;
        self.line_up(&mut ready, &parsed, model)
    }

    /// Has calls to a model answered within this process, by all the rules for calls to its provider.
    pub fn answer(&self, name: &str, model: Arc<dyn Model>) -> Result<Arc<Caller>, ModelsError> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        self.line_up(&mut ready, &name.parse()?, model)
    }

    fn line_up(
        &self,
        ready: &mut Ready,
        parsed: &ModelName,
        model: Arc<dyn Model>,
    ) -> Result<Arc<Caller>, ModelsError> {
        let provider = Provider::find(parsed.provider(), &self.settings)?;
        let shared = ready.providers.entry(parsed.provider().to_owned());
        let (permits, breaker) = shared.or_insert_with(|| {
            let permits = Permits::new(self.calls_to(&provider));
            (permits, Breaker::new(parsed.provider(), BreakerSettings::default()))
        });
        let price = self.prices.of(parsed, &provider);
        let model = match &self.wrap {
            Some(wrap) => wrap(parsed, price, model),
            None => model,
        };
        let line = Line { model, price, permits: permits.clone(), breaker: breaker.clone() };
        let caller = Arc::new(Caller::new(line, CallerSettings { patient: provider.local(), ..self.caller }));
        ready.callers.insert(parsed.to_string(), caller.clone());
        Ok(caller)
    }

    /// Returns how many calls to a model may be under way at once.
    pub fn calls(&self, name: &str) -> Result<usize, ModelsError> {
        let parsed: ModelName = name.parse()?;
        let provider = Provider::find(parsed.provider(), &self.settings)?;
        Ok(self.calls_to(&provider))
    }

    fn calls_to(&self, provider: &Provider) -> usize {
        self.calls.map_or_else(|| provider.calls(), |calls| calls.max(1))
    }

    /// Returns what all callers together are doing right now.
    pub fn stats(&self) -> CallerStats {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.callers.values().map(|caller| caller.stats()).fold(CallerStats::default(), |sum, one| CallerStats {
            waiting: sum.waiting + one.waiting,
            running: sum.running + one.running,
            answered: sum.answered + one.answered,
            failed: sum.failed + one.failed,
            tokens: sum.tokens + one.tokens,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::known;

    #[test]
    fn calls_follow_from_the_provider_unless_they_are_set() {
        let calls = |set: Option<usize>, name: &str| {
            let prices = Prices::load(None).unwrap();
            Models::new(known(), set, CallerSettings::default(), prices, HashMap::new()).calls(name).unwrap()
        };
        assert_eq!(calls(None, "openai:gpt-5"), 64);
        assert_eq!(calls(None, "ollama:llama3.2"), 2);
        assert_eq!(calls(None, "stand-in:prose"), 64);
        assert_eq!(calls(Some(7), "ollama:llama3.2"), 7);
        assert_eq!(calls(Some(0), "openai:gpt-5"), 1);
    }
}
