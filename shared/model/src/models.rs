//! The models of a process by name. Each is connected once; the models of one provider share its permits and its breaker.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bindery_domain::{ModelName, ModelNameError, StageModels};

use crate::{
    CallerSettings, CallerStats, ConnectError, Model, ModelCaller, Price, Prices, Provider, Rejected, Settings,
    Unreachable,
    breaker::{Breaker, BreakerSettings},
    caller::ProviderGuards,
    connect,
    connect::{headers, key},
    listed_price::listed_price,
    permits::Permits,
};

/// Wraps a model, given its name and its price.
pub type WrapModel = dyn Fn(&ModelName, Option<Price>, Arc<dyn Model>) -> Arc<dyn Model> + Send + Sync;

/// Hands out callers.
pub struct Models {
    settings: Settings,
    calls: Option<usize>,
    caller: CallerSettings,
    prices: Prices,
    /// The prices that providers told, by the names of their models.
    listed: Mutex<HashMap<String, Price>>,
    environment: HashMap<String, String>,
    wrap: Option<Arc<WrapModel>>,
    connected: Mutex<Connected>,
}

#[derive(Default)]
struct Connected {
    callers: HashMap<String, Arc<ModelCaller>>,
    guards_by_provider: HashMap<String, ProviderGuards>,
}

/// Why there is no caller for a model.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// Its name does not have the form of a model's name.
    #[error(transparent)]
    Name(#[from] ModelNameError),
    /// It cannot be called.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

impl Models {
    /// Makes the models that settings, prices and an environment with keys allow.
    ///
    /// `calls` bounds the calls in flight to one provider; `None` leaves the bound to the provider.
    pub fn new(
        settings: Settings,
        calls: Option<usize>,
        caller: CallerSettings,
        prices: Prices,
        environment: HashMap<String, String>,
    ) -> Self {
        Self {
            settings,
            calls,
            caller,
            prices,
            listed: Mutex::default(),
            environment,
            wrap: None,
            connected: Mutex::default(),
        }
    }

    /// Wraps each model as it is connected, so that metrics and traces observe calls from outside.
    pub fn wrapped(self, wrap: Arc<WrapModel>) -> Self {
        Self { wrap: Some(wrap), ..self }
    }

    /// Returns the caller of a model, and connects the model on first use.
    pub fn caller(&self, name: &str) -> Result<Arc<ModelCaller>, ModelsError> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        let parsed: ModelName = name.parse()?;
        if let Some(caller) = connected.callers.get(&parsed.to_string()) {
            return Ok(caller.clone());
        }
        let model = connect(&parsed, &self.settings, &|key| self.environment.get(key).cloned())?;
        self.add(&mut connected, &parsed, model)
    }

    /// Asks a model's provider for its price, where no file has it and the provider lists prices. It is called before the
    /// model's first caller is made. Without an answer the price stays unknown.
    pub async fn ask_price(&self, name: &str) {
        let Ok(parsed) = name.parse::<ModelName>() else { return };
        let Ok(provider) = Provider::find(parsed.provider(), &self.settings) else { return };
        if !provider.settings.lists_prices || self.prices.of(&parsed, &provider).is_some() {
            return;
        }
        let variable = |key: &str| self.environment.get(key).cloned();
        let key = key(&provider, &variable).unwrap_or_default();
        let headers = headers(&provider, key.as_ref()).unwrap_or_default();
        if let Some(price) = listed_price(&provider, parsed.model(), headers, &self.settings).await {
            self.listed().insert(parsed.to_string(), price);
        }
    }

    fn listed(&self) -> MutexGuard<'_, HashMap<String, Price>> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a model that answers within this process. All the rules for calls to its provider apply.
    pub fn answer(&self, name: &str, model: Arc<dyn Model>) -> Result<Arc<ModelCaller>, ModelsError> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        self.add(&mut connected, &name.parse()?, model)
    }

    fn add(
        &self,
        connected: &mut Connected,
        name: &ModelName,
        model: Arc<dyn Model>,
    ) -> Result<Arc<ModelCaller>, ModelsError> {
        let provider = Provider::find(name.provider(), &self.settings)?;
        let guards = connected.guards_by_provider.entry(name.provider().to_owned());
        let guards = guards.or_insert_with(|| ProviderGuards {
            permits: Permits::new(self.calls_to(&provider)),
            breaker: Breaker::new(
                name.provider(),
                BreakerSettings { waits: self.caller.waits, ..BreakerSettings::default() },
            ),
            follows_slots: self.calls.is_none() && provider.settings.calls.is_none(),
        });
        let price = self.prices.of(name, &provider).or_else(|| self.listed().get(&name.to_string()).copied());
        let model = match &self.wrap {
            Some(wrap) => wrap(name, price, model),
            None => model,
        };
        let settings = CallerSettings { local: provider.local(), ..self.caller };
        let caller = Arc::new(ModelCaller::new(name.to_string(), model, price, guards.clone(), settings));
        connected.callers.insert(name.to_string(), caller.clone());
        Ok(caller)
    }

    /// Returns how many calls to a model may be in flight at once.
    pub fn calls(&self, name: &str) -> Result<usize, ModelsError> {
        let parsed: ModelName = name.parse()?;
        let provider = Provider::find(parsed.provider(), &self.settings)?;
        let connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        let guards = connected.guards_by_provider.get(parsed.provider());
        Ok(guards.map_or_else(|| self.calls_to(&provider), |guards| guards.permits.count()))
    }

    /// Returns a provider that has answered no call and is not waited for, if a stage of a book has no other model.
    /// Judgements can be left out.
    pub fn unreachable(&self, models: &StageModels) -> Option<Unreachable> {
        let of_stage = |names: &Vec<String>| {
            let all: Option<Vec<Unreachable>> = names.iter().map(|name| self.unreachable_provider(name)).collect();
            all?.into_iter().next()
        };
        [&models.plan, &models.brief, &models.write].into_iter().find_map(of_stage)
    }

    fn unreachable_provider(&self, model: &str) -> Option<Unreachable> {
        let name: ModelName = model.parse().ok()?;
        let connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        let error = connected.guards_by_provider.get(name.provider())?.breaker.verdict()?;
        Some(Unreachable::new(&Provider::find(name.provider(), &self.settings).ok()?, error))
    }

    /// Returns what the provider of a model has rejected last; `None` where it has rejected nothing.
    pub fn rejected(&self, model: &str) -> Option<Rejected> {
        let name: ModelName = model.parse().ok()?;
        let connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        let error = connected.guards_by_provider.get(name.provider())?.breaker.rejection()?;
        Rejected::new(&name, &Provider::find(name.provider(), &self.settings).ok()?, &error)
    }

    fn calls_to(&self, provider: &Provider) -> usize {
        self.calls.map_or_else(|| provider.calls(), |calls| calls.max(1))
    }

    /// Returns what the calls of all callers are doing right now.
    pub fn stats(&self) -> CallerStats {
        let connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        connected.callers.values().map(|caller| caller.stats()).fold(CallerStats::default(), |sum, one| CallerStats {
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
    use crate::fake::default_settings;

    #[test]
    fn the_bound_of_calls_follows_from_the_provider_unless_it_is_set() {
        let calls = |set: Option<usize>, name: &str| {
            let prices = Prices::load(None).unwrap();
            Models::new(default_settings(), set, CallerSettings::default(), prices, HashMap::new()).calls(name).unwrap()
        };
        assert_eq!(calls(None, "openai:gpt-5"), 64);
        assert_eq!(calls(None, "ollama:llama3.2"), 2);
        assert_eq!(calls(None, "stand-in:prose"), 64);
        assert_eq!(calls(Some(7), "ollama:llama3.2"), 7);
        assert_eq!(calls(Some(0), "openai:gpt-5"), 1);
    }
}
