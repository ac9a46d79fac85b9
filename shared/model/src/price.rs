//! What calls cost: a dated table, which the user's own file comes before.

use std::path::Path;

use bindery_domain::{Micros, ModelName, Usage};
use serde::Deserialize;

use super::Provider;

const BUILT_IN: &str = include_str!("prices.toml");

const MILLION: u128 = 1_000_000;

/// What a million tokens of each kind cost.
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
    /// What a user's own server costs.
    pub const FREE: Self =
        Self { input: Micros::ZERO, cached: Micros::ZERO, cache_write: Micros::ZERO, output: Micros::ZERO };

    /// Returns what this usage costs, rounded up.
    pub fn cost(&self, usage: &Usage) -> Micros {
        let cached = usage.cached.min(usage.input);
        let written = usage.cache_written.min(usage.input - cached);
        total(&[
            (usage.input - cached - written, self.input),
            (cached, self.cached),
            (written, self.cache_write),
            (usage.output, self.output),
        ])
    }

    /// Returns the most a call can cost that sends and allows this many tokens.
    pub fn worst(&self, input: u64, max_tokens: u64) -> Micros {
        let dearest = self.input.max(self.cached).max(self.cache_write);
        total(&[(input, dearest), (max_tokens, self.output)])
    }
}

fn total(parts: &[(u64, Micros)]) -> Micros {
    let millionths: u128 =
        parts.iter().map(|(tokens, price)| u128::from(*tokens) * u128::from(price.0)).fold(0, u128::saturating_add);
    Micros(u64::try_from(millionths.div_ceil(MILLION)).unwrap_or(u64::MAX))
}

/// The known prices.
#[derive(Clone, Debug)]
pub struct Prices {
    date: String,
    /// By name, the user's first.
    prices: Vec<(String, Price)>,
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
    /// A number that is no price.
    #[error("the price of `{0}` must be US dollars per million tokens, from 0 to 1,000,000")]
    Amount(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    date: String,
    price: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    model: String,
    input: f64,
    cached: Option<f64>,
    cache_write: Option<f64>,
    output: f64,
}

impl Prices {
    /// Returns the prices built into the program, with those of the user's file before them.
    pub fn load(file: Option<&Path>) -> Result<Self, PriceError> {
        let mut prices = Self::read(BUILT_IN)?;
        if let Some(path) = file {
            let own = Self::read(&std::fs::read_to_string(path)?)?;
            prices.date = own.date;
            prices.prices.splice(0..0, own.prices);
        }
        Ok(prices)
    }

    /// Returns the date of the latest table.
    pub fn date(&self) -> &str {
        &self.date
    }

    /// Returns what a model costs: the price under its own name, nothing on a local provider, or else the price
    /// under the longest name of which it is a snapshot.
    pub fn of(&self, name: &ModelName, provider: &Provider) -> Option<Price> {
        let name = name.to_string();
        let exact = self.prices.iter().find(|(known, _)| *known == name);
        let free = || provider.local().then_some(Price::FREE);
        let snapshot = || {
            // The last of equals is taken, and the user's come first.
            let known = self.prices.iter().rev();
            known
                .filter(|(known, _)| name.strip_prefix(known.as_str()).is_some_and(is_snapshot))
                .max_by_key(|(known, _)| known.len())
                .map(|(_, price)| *price)
        };
        exact.map(|(_, price)| *price).or_else(free).or_else(snapshot)
    }

    fn read(source: &str) -> Result<Self, PriceError> {
        let table: Table = toml::from_str(source)?;
        let prices = table.price.into_iter().map(|row| {
            let price = price(&row).ok_or_else(|| PriceError::Amount(row.model.clone()))?;
            Ok((row.model, price))
        });
        Ok(Self { date: table.date, prices: prices.collect::<Result<_, PriceError>>()? })
    }
}

/// Returns whether what follows a model's name makes it a snapshot of that model: a date, a release number or
/// `-latest`. What else follows, like `-mini` or `-pro`, makes another model at another price.
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
    use crate::fake::known;

    fn price(prices: &Prices, name: &str) -> Option<Price> {
        let name: ModelName = name.parse().unwrap();
        let provider = Provider::find(name.provider(), &known()).unwrap();
        prices.of(&name, &provider)
    }

    fn input(name: &str) -> Option<u64> {
        let prices = Prices::load(None).unwrap();
        price(&prices, name).map(|price| price.input.0)
    }

    #[test]
    fn the_built_in_prices_are_sound() {
        let prices = Prices::load(None).unwrap();
        assert_eq!(prices.date().len(), "2025-12-01".len());
        for (index, (name, price)) in prices.prices.iter().enumerate() {
            name.parse::<ModelName>().unwrap();
            assert!(price.cached <= price.input && price.input <= price.output, "{name}");
            assert!(price.cache_write >= price.input, "{name}");
            let again = prices.prices[index + 1..].iter().any(|(other, _)| other == name);
            assert!(!again, "{name} stands twice");
        }
    }

    #[test]
    fn a_name_covers_its_snapshots_and_no_other_model() {
        assert_eq!(input("openai:gpt-4.1"), Some(2_000_000));
        assert_eq!(input("openai:gpt-4.1-2025-04-14"), Some(2_000_000));
        assert_eq!(input("openai:gpt-4.1-mini-2025-04-14"), Some(400_000));
        assert_eq!(input("anthropic:claude-sonnet-4-5-20250929"), Some(3_000_000));
        assert_eq!(input("anthropic:claude-sonnet-4-20250514"), Some(3_000_000));
        assert_eq!(input("mistral:mistral-large-latest"), Some(2_000_000));
        assert_eq!(input("gemini:gemini-2.5-flash-preview-09-2025"), Some(300_000));
        for other in [
            "openai:gpt-5-pro",
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
        assert_eq!(prices.date(), "2026-11-01");
        assert_eq!(price(&prices, "openai:gpt-4.1"), Some(own));
        assert_eq!(price(&prices, "openai:gpt-4.1-2025-04-14"), Some(own));
        assert!(price(&prices, "openai:gpt-4o").is_some());
    }

    #[test]
    fn a_file_of_another_form_is_an_error() {
        for (text, said) in [
            ("date = 'x'\n[[price]]\nmodel = 'a:b'\ninput = -1\noutput = 1\n", "`a:b`"),
            ("date = 'x'\n[[price]]\nmodel = 'a:b'\ninput = 1\nouput = 1\n", "ouput"),
            ("prices = 1", "prices"),
        ] {
            let mut file = tempfile::NamedTempFile::new().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let error = Prices::load(Some(file.path())).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
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
