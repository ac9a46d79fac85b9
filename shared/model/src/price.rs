//! The prices of models: a dated table, and before it the user's own file.

use std::path::Path;

use bindery_domain::{Micros, ModelName, Usage};
use serde::Deserialize;

use crate::Provider;

const BUILT_IN: &str = include_str!("prices.toml");

const MILLION: u128 = 1_000_000;

/// The price of a million tokens of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// Prompt tokens.
    pub input: Micros,
    /// Prompt tokens read from the server's cache.
    pub cached: Micros,
    /// Prompt tokens written to the server's cache.
    pub cache_write: Micros,
    /// Output tokens, reasoning included.
    pub output: Micros,
}

impl Price {
    /// The price of a user's own server.
    pub(crate) const FREE: Self =
        Self { input: Micros::ZERO, cached: Micros::ZERO, cache_write: Micros::ZERO, output: Micros::ZERO };

    /// Returns whether writing the server's cache costs more than reading a prompt without it.
    pub(crate) fn charges_for_writing(&self) -> bool {
        self.cache_write > self.input
    }

    /// Returns what this usage costs, rounded up.
    pub fn cost(&self, usage: &Usage) -> Micros {
        let cached = usage.cached.min(usage.input);
        let written = usage.cache_written.min(usage.input - cached);
        total(&[
            Item { tokens: usage.input - cached - written, price: self.input },
            Item { tokens: cached, price: self.cached },
            Item { tokens: written, price: self.cache_write },
            Item { tokens: usage.output, price: self.output },
        ])
    }

    /// Returns the most that a call can cost with this many input tokens and at most `max_tokens` output tokens.
    pub(crate) fn worst(&self, input: u64, max_tokens: u64) -> Micros {
        let dearest = self.input.max(self.cached).max(self.cache_write);
        total(&[Item { tokens: input, price: dearest }, Item { tokens: max_tokens, price: self.output }])
    }
}

/// Returns what to say where a budget cannot be kept because the price of a model is not known.
pub fn missing_price(model: &str) -> String {
    format!(
        "the price of {model} is not known, so a budget cannot be kept. Leave the budget out, or add these lines, with its \
         prices in US dollars per million tokens, to the file that the setting model.prices_file names:\n\n\
         [[price]]\nmodel = \"{model}\"\ninput = 1.00\noutput = 4.00\n"
    )
}

/// Tokens of one kind, and the price of a million of them.
struct Item {
    tokens: u64,
    price: Micros,
}

fn total(items: &[Item]) -> Micros {
    let costs = items.iter().map(|item| u128::from(item.tokens) * u128::from(item.price.0));
    let millionths = costs.fold(0, u128::saturating_add);
    Micros(u64::try_from(millionths.div_ceil(MILLION)).unwrap_or(u64::MAX))
}

/// The known prices.
#[derive(Clone, Debug)]
pub struct Prices {
    /// The user's entries come first.
    entries: Vec<Entry>,
}

/// The price of the model with this name and of its snapshots.
#[derive(Clone, Debug)]
struct Entry {
    model: String,
    price: Price,
}

/// Why prices cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PriceError {
    /// The file cannot be read.
    #[error("failed to read the prices: {0}")]
    File(#[from] std::io::Error),
    /// The file does not have the form of the built-in one.
    #[error("failed to read the prices: {0}")]
    Form(#[from] toml::de::Error),
    /// A number is out of the range of prices.
    #[error("the price of `{0}` must be US dollars per million tokens, from 0 to 1,000,000")]
    Amount(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[expect(dead_code, reason = "the date tells the reader of the file how old the prices are")]
    date: Option<String>,
    price: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    model: String,
    #[expect(dead_code, reason = "the date tells the reader of the file how old the price is")]
    date: Option<String>,
    #[expect(dead_code, reason = "the source tells the reader of the file where to look the price up")]
    source: Option<String>,
    input: f64,
    cached: Option<f64>,
    cache_write: Option<f64>,
    output: f64,
}

impl Prices {
    /// Returns the prices that are built into the program, with those of the user's file before them.
    pub fn load(file: Option<&Path>) -> Result<Self, PriceError> {
        let mut prices = Self::read(BUILT_IN)?;
        if let Some(path) = file {
            let own = Self::read(&std::fs::read_to_string(path)?)?;
            prices.entries.splice(0..0, own.entries);
        }
        Ok(prices)
    }

    /// Returns the price of a model; `None` where it is unknown.
    ///
    /// That is the price under the model's own name. Without one, a local provider is free, and a snapshot has the price of
    /// the model with the longest matching name.
    pub fn of(&self, name: &ModelName, provider: &Provider) -> Option<Price> {
        let name = name.to_string();
        let exact = self.entries.iter().find(|entry| entry.model == name);
        let free = || provider.local().then_some(Price::FREE);
        let of_snapshot = || {
            // `max_by_key` returns the last of equal entries, and the user's entries come first.
            let entries = self.entries.iter().rev();
            entries
                .filter(|entry| name.strip_prefix(entry.model.as_str()).is_some_and(is_snapshot))
                .max_by_key(|entry| entry.model.len())
                .map(|entry| entry.price)
        };
        exact.map(|entry| entry.price).or_else(free).or_else(of_snapshot)
    }

    fn read(source: &str) -> Result<Self, PriceError> {
        let table: Table = toml::from_str(source)?;
        let entries = table.price.into_iter().map(|row| {
            let price = price(&row).ok_or_else(|| PriceError::Amount(row.model.clone()))?;
            Ok(Entry { model: row.model, price })
        });
        Ok(Self { entries: entries.collect::<Result<_, PriceError>>()? })
    }
}

/// Returns whether a suffix to a model's name denotes a snapshot of that model: a date, a release number or `-latest`.
///
/// Any other suffix, like `-mini` or `-pro`, denotes another model at another price.
fn is_snapshot(rest: &str) -> bool {
    let rest = rest.strip_prefix("-preview").unwrap_or(rest);
    if matches!(rest, "" | "-latest") {
        return true;
    }
    let Some(numbers) = rest.strip_prefix(['-', '@']) else {
        return false;
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = numbers.split('-');
    let is_dated = numbers.bytes().filter(u8::is_ascii_digit).count() >= 4;
    is_dated && parts.all(is_number)
}

fn price(row: &Row) -> Option<Price> {
    Some(Price {
        input: micros(row.input)?,
        cached: micros(row.cached.unwrap_or(row.input))?,
        cache_write: micros(row.cache_write.unwrap_or(row.input))?,
        output: micros(row.output)?,
    })
}

fn micros(dollars: f64) -> Option<Micros> {
    const DEAREST: f64 = 1e6;
    if !(0.0..=DEAREST).contains(&dollars) {
        return None;
    }
    // Writing the number out and reading it back keeps `0.1` exact.
    format!("{dollars:.6}").parse().ok()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;
    use crate::fake::default_settings;

    fn price(prices: &Prices, name: &str) -> Option<Price> {
        let name: ModelName = name.parse().unwrap();
        let provider = Provider::find(name.provider(), &default_settings()).unwrap();
        prices.of(&name, &provider)
    }

    fn input(name: &str) -> Option<u64> {
        let prices = Prices::load(None).unwrap();
        price(&prices, name).map(|price| price.input.0)
    }

    #[test]
    fn the_built_in_prices_are_plausible() {
        let prices = Prices::load(None).unwrap();
        for (index, Entry { model, price }) in prices.entries.iter().enumerate() {
            model.parse::<ModelName>().unwrap();
            assert!(price.cached <= price.input && price.input <= price.output, "{model}");
            assert!(price.cache_write >= price.input, "{model}");
            let again = prices.entries[index + 1..].iter().any(|other| other.model == *model);
            assert!(!again, "{model} stands twice");
        }
    }

    #[test]
    fn a_name_covers_its_snapshots_and_no_other_model() {
        assert_eq!(input("openai:gpt-4.1"), Some(2_000_000));
        assert_eq!(input("anthropic:claude-opus-5-5"), Some(4_000_000));
        assert_eq!(input("gemini:gemini-3.1-pro-preview"), Some(2_000_000));
        assert_eq!(input("openai:gpt-4.1-2025-04-14"), Some(2_000_000));
        assert_eq!(input("openai:gpt-4.1-mini-2025-04-14"), Some(400_000));
        assert_eq!(input("anthropic:claude-sonnet-4-5-20250929"), Some(3_000_000));
        assert_eq!(input("anthropic:claude-sonnet-4-20250514"), Some(3_000_000));
        assert_eq!(input("mistral:mistral-large-latest"), Some(2_000_000));
        assert_eq!(input("gemini:gemini-2.5-flash-preview-09-2025"), Some(300_000));
        for other in [
            "openai:gpt-5-pro",
            "openai:gpt-6.2-luna",
            "openai:gpt-5.9",
            "anthropic:claude-opus-4-9",
            "openai:gpt-4o-audio-preview",
            "openrouter:openai/gpt-4.1",
        ] {
            assert_eq!(input(other), None, "{other}");
        }
    }

    #[test]
    fn local_servers_cost_nothing() {
        for name in ["ollama:llama3.2", "stand-in:rehearsal"] {
            let prices = Prices::load(None).unwrap();
            assert_eq!(price(&prices, name), Some(Price::FREE));
        }
    }

    #[test]
    fn the_users_prices_come_first() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let own = "date = '2026-11-01'\n[[price]]\nmodel = 'openai:gpt-4.1'\ninput = 1\noutput = 0.1\n";
        file.write_all(own.as_bytes()).unwrap();
        let prices = Prices::load(Some(file.path())).unwrap();
        let own = Price {
            input: Micros(1_000_000),
            cached: Micros(1_000_000),
            cache_write: Micros(1_000_000),
            output: Micros(100_000),
        };
        assert_eq!(price(&prices, "openai:gpt-4.1"), Some(own));
        assert_eq!(price(&prices, "openai:gpt-4.1-2025-04-14"), Some(own));
        assert!(price(&prices, "openai:gpt-4o").is_some());
    }

    #[test]
    fn a_file_of_another_form_is_an_error() {
        for (text, expected) in [
            ("date = 'x'\n[[price]]\nmodel = 'a:b'\ninput = -1\noutput = 1\n", "`a:b`"),
            ("date = 'x'\n[[price]]\nmodel = 'a:b'\ninput = 1\nouput = 1\n", "ouput"),
            ("prices = 1", "prices"),
        ] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let error = Prices::load(Some(file.path())).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(Prices::load(Some(Path::new("/nowhere/prices.toml"))).is_err());
    }

    #[test]
    fn each_kind_of_token_has_its_price() {
        let price = Price {
            input: Micros(3_000_000),
            cached: Micros(300_000),
            cache_write: Micros(3_750_000),
            output: Micros(15_000_000),
        };
        let usage = Usage { input: 1_000, cached: 600, cache_written: 300, output: 200, reasoning: 150 };
        assert_eq!(price.cost(&usage), Micros(300 + 180 + 1_125 + 3_000));
        assert_eq!(price.worst(1_000, 200), Micros(3_750 + 3_000));
        let one = Usage { cached: 1, input: 1, ..Usage::default() };
        assert_eq!(price.cost(&one), Micros(1), "rounded up");
    }

    proptest! {
        #[test]
        fn no_usage_within_the_limits_costs_more_than_the_worst(
            rates in prop::array::uniform4(0_u64..100_000_000),
            input in 0_u64..1_000_000, output in 0_u64..100_000,
            cached in 0_u64..1_000_000, cache_written in 0_u64..1_000_000,
        ) {
            let [a, b, c, d] = rates.map(Micros);
            let price = Price { input: a, cached: b, cache_write: c, output: d };
            let usage = Usage { input, cached, cache_written, output, reasoning: 0 };
            prop_assert!(price.cost(&usage) <= price.worst(input, output));
        }
    }
}
