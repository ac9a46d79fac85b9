//! Signing in from a page. The key becomes a cookie that no script can read, so that a script which gets into a page cannot take it away.
//!
//! The cookie holds the key itself. Processes of the API keep nothing and share no secret, so none of them could open what another
//! one has sealed. The key is looked up for each request: a session ends with its key.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bindery_commands::{Caller, authenticate};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    extract::JsonBody,
    fleet,
    guard::{Credential, caller, credential, host},
    problem::{Problem, ProblemKind},
    service::{Access, Service},
};

#[cfg(test)]
mod tests;

/// The name of the cookie under TLS. Browsers take a cookie of this kind only from the very host, and send it only by TLS.
/// <https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes>
const SECURE: &str = "__Host-bindery";

/// The name of the cookie without TLS.
const PLAIN: &str = "bindery";

/// What a browser may do with the cookie. It lasts until the browser is closed.
const TERMS: &str = "Path=/; HttpOnly; SameSite=Strict";

/// The cookie of a session, as a request carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cookie<'a> {
    name: &'static str,
    pub(crate) key: &'a str,
}

/// Who signs in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SignIn")]
pub(crate) struct SignIn {
    /// The key.
    key: String,
}

/// Who calls.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Session")]
pub(crate) struct SessionView {
    /// The tenant whose books the caller sees; missing for an operator, who sees those of all tenants.
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    /// What the caller may do.
    scopes: Vec<String>,
    /// Whether the caller may look at the fleet.
    sees_fleet: bool,
    /// Whether the caller is known by the cookie of a session, which can be ended.
    signed_in: bool,
}

impl SessionView {
    fn of(service: &Service, caller: &Caller, signed_in: bool) -> Self {
        let scopes = caller.scopes.iter().map(|scope| scope.name().to_owned()).collect();
        let sees_fleet = fleet::may_see(service, caller);
        Self { tenant: caller.tenant.clone(), scopes, sees_fleet, signed_in }
    }
}

/// Begins a session.
pub(crate) async fn begin(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let SignIn { key } = body.read()?;
    if let Access::Owner(tenant) = &service.settings.access {
        return Ok(Json(SessionView::of(&service, &Caller::owner(tenant), false)).into_response());
    }
    // Only the page itself may sign somebody in. A browser says by which scheme the page was fetched.
    let origin = headers.get(header::ORIGIN);
    let name = match origin {
        Some(origin) if origin.as_bytes().starts_with(b"https://") => SECURE,
        _ => PLAIN,
    };
    if origin.is_some() && !is_of_the_page(name, &headers) {
        return Err(stranger());
    }
    let caller = authenticate(&*service.ports.store, key.trim(), bindery_store::now()).await?;
    let caller = caller.ok_or_else(Problem::unknown_key)?;
    tracing::info!(caller = caller.name, tenant = caller.tenant, "a caller signs in");
    let view = Json(SessionView::of(&service, &caller, true));
    Ok(([(header::SET_COOKIE, set_cookie(name, key.trim()))], view).into_response())
}

/// Says who calls.
pub(crate) async fn get(State(service): State<Arc<Service>>, request: Request) -> Result<Json<SessionView>, Problem> {
    let by_cookie = !request.headers().contains_key(header::AUTHORIZATION) && cookie(request.headers()).is_some();
    let credential = credential(&service, &request)?;
    let signed_in = by_cookie && matches!(credential, Credential::Key(_));
    let caller = caller(&service, credential).await?;
    Ok(Json(SessionView::of(&service, &caller, signed_in)))
}

/// Ends a session. The key itself goes on to count.
pub(crate) async fn end(headers: HeaderMap) -> Result<Response, Problem> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Some(cookie) = cookie(&headers) {
        check_page(cookie, &headers)?;
        let ended = HeaderValue::from_str(&format!("{}; Max-Age=0", set_cookie(cookie.name, "")));
        response.headers_mut().extend(ended.ok().map(|ended| (header::SET_COOKIE, ended)));
    }
    Ok(response)
}

/// Returns the cookie of a session that a request carries. The one under TLS goes first, since nobody on the way could have set it.
pub(crate) fn cookie(headers: &HeaderMap) -> Option<Cookie<'_>> {
    let texts = headers.get_all(header::COOKIE).into_iter().filter_map(|cookies| cookies.to_str().ok());
    let all: Vec<(&str, &str)> =
        texts.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.trim().split_once('=')).collect();
    [SECURE, PLAIN].into_iter().find_map(|name| {
        let (_, key) = all.iter().find(|(other, _)| *other == name)?;
        Some(Cookie { name, key })
    })
}

/// Refuses a change that the browser of somebody who is signed in sends for the page of somebody else. Browsers name the origin of
/// the page in every request that changes something.
pub(crate) fn check_page(cookie: Cookie<'_>, headers: &HeaderMap) -> Result<(), Problem> {
    if is_of_the_page(cookie.name, headers) { Ok(()) } else { Err(stranger()) }
}

/// Makes the problem of a change by the page of somebody else.
pub(crate) fn stranger() -> Problem {
    let detail = "who is signed in changes something by the page of this server alone; send a key in the header \
                  `Authorization: Bearer KEY`, and have a proxy in front pass `Host` on";
    Problem::new(ProblemKind::NotAllowed, detail)
}

/// Returns whether the page that sends a request comes from this host, with TLS or without.
pub(crate) fn is_of_this_host(headers: &HeaderMap) -> bool {
    is_of_the_page(SECURE, headers) || is_of_the_page(PLAIN, headers)
}

/// Returns whether the page that sends a request comes from this host, by the scheme that the cookie belongs to.
fn is_of_the_page(name: &str, headers: &HeaderMap) -> bool {
    let scheme = if name == SECURE { "https://" } else { "http://" };
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    let page = origin.and_then(|origin| origin.strip_prefix(scheme));
    page.is_some_and(|page| host(headers).is_some_and(|host| host.as_str() == page))
}

/// Returns the value of the header that gives a browser the cookie.
fn set_cookie(name: &str, key: &str) -> String {
    let secure = if name == SECURE { "; Secure" } else { "" };
    format!("{name}={key}; {TERMS}{secure}")
}
