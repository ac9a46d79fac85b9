//! The sender that speaks HTTP.

#[cfg(test)]
mod tests;

use std::{error::Error, net::SocketAddr, sync::Arc, time::Duration};

use async_trait::async_trait;
use reqwest::{
    Client, Response, StatusCode,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, RETRY_AFTER},
    redirect,
};

use crate::{AddressRules, Call, Endpoint, SendError, Sender};

/// How long an endpoint may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How much of an answer is read. Nobody looks at it: a connection can be used again once the answer is read.
const MAX_ANSWER_BYTES: usize = 4_096;

/// The longest wait that an endpoint can ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(3_600);

/// Sends notices over HTTP.
pub struct HttpSender {
    client: Client,
    rules: AddressRules,
}

impl HttpSender {
    /// Makes a sender. No call takes longer than `timeout`.
    ///
    /// It follows no redirect and uses no proxy: both would call an address that nobody has looked at.
    pub fn new(rules: AddressRules, timeout: Duration) -> Result<Self, reqwest::Error> {
        bindery_tls::use_ring();
        let client = Client::builder()
            .user_agent(concat!("bindery/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Resolver { rules }))
            .build()?;
        Ok(Self { client, rules })
    }
}

#[async_trait]
impl Sender for HttpSender {
    async fn send(&self, call: &Call) -> Result<(), SendError> {
        // The client does not resolve a host that is an address, so this looks at it.
        let endpoint = Endpoint::parse(&call.url, self.rules);
        let url = endpoint.map_err(|flaw| SendError::Forbidden(flaw.to_string()))?.into_url();
        let request = self
            .client
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", &call.id)
            .header("webhook-timestamp", call.timestamp)
            .header("webhook-signature", &call.signatures)
            .body(call.body.clone());
        let response = request.send().await.map_err(unsent)?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        read_a_little(response).await;
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::GONE => Err(SendError::Gone),
            status => Err(SendError::Refused { status: status.as_u16(), retry_after }),
        }
    }
}

/// Reads an answer as far as a well-behaved one goes. The status has told everything.
async fn read_a_little(mut response: Response) {
    let mut read = 0;
    while read < MAX_ANSWER_BYTES {
        match response.chunk().await {
            Ok(Some(chunk)) => read += chunk.len(),
            Ok(None) | Err(_) => return,
        }
    }
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(MAX_RETRY_AFTER))
}

/// Returns why a call brought no answer.
fn unsent(error: reqwest::Error) -> SendError {
    if error.is_timeout() {
        return SendError::Unreachable("it took too long".to_owned());
    }
    let error = error.without_url();
    let mut cause: &dyn Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match cause.downcast_ref::<NotPublic>() {
        Some(not_public) => SendError::Forbidden(not_public.to_string()),
        None => SendError::Unreachable(cause.to_string()),
    }
}

/// Resolves names once for each connection, and only to addresses that may be called. The client connects to these addresses
/// and asks for no others.
struct Resolver {
    rules: AddressRules,
}

/// A name leads to no address that may be called. It says neither which addresses there are nor whether there are any: a tenant
/// would learn which names a network has.
#[derive(Debug, thiserror::Error)]
#[error("its name leads to no public address; set webhooks.allow_private to call one of a private network")]
struct NotPublic;

impl Resolver {
    fn allowed(&self, found: impl Iterator<Item = SocketAddr>) -> Result<Vec<SocketAddr>, NotPublic> {
        let allowed: Vec<_> = found.filter(|address| self.rules.allows(address.ip())).collect();
        if allowed.is_empty() { Err(NotPublic) } else { Ok(allowed) }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = Self { rules: self.rules };
        Box::pin(async move {
            let allowed = match tokio::net::lookup_host((name.as_str(), 0)).await {
                Ok(found) => resolver.allowed(found)?,
                Err(error) if resolver.rules.allow_private => return Err(error.into()),
                Err(_) => return Err(NotPublic.into()),
            };
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}
