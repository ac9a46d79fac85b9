//! The key for an object storage, from a file, from the environment, or from the machine's role.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use secrecy::{ExposeSecret as _, SecretString};

use super::setup::SetupError;

/// The variables that hold a key, or the place of a role's key. Every S3 client knows them.
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

/// The variable of a key's id.
pub(super) const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
/// The variable of a key's secret.
pub(super) const SECRET: &str = "AWS_SECRET_ACCESS_KEY";

/// The source of a key.
pub enum Credentials {
    /// The `[default]` profile of a file that the AWS tools can read.
    File(PathBuf),
    /// The variables of the environment, by name.
    Environment(BTreeMap<String, SecretString>),
}

impl Credentials {
    /// Gives the key to a client. Without a key, the client asks the machine for the key of its role, where it has one.
    pub(super) fn configure(&self, builder: AmazonS3Builder, has_role: bool) -> Result<AmazonS3Builder, SetupError> {
        let variables = match self {
            Self::File(path) => profile(path)?,
            Self::Environment(variables) => variables.clone(),
        };
        match (variables.contains_key(KEY_ID), variables.contains_key(SECRET)) {
            (true, true) => {}
            (false, false) if self.may_ask_for_role(has_role) => {}
            _ => return Err(SetupError::NoKey { place: self.place() }),
        }
        Ok(variables.iter().fold(builder, |builder, (name, value)| {
            match name.to_lowercase().parse::<AmazonS3ConfigKey>() {
                Ok(key) => builder.with_config(key, value.expose_secret()),
                Err(_) => builder,
            }
        }))
    }

    /// Returns whether the key of a role will do. A file that was named must hold a key.
    fn may_ask_for_role(&self, has_role: bool) -> bool {
        match self {
            Self::File(_) => false,
            Self::Environment(variables) => has_role || variables.contains_key("AWS_ROLE_ARN"),
        }
    }

    fn place(&self) -> String {
        match self {
            Self::File(path) => format!("files.credentials_file, {}", path.display()),
            Self::Environment(_) => "the environment".to_owned(),
        }
    }
}

/// Reads the default profile of a file.
fn profile(path: &Path) -> Result<BTreeMap<String, SecretString>, SetupError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(default_profile(&text)),
        Err(error) => Err(SetupError::UnreadableCredentials { path: path.to_owned(), error }),
    }
}

/// Returns the variables of the default profile: the lines under `[default]` and those above all headings.
fn default_profile(text: &str) -> BTreeMap<String, SecretString> {
    let mut variables = BTreeMap::new();
    let mut in_default = true;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            in_default = line == "[default]";
        } else if let Some((name, value)) = line.split_once('=').filter(|_| in_default && !line.starts_with('#')) {
            variables.insert(name.trim().to_uppercase(), value.trim().to_owned().into());
        }
    }
    variables.retain(|name, _| VARIABLES.contains(&name.as_str()));
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_profile_of_a_file_is_read_and_no_other() {
        let text = "# mine\n[default]\naws_access_key_id = one\naws_secret_access_key=two=2\nregion = eu\n\n\
                    [other]\naws_access_key_id = three\n";
        let variables = default_profile(text);
        let found: Vec<_> = variables.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
        assert_eq!(found, [(KEY_ID, "one"), (SECRET, "two=2")]);
    }

    #[test]
    fn half_a_key_is_refused_and_a_missing_one_only_where_there_is_no_role() {
        let with = |names: &[&str]| {
            Credentials::Environment(names.iter().map(|name| ((*name).to_owned(), "x".to_owned().into())).collect())
        };
        let works =
            |credentials: &Credentials, has_role| credentials.configure(AmazonS3Builder::new(), has_role).is_ok();
        assert!(works(&with(&[KEY_ID, SECRET]), false));
        assert!(works(&with(&[]), true));
        assert!(!works(&with(&[]), false));
        assert!(!works(&with(&[KEY_ID]), true));
        assert!(!works(&Credentials::File("/nowhere/at/all".into()), true));
    }
}
