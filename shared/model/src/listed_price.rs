//! The price of a model by its provider's list of models. OpenRouter's list has prices:
//! <https://openrouter.ai/docs/api-reference/list-available-models>.

use std::time::Duration;

use bindery_domain::Micros;
use reqwest::header::HeaderMap;
use serde_json::Value;
use tokio::time::timeout;

use crate::{Price, Provider, Settings, client, discover::list};

/// How long the list may take. A model without a price can be called all the same.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The length of the longest list that is read. Each of hundreds of models has a description.
const LONGEST_LIST: usize = 16 << 20;

/// Asks a provider for the price of a model; `None` where its list has none.
pub(crate) async fn listed_price(
    provider: &Provider,
    model: &str,
    headers: HeaderMap,
    settings: &Settings,
) -> Option<Price> {
    let url = provider.models_url();
    let client = client::client(&url, &settings.timers).ok()?;
    let request = client.get(url).headers(headers).send();
    let asked = timeout(ANSWER_TIMEOUT, async { list(request.await.ok()?, LONGEST_LIST).await });
    price_in(&asked.await.ok().flatten()?, model)
}

fn price_in(list: &Value, model: &str) -> Option<Price> {
    let models = list.get("data")?.as_array()?;
    let pricing = models.iter().find(|entry| entry.get("id").is_some_and(|id| id == model))?.get("pricing")?;
    let price = |name: &str| per_million(pricing.get(name)?);
    let input = price("prompt")?;
    Some(Price {
        input,
        cached: price("input_cache_read").unwrap_or(input),
        cache_write: price("input_cache_write").filter(|write| *write > Micros::ZERO).unwrap_or(input),
        output: price("completion")?,
    })
}

/// Returns the price of a million tokens from that of one, which is a number or a text.
fn per_million(value: &Value) -> Option<Micros> {
    let dollars = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok())?;
    Micros::of_dollars(dollars * 1e6)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_price_in_the_list_is_that_of_a_million_tokens() {
        let pricing = json!({"prompt": "0.000003", "completion": 0.000015, "input_cache_read": "0.0000003",
            "input_cache_write": "0.00000375", "request": "0"});
        let routed = json!({"prompt": "-1", "completion": "-1"});
        let list = json!({"data": [{"id": "anthropic/claude", "pricing": pricing}, {"id": "auto", "pricing": routed},
            {"id": "plain", "pricing": {"prompt": "0", "completion": "0"}}, {"id": "bare"}]});
        let [input, cached, cache_write, output] = [3_000_000, 300_000, 3_750_000, 15_000_000].map(Micros);
        assert_eq!(price_in(&list, "anthropic/claude"), Some(Price { input, cached, cache_write, output }));
        assert_eq!(price_in(&list, "plain"), Some(Price::FREE));
        for unpriced in ["auto", "bare", "another"] {
            assert_eq!(price_in(&list, unpriced), None, "{unpriced}");
        }
    }
}
