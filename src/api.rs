//! The HTTP API of this process, on the ports that the settings name.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_api::{
    Access, Estimate, EstimatedCost, ReadOrder, Reception, ReceptionError, Service, Settings, TrustedProxy,
};
use bindery_config::Config;
use bindery_dispatcher::{
    intake::{self, open_books_per_tenant},
    uploads,
};
use bindery_ledger::Request;
use bindery_model::Models;
use bindery_protocol::submission::Submission;
use bindery_store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::{app::App, command::write::estimate, documents::AppDocuments, exit::Failure, webhooks};

/// How long a studio may take to accept a submission.
const ACCEPT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(30);

/// Makes the service of the API on the ports of an app.
pub(crate) fn service(app: &App, models: &Arc<Models>, access: Access, stopping: CancellationToken) -> Arc<Service> {
    let config = &app.config;
    let is_open = matches!(access, Access::Owner(_));
    let settings = Settings {
        access,
        origins: config.api.origins.clone(),
        streams: (!is_open).then_some(config.api.streams_per_key),
        open_books: app.fleet().then(|| open_books_per_tenant(config)).flatten(),
        proxy: proxy(config),
        rate: (!is_open).then_some(config.api.requests_per_minute),
        head_time: config.api.head_time,
        body_time: config.api.body_time,
        broker_time: config.queue.timeout,
        broker_user: config.queue.url.user(),
        webhook_addresses: webhooks::addresses(config),
        accept_timeout: (!app.fleet()).then_some(ACCEPT_TIMEOUT),
    };
    let reception = Arc::new(ApiReception { app: app.clone(), models: models.clone() });
    let documents = Arc::new(AppDocuments(app.clone()));
    Service::new(app.ports.clone(), app.files.clone(), reception, documents, settings, stopping)
}

/// Returns the proxy that the settings name. Its header was checked when they were read.
fn proxy(config: &Config) -> Option<TrustedProxy> {
    let header = config.api.trusted_header.as_ref()?.parse().ok()?;
    Some(TrustedProxy { header, networks: config.api.trusted_proxies.clone() })
}

/// Reads submissions for the API as a dispatcher with the settings of this process does.
struct ApiReception {
    app: App,
    models: Arc<Models>,
}

#[async_trait]
impl Reception for ApiReception {
    async fn read(&self, tenant: &str, submission: &Submission) -> Result<ReadOrder, ReceptionError> {
        let (store, tenant) = (&*self.app.ports.store, tenant.to_owned());
        let read = intake::request_of(store, &self.app.config, &self.models, tenant, submission).await?;
        let request = read.map_err(ReceptionError::Invalid)?;
        let missing = uploads::missing(&*self.app.files, &request, submission).await;
        let missing = missing.map_err(|error| StoreError::Failed(error.to_string()))?;
        if !missing.is_empty() {
            return Err(ReceptionError::Invalid(missing));
        }
        let outline = submission.outline.as_ref().map(intake::outline);
        let reading = outline.transpose().map_err(ReceptionError::Invalid)?;
        Ok(ReadOrder { request, reading })
    }

    async fn faults(&self, readable: &Submission) -> Vec<String> {
        intake::faults(&self.app.config, &self.models, readable)
    }

    async fn estimate(&self, request: &Request) -> Result<Estimate, ReceptionError> {
        let estimated =
            estimate(&self.app, &self.models, request, |_| true).await.map_err(|failure| refusal(&failure))?;
        let cost = estimated.cost.map(|cost| EstimatedCost {
            likely: cost.likely,
            at_most: cost.at_most,
            smallest_budget: cost.smallest_budget,
        });
        Ok(Estimate {
            calls: estimated.calls,
            repeated_calls: estimated.repeated,
            input_tokens: estimated.input,
            output_tokens: estimated.output,
            time: estimated.time,
            cost,
        })
    }
}

fn refusal(failure: &Failure) -> ReceptionError {
    let text = failure.to_string();
    if failure.is_usage() { ReceptionError::Invalid(vec![text]) } else { StoreError::Failed(text).into() }
}
