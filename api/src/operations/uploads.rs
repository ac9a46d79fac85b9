//! What stores files for orders.

use axum::routing;
use bindery_store::KeyScope;

use super::{Answer, Body, Operation, schema};
use crate::{uploads, view::UploadView};

/// Returns what stores a file for the orders of a tenant.
pub(super) fn put_upload() -> Operation {
    Operation {
        method: "put",
        path: "/v1/uploads/{sha256}",
        name: "putUpload",
        summary: "Stores a cover or a picture, which your orders can name for seven days. To store it again does no harm.",
        scope: Some(KeyScope::Write),
        parameters: Vec::new(),
        body: Some(Body { media_type: "application/octet-stream", schema: schema::<String> }),
        answers: vec![Answer::json::<UploadView>(201, "The file is stored.")],
        handler: routing::put(uploads::put),
    }
}
