//! The address of a model server, in a form that is safe to show.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use super::http;

/// The address of a server: HTTP or HTTPS, without credentials, so that it can be shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Reads an address that stands in this program.
    pub(super) fn built_in(text: &'static str) -> Self {
        Self(Url::parse(text).expect("the known base URLs are URLs"))
    }

    /// Returns whether it leads to this machine.
    pub(super) fn on_loopback(&self) -> bool {
        http::on_loopback(&self.0)
    }

    /// Returns the URL of an endpoint below this address.
    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = self.0.path().trim_end_matches('/');
        url.set_path(&format!("{base}/{path}"));
        url
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = &'static str;

    /// Refuses without repeating the text, which may hold a password.
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Url::parse(text.trim()).map_err(|_| "a base_url must be a URL like `http://127.0.0.1:8000/v1`")?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err("a base_url must begin with `http://` or `https://`");
        }
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.query().is_some() || url.fragment().is_some() {
            return Err("a base_url must hold no credentials: use key_env or key_file");
        }
        Ok(Self(url))
    }
}

impl From<BaseUrl> for String {
    fn from(url: BaseUrl) -> Self {
        url.0.into()
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<BaseUrl, String> {
        serde_json::from_value(text.into()).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_with_credentials_is_refused_and_not_repeated() {
        for url in [
            "https://user:hunter2@host/v1",
            "https://hunter2@host/v1",
            "https://host/v1?key=hunter2",
            "https://host/v1#hunter2",
            "file:///hunter2",
            "hunter2",
        ] {
            let error = read(url).unwrap_err();
            assert!(error.contains("base_url") && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn endpoints_lie_below_the_address_with_or_without_a_slash() {
        for base in ["http://host:8000/v1", "http://host:8000/v1/"] {
            let url = read(base).unwrap().join("chat/completions");
            assert_eq!(url.as_str(), "http://host:8000/v1/chat/completions");
        }
    }

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for url in ["http://localhost:1/", "http://127.0.0.2/", "http://[::1]:9/v1"] {
            assert!(read(url).unwrap().on_loopback(), "{url}");
        }
        for url in ["http://localhost.example/", "http://128.0.0.1/"] {
            assert!(!read(url).unwrap().on_loopback(), "{url}");
        }
    }
}
