//! The address of a service, whose password is never shown.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

const MASK: &str = "***";

/// The option of an address that holds the password for Redis sentinels.
const SENTINEL_PASSWORD: &str = "sentinel_password=";

/// The address of a service. However it is shown or serialised, its password is masked.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ServiceUrl(String);

impl ServiceUrl {
    /// Returns the whole address, password included: for connecting, never for showing.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Returns the scheme, which chooses the adapter.
    pub fn scheme(&self) -> &str {
        self.0.split_once(':').map_or("", |(scheme, _)| scheme)
    }

    /// Returns the user that the address names, decoded; `None` where it names none.
    pub fn user(&self) -> Option<String> {
        let url = url::Url::parse(&self.0).ok()?;
        let user = percent_encoding::percent_decode_str(url.username()).decode_utf8().ok()?;
        (!user.is_empty()).then(|| user.into_owned())
    }

    /// Returns whether a mask stands in place of a password, as in an address that was copied from the program's
    /// output.
    pub fn holds_mask(&self) -> bool {
        [format!(":{MASK}@"), format!("{SENTINEL_PASSWORD}{MASK}")].iter().any(|masked| self.0.contains(masked))
    }

    /// Returns the address with its passwords masked: the one in `scheme://user:password@host` and the one for
    /// sentinels.
    ///
    /// A password may hold a raw `/` or `@` that should be encoded. So everything up to the last `@` counts as the
    /// password, and so does everything after the option for sentinels. Too much is masked rather than too little.
    fn masked(&self) -> String {
        let shown = match self.0.split_once(SENTINEL_PASSWORD) {
            Some((before, _password)) => format!("{before}{SENTINEL_PASSWORD}{MASK}"),
            None => self.0.clone(),
        };
        let masked = || {
            let (scheme, rest) = shown.split_once("://")?;
            let (login, host) = rest.rsplit_once('@')?;
            let (user, _password) = login.split_once(':')?;
            Some(format!("{scheme}://{user}:{MASK}@{host}"))
        };
        masked().unwrap_or(shown)
    }
}

impl From<&str> for ServiceUrl {
    fn from(url: &str) -> Self {
        Self(url.to_owned())
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServiceUrl({self})")
    }
}

impl Serialize for ServiceUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_however_the_address_is_shown() {
        for (url, shown) in [
            ("amqp://bindery:hush@mq:5672/%2f", "amqp://bindery:***@mq:5672/%2f"),
            ("redis://:hush@cache", "redis://:***@cache"),
            ("amqp://bindery:hu/sh@mq", "amqp://bindery:***@mq"),
            ("amqp://bindery:hu@sh@mq", "amqp://bindery:***@mq"),
            (
                "redis+sentinel://bindery:hush@a,b:7000/books?db=1&sentinel_user=s&sentinel_password=hu@sh&x=hush",
                "redis+sentinel://bindery:***@a,b:7000/books?db=1&sentinel_user=s&sentinel_password=***",
            ),
            ("redis+sentinel://a/books?sentinel_password=hush", "redis+sentinel://a/books?sentinel_password=***"),
        ] {
            let url = ServiceUrl::from(url);
            assert_eq!(url.to_string(), shown);
            assert_eq!(format!("{url:?}"), format!("ServiceUrl({shown})"));
            assert_eq!(serde_json::to_value(&url).unwrap(), shown);
        }
    }

    #[test]
    fn an_address_without_a_password_is_shown_as_it_is() {
        for url in ["sqlite:", "sqlite:/srv/books.db", "amqp://mq:5672", "amqp://bindery@mq"] {
            assert_eq!(ServiceUrl::from(url).to_string(), url);
        }
    }

    #[test]
    fn the_user_of_an_address_is_decoded() {
        let user = |url: &str| ServiceUrl::from(url).user();
        assert_eq!(user("amqp://bindery:hush@mq:5672/%2f").as_deref(), Some("bindery"));
        assert_eq!(user("amqp://two%20words@mq").as_deref(), Some("two words"));
        assert_eq!((user("amqp://mq"), user("local:"), user("sqlite:/srv/books.db")), (None, None, None));
    }

    #[test]
    fn the_whole_address_is_kept_for_connecting() {
        let url = ServiceUrl::from("redis://:hush@cache");
        assert_eq!(url.expose(), "redis://:hush@cache");
        assert_eq!(url.scheme(), "redis");
    }
}
