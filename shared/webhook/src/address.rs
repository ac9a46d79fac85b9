//! Which addresses may be called.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// The most bytes of the address of an endpoint.
const MAX_BYTES: usize = 2_000;

/// Which addresses may be called, beyond those that everybody reaches by HTTPS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressRules {
    /// Whether endpoints may be called without TLS.
    pub allow_http: bool,
    /// Whether endpoints may lie on this machine or in a private network.
    pub allow_private: bool,
}

/// The address of an endpoint that may be called, as far as it can be told before its name is resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why an address cannot be that of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointFlaw {
    /// It is no URL.
    #[error("`{0}` is no URL; write it like `https://books.example.com/webhook`")]
    Malformed(String),
    /// It is too long.
    #[error("the URL has {0} bytes, of which {MAX_BYTES} are allowed")]
    TooLong(usize),
    /// Its scheme is not allowed.
    #[error("the scheme `{0}` is not allowed; write `https`, or set webhooks.allow_http for `http`")]
    Scheme(String),
    /// It holds a user or a password.
    #[error("the URL holds a user or a password; the signature proves who calls, so leave them out")]
    Credentials,
    /// Everybody would be called at another address than the one that was meant.
    #[error("{0} is not a public address; set webhooks.allow_private to call one of a private network")]
    Private(IpAddr),
}

impl Endpoint {
    /// Reads the address of an endpoint.
    pub fn parse(text: &str, rules: AddressRules) -> Result<Self, EndpointFlaw> {
        if text.len() > MAX_BYTES {
            return Err(EndpointFlaw::TooLong(text.len()));
        }
        let malformed = || EndpointFlaw::Malformed(text.to_owned());
        let url = Url::parse(text).map_err(|_| malformed())?;
        match url.scheme() {
            "https" => {}
            "http" if rules.allow_http => {}
            other => return Err(EndpointFlaw::Scheme(other.to_owned())),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointFlaw::Credentials);
        }
        let literal = match url.host().ok_or_else(malformed)? {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        };
        match literal.filter(|address| !rules.allows(*address)) {
            Some(address) => Err(EndpointFlaw::Private(address)),
            None => Ok(Self(url)),
        }
    }

    pub(crate) fn into_url(self) -> Url {
        self.0
    }
}

impl AddressRules {
    /// Returns whether an address may be called.
    pub(crate) fn allows(self, address: IpAddr) -> bool {
        self.allow_private
            || match address {
                IpAddr::V4(address) => is_public_v4(address),
                IpAddr::V6(address) => is_public_v6(address),
            }
    }
}

/// Returns whether an address is one that everybody reaches.
/// <https://www.iana.org/assignments/iana-ipv4-special-registry>
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = a == 0
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        // The networks that carriers share, by RFC 6598.
        || (a == 100 && (b & 0xc0) == 64)
        || (a, b, c) == (192, 0, 0)
        // The former relays from IPv6 to IPv4, by RFC 7526.
        || (a, b, c) == (192, 88, 99)
        // Measurements between networks, by RFC 2544.
        || (a == 198 && (b & 0xfe) == 18)
        // Reserved, with the broadcast address at the end.
        || a >= 240;
    !is_special
}

/// Returns whether an address is one that everybody reaches. Only those of 2000::/3 are given to networks, and some of these
/// lead to an IPv4 address that they hold.
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, third, ..] = address.segments();
    let is_global_unicast = (first & 0xe000) == 0x2000;
    let is_special = (first == 0x2001 && (second < 0x200 || second == 0x0db8))
        // 6to4, by RFC 3056.
        || first == 0x2002
        // Documentation, by RFC 9637.
        || (first == 0x3fff && (second & 0xf000) == 0)
        // The direct delegations of AS112, by RFC 7534.
        || (first, second, third) == (0x2620, 0x004f, 0x8000);
    is_global_unicast && !is_special
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: AddressRules = AddressRules { allow_http: false, allow_private: false };

    #[test]
    fn only_public_addresses_are_called() {
        for public in ["1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111"] {
            assert!(STRICT.allows(public.parse().unwrap()), "{public}");
        }
        for other in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.170",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:1.1.1.1",
            "::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            let address = other.parse().unwrap();
            assert!(!STRICT.allows(address), "{other}");
            assert!(AddressRules { allow_private: true, ..STRICT }.allows(address), "{other}");
        }
    }

    #[test]
    fn an_address_is_read_as_the_client_will_read_it() {
        // All of these are ways to write 127.0.0.1 or a neighbour of it.
        for disguised in [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://2130706433/",
            "https://0x7f000001/",
            "https://0177.0.0.1/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://0/",
            "https:127.0.0.1",
            "https:\\\\127.0.0.1\\",
            "https://１２７.0.0.1/",
        ] {
            let flaw = Endpoint::parse(disguised, STRICT);
            assert!(matches!(flaw, Err(EndpointFlaw::Private(_))), "{disguised}: {flaw:?}");
        }
    }

    #[test]
    fn an_endpoint_speaks_https_and_holds_no_password() {
        let flaw = |text: &str, rules| Endpoint::parse(text, rules).err();
        assert_eq!(flaw("https://books.example.com:8443/hook?a=b", STRICT), None);
        assert_eq!(flaw("http://books.example.com/", STRICT), Some(EndpointFlaw::Scheme("http".into())));
        assert_eq!(flaw("http://books.example.com/", AddressRules { allow_http: true, ..STRICT }), None);
        for scheme in ["file:///etc/passwd", "gopher://a/", "ftp://a/", "data:,a"] {
            assert!(matches!(flaw(scheme, STRICT), Some(EndpointFlaw::Scheme(_))), "{scheme}");
        }
        assert_eq!(flaw("https://ada:pw@books.example.com/", STRICT), Some(EndpointFlaw::Credentials));
        assert!(matches!(flaw("books.example.com", STRICT), Some(EndpointFlaw::Malformed(_))));
        assert!(matches!(flaw("https://", STRICT), Some(EndpointFlaw::Malformed(_))));
        let long = format!("https://books.example.com/{}", "a".repeat(MAX_BYTES));
        assert!(matches!(flaw(&long, STRICT), Some(EndpointFlaw::TooLong(_))));
    }
}
