//! Settings of the files.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use bindery_domain::{ServiceUrl, duration};
use bindery_files::{Access, BucketUrl, Credentials, VARIABLES};
use serde::{Deserialize, Serialize};

use super::problem::Problems;

/// The region of an object storage where neither a setting nor the environment names one.
const REGION: &str = "us-east-1";

/// Where bound files are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilesSettings {
    /// The address of the files; its scheme chooses the adapter.
    pub url: ServiceUrl,
    /// The server of an object storage; unset, the one of AWS.
    pub endpoint: Option<ServiceUrl>,
    /// The region of an object storage; unset, the one that the environment names.
    pub region: Option<String>,
    /// Whether the bucket stands in the path of an address, and not in the name of the host.
    pub path_style: bool,
    /// A file with the key for the server; unset, the key comes from the environment.
    pub credentials_file: Option<PathBuf>,
    /// The certificate authority of the server, in addition to those that this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// How long the server may take for one request.
    #[serde(with = "duration")]
    pub timeout: Duration,
}

impl FilesSettings {
    /// Returns how to reach the files. `variable` reads the environment, which may describe an object storage.
    pub fn access(&self, variable: impl Fn(&str) -> Option<String>) -> Access {
        let Self { url, endpoint, region, path_style, credentials_file, ca_file, timeout } = self.clone();
        let region = region.or_else(|| variable("AWS_REGION")).or_else(|| variable("AWS_DEFAULT_REGION"));
        let credentials = match credentials_file {
            Some(path) => Credentials::File(path),
            None => {
                let variables = VARIABLES.iter().filter_map(|name| Some(((*name).to_owned(), variable(name)?.into())));
                Credentials::Environment(variables.collect::<BTreeMap<_, _>>())
            }
        };
        let region = region.unwrap_or_else(|| REGION.to_owned());
        Access { url, endpoint, region, path_style, credentials, ca_file, timeout }
    }

    pub(super) fn check(&self, problems: &mut Problems) {
        problems.check_url("files.url", &self.url, &["file", "s3"]);
        if self.url.scheme() == "s3"
            && let Err(error) = BucketUrl::parse(self.url.expose())
        {
            problems.add("files.url", error.to_string());
        }
        if let Some(endpoint) = &self.endpoint {
            problems.check_url("files.endpoint", endpoint, &["http", "https"]);
            if endpoint.expose().contains('@') {
                problems.add("files.endpoint", "holds a user or a password; a key belongs in `files.credentials_file`");
            }
        }
        problems.check_duration("files.timeout", self.timeout, Duration::from_secs(1)..=Duration::from_secs(120));
    }
}
