//! Who calls, and whether the caller may do what it asks for.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri, header, uri::Authority},
    middleware::Next,
    response::Response,
};
use bindery_commands::{Caller, authenticate, holder_of};
use bindery_store::KeyScope;

use crate::{
    problem::{Problem, ProblemKind},
    proxy::Peer,
    service::{Access, Service},
    session,
};

/// What an operation asks of its callers.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) service: Arc<Service>,
    pub(crate) scope: KeyScope,
}

/// Lets those requests pass whose caller may do what they ask for, and names the caller to the operation.
pub(crate) async fn admit(State(guard): State<Guard>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let Guard { service, scope } = guard;
    let credential = credential(&service, &request)?;
    let caller = caller(&service, credential).await?;
    if let Some(wait) = service.rates.take(&caller.name, Instant::now()) {
        let seconds = wait.as_secs() + 1;
        let problem = Problem::new(ProblemKind::TooManyRequests, format!("try again in {seconds} s"));
        return Err(problem.with(header::RETRY_AFTER, seconds));
    }
    if !caller.may(scope) {
        return Err(Problem::lacks(scope));
    }
    if changes(request.method()) {
        let (method, path) = (request.method().as_str(), request.uri().path());
        tracing::info!(caller = caller.name, tenant = caller.tenant, method, path, "a caller asks for a change");
    }
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Returns whether a request by this method may change something. The router answers `HEAD` as it answers `GET`.
fn changes(method: &Method) -> bool {
    *method != Method::GET && *method != Method::HEAD
}

/// By what a caller is known.
pub(crate) enum Credential {
    /// No key is needed: it owns the books of this tenant.
    Owner(String),
    /// The caller has sent this key, itself or by the cookie of its session.
    Key(String),
    /// A trusted proxy names the id of the caller's key.
    Named(String),
}

/// Returns by what a caller is known. A key in the header goes before all else. Browsers send what they have without being asked, so
/// what a proxy or a cookie says changes something only for the page of this host.
pub(crate) fn credential(service: &Service, request: &Request) -> Result<Credential, Problem> {
    if let Access::Owner(tenant) = &service.settings.access {
        return Ok(Credential::Owner(tenant.clone()));
    }
    let headers = request.headers();
    let missing = || Problem::new(ProblemKind::NoKey, "send a key in the header `Authorization: Bearer KEY`");
    if let Some(given) = headers.get(header::AUTHORIZATION) {
        let key = given.to_str().ok().and_then(bearer).ok_or_else(missing)?;
        return Ok(Credential::Key(key.to_owned()));
    }
    let changes = changes(request.method());
    let peer = request.extensions().get::<Peer>().copied();
    if let Some(id) = service.settings.proxy.as_ref().and_then(|proxy| proxy.named(headers, peer)) {
        if changes && !session::is_of_this_host(headers) {
            return Err(session::stranger());
        }
        return Ok(Credential::Named(id.to_owned()));
    }
    let cookie = session::cookie(headers).ok_or_else(missing)?;
    if changes {
        session::check_page(cookie, headers)?;
    }
    Ok(Credential::Key(cookie.key.to_owned()))
}

/// Returns who calls.
pub(crate) async fn caller(service: &Service, credential: Credential) -> Result<Caller, Problem> {
    let (store, now) = (&*service.ports.store, bindery_store::now());
    let caller = match credential {
        Credential::Owner(tenant) => Some(Caller::owner(&tenant)),
        Credential::Key(key) => authenticate(store, &key, now).await?,
        Credential::Named(id) => holder_of(store, &id, now).await?,
    };
    caller.ok_or_else(Problem::unknown_key)
}

/// Returns the token of an `Authorization` header. The name of the scheme has no case.
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Refuses requests that a web page of somebody else makes, where callers need no key: a browser on this machine would carry
/// them out in the name of the owner.
pub(crate) async fn keep_out_strangers(
    State(service): State<Arc<Service>>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if matches!(service.settings.access, Access::Owner(_)) {
        let host = named_host(request.uri(), request.headers());
        // A name that a stranger's page has made to mean this machine still stands in the header.
        if !host.as_ref().is_some_and(is_this_machine) {
            let detail = "without keys the API answers on this machine alone, as `localhost` or `127.0.0.1`";
            return Err(Problem::new(ProblemKind::NotAllowed, detail));
        }
        let origin = request.headers().get(header::ORIGIN);
        if !origin.is_none_or(|origin| is_own(origin, host.as_ref(), &service.settings.origins)) {
            let detail = "a page of another origin may not call; name it in the setting api.origins if it may";
            return Err(Problem::new(ProblemKind::NotAllowed, detail));
        }
    }
    Ok(next.run(request).await)
}

fn named_host(uri: &Uri, headers: &HeaderMap) -> Option<Authority> {
    uri.authority().cloned().or_else(|| host(headers))
}

/// Returns the host that a request names in its header.
pub(crate) fn host(headers: &HeaderMap) -> Option<Authority> {
    headers.get(header::HOST)?.to_str().ok()?.parse().ok()
}

fn is_this_machine(host: &Authority) -> bool {
    let name = host.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn is_own(origin: &HeaderValue, host: Option<&Authority>, origins: &[String]) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let same = host.is_some_and(|host| origin.strip_prefix("http://").is_some_and(|rest| rest == host.as_str()));
    same || origins.iter().any(|allowed| allowed == origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_the_bearer_scheme_alone() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!((bearer("Basic abc"), bearer("abc"), bearer("")), (None, None, None));
    }

    #[test]
    fn who_only_looks_changes_nothing() {
        assert!([Method::GET, Method::HEAD].iter().all(|method| !changes(method)));
        assert!([Method::POST, Method::PUT, Method::DELETE].iter().all(changes));
    }

    #[test]
    fn only_loopback_names_mean_this_machine() {
        let is = |host: &str| is_this_machine(&host.parse().unwrap());
        assert!(["localhost", "LOCALHOST:8080", "127.0.0.1:80", "[::1]:8080"].into_iter().all(is));
        assert!(!["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8080", "localhost.evil:1"].into_iter().any(is));
    }

    #[test]
    fn a_page_of_another_origin_may_call_only_if_it_is_listed() {
        let host: Authority = "127.0.0.1:8080".parse().unwrap();
        let own =
            |origin: &str, listed: &[String]| is_own(&HeaderValue::from_str(origin).unwrap(), Some(&host), listed);
        assert!(own("http://127.0.0.1:8080", &[]));
        assert!(!own("https://evil.example", &[]) && !own("null", &[]) && !own("http://127.0.0.1:80801", &[]));
        assert!(own("https://books.example", &["https://books.example".to_owned()]));
    }
}
