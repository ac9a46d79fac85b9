//! The signature of Standard Webhooks: HMAC-SHA256 over the id, the time and the content.
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#signature-scheme>

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ring::hmac;

/// How a secret begins, by which programs that look for leaked secrets find it.
const PREFIX: &str = "whsec_";

/// The number of bytes of a secret that Bindery makes. The standard asks for 24 to 64.
pub const SECRET_BYTES: usize = 32;

/// A secret cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signing secret of the webhook is damaged; rotate it")]
pub struct SecretFlaw;

/// Writes a secret as its receiver gets it.
pub fn secret(bytes: &[u8]) -> String {
    format!("{PREFIX}{}", BASE64.encode(bytes))
}

/// Returns the signature of a notice, with the name of its scheme.
pub fn signature(secret: &str, id: &str, timestamp: u64, body: &str) -> Result<String, SecretFlaw> {
    let bytes = secret.strip_prefix(PREFIX).and_then(|encoded| BASE64.decode(encoded).ok()).ok_or(SecretFlaw)?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
    let tag = hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", BASE64.encode(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values that the libraries of Standard Webhooks are tested with.
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/libraries/javascript/src/webhook.test.ts>
    #[test]
    fn the_published_example_has_the_published_signature() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signed = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signed.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_read_as_it_was_written_and_a_damaged_one_signs_nothing() {
        let written = secret(&[7; SECRET_BYTES]);
        assert!(written.starts_with("whsec_"));
        assert!(signature(&written, "a", 1, "b").is_ok());
        for damaged in ["", "whsec_!", &written[1..]] {
            assert_eq!(signature(damaged, "a", 1, "b"), Err(SecretFlaw));
        }
    }
}
