//! A document of a whole book is taken in, as an editor has changed it.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderValue, StatusCode, header},
};
use bindery_commands::{Action, command};
use bindery_format::{EditedChapter, Edits};
use bindery_ledger::{EditedText, Origin};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    book::described,
    documents::DocumentError,
    extract::{Own, media_type},
    problem::{Problem, ProblemKind},
    service::Service,
    view::BookView,
};

/// The most bytes of a document.
pub(crate) const MAX_DOCUMENT: usize = 20_000_000;

/// How many times the time of one body a document has, which is so much larger.
const TIMES: u32 = 20;

/// The media type of a DOCX.
pub(crate) const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// What a document has changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Imported")]
pub(crate) struct ImportView {
    /// The numbers of the chapters whose texts it changes. Where it changes none, nothing was done.
    chapters: Vec<u32>,
    /// What it changes and a text cannot take over, a sentence each.
    remarks: Vec<String>,
    /// The book as it is now.
    book: BookView,
}

/// A DOCX as the body of a request.
pub(crate) struct Document(Vec<u8>);

impl FromRequest<Arc<Service>> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Problem> {
        if !media_type(&request).eq_ignore_ascii_case(DOCX) {
            let detail = format!("send a DOCX with the header `Content-Type: {DOCX}`");
            return Err(Problem::new(ProblemKind::WrongMediaType, detail));
        }
        let time = service.settings.body_time.saturating_mul(TIMES);
        let read = tokio::time::timeout(time, Bytes::from_request(request, service)).await.map_err(|_| {
            let detail = format!("the document did not come within {time:?}; send it faster");
            Problem::new(ProblemKind::Malformed, detail).with(header::CONNECTION, HeaderValue::from_static("close"))
        })?;
        read.map(|bytes| Self(bytes.into())).map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => {
                let detail = format!("a document may have {MAX_DOCUMENT} bytes; leave pictures out of it");
                Problem::new(ProblemKind::TooLarge, detail)
            }
            _ => Problem::new(ProblemKind::Malformed, error.body_text()),
        })
    }
}

/// Takes over what an editor has changed in a DOCX of a finished book.
pub(crate) async fn whole(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Document(document): Document,
) -> Result<Json<ImportView>, Problem> {
    let Edits { chapters, remarks } = service.documents.edits(&book.id, document).await?;
    let numbers = chapters.iter().map(|chapter| chapter.number).collect();
    let texts: Vec<EditedText> = chapters.into_iter().map(edited).collect();
    let now = match texts.is_empty() {
        true => book,
        false => command(&service.ports, &*service.files, &book, Action::ReplaceTexts(texts)).await?,
    };
    Ok(Json(ImportView { chapters: numbers, remarks, book: described(&service, &now).await? }))
}

fn edited(EditedChapter { number, body, length }: EditedChapter) -> EditedText {
    EditedText { chapter: number, text: body.into(), length, origin: Origin::Edited, instead_of: None }
}

impl From<DocumentError> for Problem {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::NotWhole => Self::new(ProblemKind::Conflict, error.to_string()),
            DocumentError::Unreadable(fault) => Self::invalid(vec![fault]),
            DocumentError::Lost(_) => Self::fault(error),
            DocumentError::Store(error) => error.into(),
        }
    }
}
