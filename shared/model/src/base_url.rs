//! The address of a model server, in a form that is safe to show.

use std::fmt;

use reqwest::Url;
use serde::{Deserialize, Serialize};

use crate::client;

/// The HTTP or HTTPS address of a server. It holds no credentials, so that it can be shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Returns whether it leads to this machine.
    pub(crate) fn on_loopback(&self) -> bool {
        client::on_loopback(&self.0)
    }

    /// Returns whether it is the address of a dialect that many servers share.
    pub(crate) fn is_of_shared_dialect(&self) -> bool {
        self.0.path().trim_end_matches('/').ends_with("/v1")
    }

    /// Returns the URL of an endpoint of a server whose shared dialect is below `/v1`.
    pub(crate) fn join_above_dialect(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = self.0.path().trim_end_matches('/');
        url.set_path(&format!("{}/{path}", base.strip_suffix("/v1").unwrap_or(base)));
        url
    }

    /// Returns the URL of an endpoint below this address.
    pub(crate) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let base = self.0.path().trim_end_matches('/');
        url.set_path(&format!("{base}/{path}"));
        url
    }
}

/// Why an address is refused. No message repeats the address, since it may hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It is no HTTP address with a host.
    #[error("must be an address that starts with https:// or http://, like https://models.example.com/v1")]
    NotHttp,
    /// It holds more than a host and a path.
    #[error("must be host and path alone; a key belongs into key_env or key_file")]
    NotPlain,
}

impl TryFrom<String> for BaseUrl {
    type Error = BaseUrlError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let url = Url::parse(text).map_err(|_| BaseUrlError::NotHttp)?;
        // Where the host is missing, `Url` takes the first part of the path for it.
        let names_host = text.split_once("://").is_some_and(|(_, rest)| !rest.starts_with(['/', '\\']));
        if !matches!(url.scheme(), "http" | "https") || !names_host {
            return Err(BaseUrlError::NotHttp);
        }
        let has_login = !url.username().is_empty() || url.password().is_some();
        if has_login || url.query().is_some() || url.fragment().is_some() || text.contains(char::is_whitespace) {
            return Err(BaseUrlError::NotPlain);
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

    fn read(text: &str) -> Result<BaseUrl, BaseUrlError> {
        text.to_owned().try_into()
    }

    #[test]
    fn an_address_with_credentials_is_refused_and_not_repeated() {
        use BaseUrlError::{NotHttp, NotPlain};
        for (url, wrong) in [
            ("https://user:hunter2@host/v1", NotPlain),
            ("https://hunter2@host/v1", NotPlain),
            ("https://host/v1?key=hunter2", NotPlain),
            ("https://host/v1#hunter2", NotPlain),
            ("https://host/v1 hunter2", NotPlain),
            ("file:///hunter2", NotHttp),
            ("hunter2", NotHttp),
        ] {
            assert_eq!(read(url), Err(wrong), "{url}");
            let error = serde_json::from_value::<BaseUrl>(url.into()).unwrap_err().to_string();
            assert_eq!(error, wrong.to_string());
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn an_address_without_a_host_is_refused() {
        for url in ["https://", "https:///v1", "https:v1", "http:\\\\host", "api.example.com", ""] {
            assert_eq!(read(url), Err(BaseUrlError::NotHttp), "{url}");
        }
    }

    #[test]
    fn endpoints_are_below_the_address_with_or_without_a_slash() {
        for base in ["http://host:8000/v1", "http://host:8000/v1/"] {
            let url = read(base).unwrap().join("chat/completions");
            assert_eq!(url.as_str(), "http://host:8000/v1/chat/completions");
        }
    }

    #[test]
    fn this_machine_is_recognised_by_all_its_names() {
        for url in ["http://localhost:1/", "http://127.0.0.2/", "http://[::1]:9/v1"] {
            assert!(read(url).unwrap().on_loopback(), "{url}");
        }
        for url in ["http://localhost.example/", "http://128.0.0.1/"] {
            assert!(!read(url).unwrap().on_loopback(), "{url}");
        }
    }
}
