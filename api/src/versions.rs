//! The versions of a chapter's text: they are listed, compared and taken back, and an editor's text becomes the next one.

use std::sync::Arc;

use axum::{Json, extract::State, http::HeaderMap};
use bindery_commands::{Action, Manuscript};
use bindery_domain::timestamp;
use bindery_ledger::{EditedText, Version, VersionName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    actions::done,
    edition::if_match,
    extract::{JsonBody, Own, Params, Search},
    problem::{Problem, ProblemKind},
    service::Service,
    view::BookView,
};

/// A version of a chapter's text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Version")]
pub(crate) struct VersionView {
    /// Its name, like `2.1`: the edition that it was made in, and how often it was mended in that edition.
    version: String,
    /// How it came about: `written`, `mended` by a repair, `revised` by a note, `edited` by a person, or `restored`.
    origin: String,
    /// Its length, in words, or in characters for Japanese and Chinese.
    length: u32,
    /// When it was stored, if that was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
}

/// A version with its text.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct VersionWithText {
    #[serde(flatten)]
    version: VersionView,
    /// The text, as Markdown.
    text: String,
}

/// What differs between two versions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Diff")]
pub(crate) struct DiffView {
    /// The older version.
    from: String,
    /// The newer version.
    to: String,
    /// A unified diff, line by line; empty where the two are the same.
    diff: String,
}

/// Which text is to be taken back.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Restore")]
pub(crate) struct RestoreOrder {
    /// The name of the version, like `1.0`.
    version: String,
}

/// The text of an editor.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EditedText")]
pub(crate) struct EditedOrder {
    /// The whole text of the chapter, as Markdown, without its title.
    text: String,
}

/// The chapter and the version that a path names.
#[derive(Deserialize)]
pub(crate) struct Place {
    number: u32,
    version: Option<String>,
}

impl Place {
    fn version(&self) -> Result<Option<VersionName>, Problem> {
        let named = self.version.as_deref().map(str::parse::<VersionName>).transpose();
        named.map_err(|fault| Problem::new(ProblemKind::NotFound, fault.to_string()))
    }
}

/// The query of a comparison.
#[derive(Deserialize)]
pub(crate) struct Compared {
    from: Option<String>,
}

/// Lists the versions of a chapter.
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(place): Params<Place>,
) -> Result<Json<Vec<VersionView>>, Problem> {
    let manuscript = Manuscript::open(&*service.ports.store, &book).await?;
    Ok(Json(manuscript.versions(place.number)?.iter().map(view).collect()))
}

/// Returns a version with its text.
pub(crate) async fn get(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(place): Params<Place>,
) -> Result<Json<VersionWithText>, Problem> {
    let manuscript = Manuscript::open(&*service.ports.store, &book).await?;
    let version = manuscript.version(place.number, place.version()?)?;
    let text = manuscript.text(&version).await?;
    Ok(Json(VersionWithText { version: view(&version), text }))
}

/// Returns what differs between two versions.
pub(crate) async fn diff(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(place): Params<Place>,
    Search(Compared { from }): Search<Compared>,
) -> Result<Json<DiffView>, Problem> {
    let manuscript = Manuscript::open(&*service.ports.store, &book).await?;
    let to = manuscript.version(place.number, place.version()?)?;
    let from = match from.as_deref().map(str::parse::<VersionName>).transpose() {
        Ok(Some(name)) => manuscript.version(place.number, Some(name))?,
        Ok(None) => manuscript.before(place.number, &to)?,
        Err(fault) => return Err(Problem::invalid(vec![format!("from: {fault}")])),
    };
    let diff = manuscript.diff(&from, &to).await?;
    Ok(Json(DiffView { from: from.name().to_string(), to: to.name().to_string(), diff }))
}

/// Takes a former text of a chapter back.
pub(crate) async fn restore(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(place): Params<Place>,
    body: JsonBody,
) -> Result<Json<BookView>, Problem> {
    let RestoreOrder { version } = body.read()?;
    let name = version.parse().map_err(|fault| Problem::invalid(vec![format!("version: {fault}")]))?;
    let manuscript = Manuscript::open(&*service.ports.store, &book).await?;
    let restored = manuscript.restored(place.number, name).await?;
    done(&service, &book, Action::ReplaceTexts(vec![restored])).await
}

/// Takes the text of an editor into a chapter.
pub(crate) async fn replace(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(place): Params<Place>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Json<BookView>, Problem> {
    let EditedOrder { text } = body.read()?;
    let instead_of = match if_match(&headers)? {
        Some(tag) => Some(tag.parse().map_err(|_| Problem::outdated())?),
        None => None,
    };
    let manuscript = Manuscript::open(&*service.ports.store, &book).await?;
    let edited = EditedText { instead_of, ..manuscript.edited(place.number, &text)? };
    done(&service, &book, Action::ReplaceTexts(vec![edited])).await
}

fn view(version: &Version) -> VersionView {
    VersionView {
        version: version.name().to_string(),
        origin: version.origin.to_string(),
        length: version.length,
        at: version.at.map(timestamp),
    }
}
