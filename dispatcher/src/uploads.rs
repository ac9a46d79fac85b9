//! The covers and pictures that submissions name: they become files of their books. Those that nobody named are removed.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use bindery_domain::Digest;
use bindery_files::{Files, FilesError};
use bindery_format::{CoverImage, Picture};
use bindery_ledger::{BoundFile, GivenPicture, Request};
use bindery_protocol::submission::Submission;
use bindery_runtime::{FaultLog, Ports};
use tokio_util::sync::CancellationToken;

use crate::leader_lock;

/// How often old uploads are looked for.
const SWEEP_PAUSE: Duration = Duration::from_secs(3_600);

/// Old uploads could not be removed.
static FAULT: FaultLog =
    FaultLog::new("old uploads could not be removed; trying again", "old uploads are removed again");

/// A file that a submission names.
struct Named {
    /// The field that names it, for faults.
    field: String,
    digest: Digest,
    /// The path by which chapters name it; `None` for the cover.
    path: Option<String>,
}

/// The most pictures that a submission may name.
const MAX_PICTURES: usize = 500;

/// Returns the faults of the digests that a submission names.
pub fn flaws(submission: &Submission) -> Vec<String> {
    let names = submission.cover.iter().map(|digest| ("cover".to_owned(), digest));
    let pictures = submission.pictures.iter().map(|(path, digest)| (format!("pictures.{path}"), digest));
    let wrong = |(field, digest): (String, &String)| {
        let is_one = Digest::parse(digest).is_some();
        (!is_one).then(|| format!("{field}: is no SHA-256 of 64 lower-case hexadecimal digits"))
    };
    let count = submission.pictures.len();
    let many =
        (count > MAX_PICTURES).then(|| format!("pictures: names {count} pictures, but {MAX_PICTURES} are allowed"));
    names.chain(pictures).filter_map(wrong).chain(many).collect()
}

fn named(submission: &Submission) -> Vec<Named> {
    let cover = submission.cover.iter().map(|digest| ("cover".to_owned(), digest, None));
    let pictures =
        submission.pictures.iter().map(|(path, digest)| (format!("pictures.{path}"), digest, Some(path.clone())));
    let read = |(field, digest, path): (String, &String, Option<String>)| {
        Some(Named { field, digest: Digest::parse(digest)?, path })
    };
    cover.chain(pictures).filter_map(read).collect()
}

/// Returns what is wrong with the files that a submission names, without taking them over.
pub async fn missing(files: &dyn Files, request: &Request, submission: &Submission) -> Result<Vec<String>, FilesError> {
    let mut faults = Vec::new();
    for named in named(submission) {
        if adopted(request, &named).is_none() {
            faults.extend(image(files, &request.tenant, &named).await?.err());
        }
    }
    Ok(faults)
}

/// Makes the files that a submission names files of its book. The inner error holds all faults. `request` has the cover and the
/// pictures of the stored book, which are kept where they are named again.
pub async fn adopt(
    files: &dyn Files,
    request: &mut Request,
    submission: &Submission,
) -> Result<Result<(), Vec<String>>, FilesError> {
    let (mut faults, mut cover, mut pictures) = (Vec::new(), None, Vec::new());
    for named in named(submission) {
        let file = match adopted(request, &named) {
            Some(file) => file,
            None => match image(files, &request.tenant, &named).await? {
                Ok((extension, bytes)) => files.put(&request.book_id(), extension, bytes).await?,
                Err(fault) => {
                    faults.push(fault);
                    continue;
                }
            },
        };
        match named.path {
            Some(path) => pictures.push(GivenPicture { path, file }),
            None => cover = Some(file),
        }
    }
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    (request.terms.cover, request.terms.pictures) = (cover, pictures);
    Ok(Ok(()))
}

/// Returns the file of a book that a submission names again.
fn adopted(request: &Request, named: &Named) -> Option<BoundFile> {
    let terms = &request.terms;
    let file = match &named.path {
        None => terms.cover.as_ref(),
        Some(path) => terms.pictures.iter().find(|picture| picture.path == *path).map(|picture| &picture.file),
    };
    file.filter(|file| file.digest == named.digest).cloned()
}

/// Reads an upload as an image. The inner error says what is wrong with it.
async fn image(
    files: &dyn Files,
    tenant: &str,
    named: &Named,
) -> Result<Result<(&'static str, Vec<u8>), String>, FilesError> {
    let Named { field, digest, path } = named;
    let Some(bytes) = files.upload(tenant, digest, bindery_store::now()).await? else {
        return Ok(Err(format!("{field}: there is no such upload; send the file by PUT /v1/uploads/{digest} first")));
    };
    let kind = match path {
        None => {
            CoverImage::read(bytes.clone()).map(|image| image.kind().extension()).map_err(|fault| fault.to_string())
        }
        Some(path) => {
            Picture::read(path, bytes.clone()).map(|image| image.extension()).map_err(|fault| fault.to_string())
        }
    };
    Ok(kind.map(|kind| (kind, bytes)).map_err(|fault| format!("{field}: {fault}")))
}

/// Removes uploads that can no longer be named, until `shutdown`. One process at a time does it.
pub async fn sweep(ports: Ports, files: Arc<dyn Files>, holder: String, shutdown: CancellationToken) {
    let sweeping = async {
        let mut fault = FAULT.caller();
        loop {
            let is_leader = leader_lock::take(&ports, "uploads", &holder).await.unwrap_or(false);
            if is_leader {
                match files.remove_old_uploads(bindery_store::now()).await {
                    Ok(_) => fault.ended(),
                    Err(error) => fault.failed(&error),
                }
            }
            tokio::time::sleep(SWEEP_PAUSE).await;
        }
    };
    let _stopped = shutdown.run_until_cancelled(sweeping).await;
}
