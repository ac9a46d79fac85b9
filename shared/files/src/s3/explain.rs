//! What an error of an object storage means, and what to do about it.

use std::error::Error;

use object_store::client::{HttpError, HttpErrorKind};

/// Returns whether the file is missing and the bucket is not.
pub(super) fn is_missing(error: &object_store::Error) -> bool {
    matches!(error, object_store::Error::NotFound { .. }) && code(&error.to_string()) != Some("NoSuchBucket")
}

/// Returns why a request failed. The server's own words are left out, because some servers repeat what was signed.
pub(super) fn cause(bucket: &str, error: &object_store::Error) -> String {
    if let Some(network) = network(error) {
        return match network.kind() {
            HttpErrorKind::Connect => {
                format!("the server cannot be reached ({}); start it, or check files.endpoint", innermost(network))
            }
            HttpErrorKind::Timeout => "the server did not answer within files.timeout".to_owned(),
            _ => format!("the connection broke: {}", innermost(network)),
        };
    }
    let text = error.to_string();
    let code = code(&text);
    let named = code.map(|code| format!(" ({code})")).unwrap_or_default();
    match (code, error) {
        (Some("NoSuchBucket"), _) => format!("the bucket `{bucket}` does not exist; make it, or correct files.url"),
        (Some("InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "ExpiredToken"), _)
        | (_, object_store::Error::Unauthenticated { .. }) => {
            format!(
                "the server does not know the key{named}; check the key in the environment or in files.credentials_file"
            )
        }
        (_, object_store::Error::PermissionDenied { .. }) => format!(
            "the server forbids it{named}; allow the key to get, put, delete and list objects in the bucket `{bucket}`"
        ),
        _ => match status(&text) {
            Some(status @ ("429" | "500" | "502" | "503" | "504")) => {
                format!(
                    "the server cannot serve it now ({status}), and could not when it was asked again; look at the server"
                )
            }
            Some(status) => format!("the server refuses it ({status}{named}); check files.endpoint and files.region"),
            None => innermost(error),
        },
    }
}

fn network(error: &object_store::Error) -> Option<&HttpError> {
    chain(error).find_map(|cause| cause.downcast_ref::<HttpError>())
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// Returns the code of an S3 error from its XML.
fn code(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("<Code>")?;
    rest.split_once("</Code>").map(|(code, _)| code)
}

/// Returns the HTTP status of an answer, which the client gives in its text alone.
fn status(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("status code: ")?;
    rest.get(..3)
}
