//! Uploads: the covers and pictures that the orders of a tenant may name.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use bindery_domain::{Digest, Hashing};
use bindery_format::{CoverImage, Picture};
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::time::{Instant, timeout_at};

use crate::{
    extract::{Called, Params, late},
    orders::tenant,
    problem::{Problem, ProblemKind},
    service::Service,
    view::UploadView,
};

/// The most bytes of an upload: as many as a cover may have.
const MAX_UPLOAD: usize = 20_000_000;

/// The bytes for which a client has the time of one body. An upload is many times larger than an order, and may take longer.
const BYTES_PER_TIME: usize = 1_000_000;

/// The variable of the path.
#[derive(Deserialize)]
pub(crate) struct Named {
    sha256: String,
}

/// Stores a file for the orders of the caller's tenant.
pub(crate) async fn put(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Params(Named { sha256 }): Params<Named>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<UploadView>), Problem> {
    let tenant = tenant(&caller)?;
    let digest = Digest::parse(&sha256).ok_or_else(wrong_digest)?;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_UPLOAD) {
        return Err(too_large());
    }
    let bytes = received(body, &digest, service.settings.body_time).await?;
    check(&bytes).map_err(|fault| Problem::new(ProblemKind::WrongMediaType, fault))?;
    let length = bytes.len() as u64;
    let digest = service.files.put_upload(tenant, bytes, bindery_store::now()).await?;
    Ok((StatusCode::CREATED, Json(UploadView { sha256: digest.to_string(), bytes: length })))
}

/// Reads the bytes that a digest names. It stops at the first one that is too many, and when they come too slowly.
async fn received(body: Body, digest: &Digest, time: Duration) -> Result<Vec<u8>, Problem> {
    let begun = Instant::now();
    let (mut pieces, mut bytes, mut hashing) = (body.into_data_stream(), Vec::new(), Hashing::default());
    loop {
        let times = u32::try_from(bytes.len() / BYTES_PER_TIME + 1).unwrap_or(u32::MAX);
        let next = timeout_at(begun + time.saturating_mul(times), pieces.next()).await.map_err(|_| late(time))?;
        let Some(piece) = next else { break };
        let piece = piece.map_err(|error| Problem::new(ProblemKind::Malformed, error.to_string()))?;
        if bytes.len() + piece.len() > MAX_UPLOAD {
            return Err(too_large());
        }
        hashing.add(&piece);
        bytes.extend_from_slice(&piece);
    }
    if hashing.digest() == *digest { Ok(bytes) } else { Err(wrong_digest()) }
}

fn too_large() -> Problem {
    Problem::new(ProblemKind::TooLarge, format!("a file may have {MAX_UPLOAD} bytes; save it smaller"))
}

fn wrong_digest() -> Problem {
    let fault = "the address must end with the SHA-256 of the body, in 64 lower-case hexadecimal digits";
    Problem::invalid(vec![fault.to_owned()])
}

/// Checks that an upload is an image that a cover or a picture may be.
fn check(bytes: &[u8]) -> Result<(), String> {
    let Err(fault) = CoverImage::read(bytes.to_vec()) else { return Ok(()) };
    let picture = Picture::read("upload", bytes.to_vec());
    picture.map(drop).map_err(|_| format!("the file is no cover and no picture: {fault}"))
}
