//! What an object storage is shown: a key from a file or from the environment, or what the machine's role gives.

use std::{collections::BTreeMap, fs, path::PathBuf};

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use secrecy::{ExposeSecret as _, SecretString};

/// The variables that hold a key, or say where a role's is to be had; those of every S3 client.
pub const VARIABLES: [&str; 9] = [
    KEY_ID,
    SECRET,
    "AWS_SESSION_TOKEN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
];

const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// Where a key comes from.
pub enum Credentials {
    /// The `[default]` profile of a file as the AWS tools write it.
    File(PathBuf),
    /// Variables of the environment, by name.
    Environment(BTreeMap<String, SecretString>),
}

impl Credentials {
    /// Gives a client its key. Without one it asks the machine for its role's, where there are `roles`.
    pub(super) fn give(&self, builder: AmazonS3Builder, roles: bool) -> Result<AmazonS3Builder, String> {
        let (found, from) = match self {
            Self::File(path) => {
                let place = format!("files.credentials_file, {}", path.display());
                let text = fs::read_to_string(path).map_err(|error| format!("{place}: {error}"))?;
                (profile(&text), place)
            }
            Self::Environment(found) => (found.clone(), "the environment".to_owned()),
        };
        let roles = roles || found.contains_key("AWS_ROLE_ARN");
        match (found.contains_key(KEY_ID), found.contains_key(SECRET)) {
            (true, true) => {}
            (false, false) if roles && matches!(self, Self::Environment(_)) => {}
            _ => {
                return Err(format!(
                    "{from} holds no whole key; set {KEY_ID} and {SECRET}, or name a file that holds them with \
                     files.credentials_file"
                ));
            }
        }
        Ok(found.iter().fold(builder, |builder, (name, value)| {
            match name.to_lowercase().parse::<AmazonS3ConfigKey>() {
                Ok(key) => builder.with_config(key, value.expose_secret()),
                Err(_) => builder,
            }
        }))
    }
}

/// Reads the default profile: what stands before any heading, or under `[default]`.
fn profile(text: &str) -> BTreeMap<String, SecretString> {
    let (mut found, mut ours) = (BTreeMap::new(), true);
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            ours = line == "[default]";
        } else if let Some((name, value)) = line.split_once('=').filter(|_| ours && !line.starts_with('#')) {
            found.insert(name.trim().to_uppercase(), value.trim().to_owned().into());
        }
    }
    found.retain(|name, _| VARIABLES.contains(&name.as_str()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_of_a_file_is_read_and_no_other() {
        let text = "# mine\n[default]\naws_access_key_id = one\naws_secret_access_key=two=2\nregion = eu\n\n\
                    [other]\naws_access_key_id = three\n";
        let found = profile(text);
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(found, [(KEY_ID, "one"), (SECRET, "two=2")]);
    }

    #[test]
    fn half_a_key_is_refused_and_none_only_where_the_machine_has_no_role() {
        let with = |names: &[&str]| {
            Credentials::Environment(names.iter().map(|name| ((*name).to_owned(), "x".to_owned().into())).collect())
        };
        let gives = |credentials: &Credentials, roles| credentials.give(AmazonS3Builder::new(), roles).is_ok();
        assert!(gives(&with(&[KEY_ID, SECRET]), false));
        assert!(gives(&with(&[]), true));
        assert!(!gives(&with(&[]), false));
        assert!(!gives(&with(&[KEY_ID]), true));
        assert!(!gives(&Credentials::File("/nowhere/at/all".into()), true));
    }
}
