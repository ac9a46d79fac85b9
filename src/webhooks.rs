//! How the dispatcher of this process calls webhooks, as the settings say.

use std::sync::Arc;

use bindery_config::Config;
use bindery_dispatcher::webhooks::Settings;
use bindery_webhook::{AddressRules, HttpSender, Sender};

use crate::{exit::Failure, probes::Probes};

/// Returns which addresses may be called.
pub(crate) fn addresses(config: &Config) -> AddressRules {
    AddressRules { allow_http: config.webhooks.allow_http, allow_private: config.webhooks.allow_private }
}

/// Makes what calls webhooks, and counts its calls if there are probes.
pub(crate) fn sender(config: &Config, probes: Option<&Probes>) -> Result<Arc<dyn Sender>, Failure> {
    let sender = HttpSender::new(addresses(config), config.webhooks.timeout).map_err(Failure::internal)?;
    let sender: Arc<dyn Sender> = Arc::new(sender);
    Ok(match probes {
        Some(probes) => probes.measure_sender(sender),
        None => sender,
    })
}

/// Returns how notices are sent.
pub(crate) fn settings(config: &Config) -> Settings {
    let webhooks = &config.webhooks;
    Settings {
        retry_after: webhooks.retry_after,
        give_up_after: webhooks.give_up_after,
        keep_dead: webhooks.keep_dead,
        lost_after: config.ledger.lost_after,
    }
}
