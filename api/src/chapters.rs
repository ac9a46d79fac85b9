//! The chapters of a book, and what is written of them.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, HeaderValue, header},
};
use bindery_commands::{BookSoFar, Progress};
use bindery_domain::TaskId;
use bindery_ledger::current_texts;
use serde::Deserialize;

use crate::{
    book::described,
    edition::tag,
    extract::{Own, Params},
    problem::{Problem, ProblemKind},
    service::Service,
    view::{ChapterView, ChapterWithText, chapter_view, section_views},
};

/// Lists the chapters of a book, without their texts.
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
    Own(book): Own,
) -> Result<Json<Vec<ChapterView>>, Problem> {
    Ok(Json(described(&service, &book).await?.chapter_list))
}

/// The chapter that a path names.
#[derive(Deserialize)]
pub(crate) struct Numbered {
    number: u32,
}

/// Returns a chapter with its text so far.
pub(crate) async fn get(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(Numbered { number }): Params<Numbered>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<ChapterWithText>), Problem> {
    let missing =
        || Problem::new(ProblemKind::NotFound, format!("the book has no chapter {number}; it has {}", book.chapters));
    let tasks = service.ports.store.tasks(&book.id).await?;
    let task = tasks.iter().find(|task| task.id == TaskId::Write(number)).ok_or_else(missing)?;
    let so_far = BookSoFar::read(&*service.ports.store, &book, Some(number)).await?;
    let chapter = so_far.chapters.into_iter().next().ok_or_else(missing)?;
    let texts = current_texts(&tasks);
    let outlined = so_far.request.order.outline.chapters.get(number as usize - 1);
    let present = texts.get(&number).map_or_else(String::new, |text| text.name().to_string());
    let chapter = ChapterWithText {
        chapter: chapter_view(number, task, texts.get(&number).copied(), outlined),
        finished: chapter.progress == Progress::Finished,
        text: chapter.text,
        sections: section_views(task, &chapter.headings),
    };
    Ok(([(header::ETAG, tag(&present))], Json(chapter)))
}
