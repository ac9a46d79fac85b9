//! Callers that a proxy in front has signed in, for example by OpenID Connect. The proxy names the key of a caller in a header, which
//! counts only where the proxy itself has sent it.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use bindery_domain::Network;

/// The address that a connection comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// A proxy that is believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedProxy {
    /// The header in which it names the id of a key.
    pub header: HeaderName,
    /// The networks that it calls from.
    pub networks: Vec<Network>,
}

impl TrustedProxy {
    /// Returns the id of the key that the proxy names; `None` where somebody else calls, or where it names none.
    pub(crate) fn named<'a>(&self, headers: &'a HeaderMap, peer: Option<Peer>) -> Option<&'a str> {
        let Peer(peer) = peer?;
        let is_proxy = self.networks.iter().any(|network| network.contains(peer));
        let named = headers.get(&self.header).filter(|_| is_proxy)?.to_str().ok()?.trim();
        (!named.is_empty()).then_some(named)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_header_counts_only_from_the_proxy() {
        let header = HeaderName::from_static("x-bindery-key");
        let proxy = TrustedProxy { header: header.clone(), networks: vec!["10.0.0.0/24".parse().unwrap()] };
        let named = |value: &'static str, peer: &str| {
            let headers = HeaderMap::from_iter([(header.clone(), HeaderValue::from_static(value))]);
            proxy.named(&headers, Some(Peer(peer.parse().unwrap()))).map(str::to_owned)
        };
        assert_eq!(named("0123456789ab", "10.0.0.9").as_deref(), Some("0123456789ab"));
        assert_eq!(named("0123456789ab", "::ffff:10.0.0.9").as_deref(), Some("0123456789ab"));
        assert_eq!((named("0123456789ab", "10.0.1.9"), named(" ", "10.0.0.9")), (None, None));
        assert_eq!(proxy.named(&HeaderMap::new(), None), None);
    }
}
