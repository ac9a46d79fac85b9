//! Settings of the files.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use bindery_domain::{ServiceUrl, duration};
use bindery_files::{Access, Credentials, VARIABLES, bucket};
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// Where an object storage is when neither a setting nor the environment says so.
const REGION: &str = "us-east-1";

/// Where bound files are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesSettings {
    /// The address of the files; its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// The server of an object storage; unset, that of AWS.
    pub endpoint: Option<ServiceUrl>,
    /// The region of an object storage; unset, what the environment says.
    pub region: Option<String>,
    /// Whether the bucket stands in the path of an address.
    pub path_style: bool,
    /// A file with the key that the server is shown; unset, the environment's.
    pub credentials_file: Option<PathBuf>,
    /// The authority that the server's certificate must come from; unset, those this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// How long the server may take for one request.
    #[serde(with = "duration")]
    pub timeout: Duration,
}

impl FilesSettings {
    /// Returns what is needed to reach the files, given what the environment says of an object storage.
    pub fn access(&self, variable: impl Fn(&str) -> Option<String>) -> Access {
        let Self { url, endpoint, region, path_style, credentials_file, ca_file, timeout } = self.clone();
        let region = region.or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
        let credentials = match credentials_file {
            Some(path) => Credentials::File(path),
            None => {
                let found = VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), variable(name)?.into())));
                Credentials::Environment(found.collect::<BTreeMap<_, _>>())
            }
        };
        let region = region.unwrap_or_else(|| REGION.to_owned());
        Access { url, endpoint, region, path_style, credentials, ca_file, timeout }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_url("files.url", &self.url, &["file", "s3"]);
        if self.url.scheme() == "s3"
            && let Err(wrong) = bucket(self.url.expose())
        {
            problems.add("files.url", wrong);
        }
        if let Some(endpoint) = &self.endpoint {
            problems.check_url("files.endpoint", endpoint, &["http", "https"]);
            if endpoint.expose().contains('@') {
                problems.add("files.endpoint", "holds a user or a password; a key belongs in `files.credentials_file`");
            }
        }
        problems.lasts("files.timeout", self.timeout, Duration::from_secs(1)..=Duration::from_secs(120));
    }
}
