//! `bindery read` prints what is written of a book, or of one of its chapters.

use std::process::ExitCode;

use bindery_commands::{BookSoFar, ChapterSoFar, Progress};
use bindery_config::Config;
use bindery_format::{Format, ValidManuscript};

use crate::{
    cli::{Global, ReadArgs},
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    arguments: ReadArgs,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, &arguments.named.book).await?;
    let so_far = app.so_far(&book).await?;
    let chosen = |chapter: &&ChapterSoFar| arguments.chapter.is_none_or(|number| chapter.number == number);
    let chapters: Vec<&ChapterSoFar> = so_far.chapters.iter().filter(chosen).collect();
    if let (Some(number), true) = (arguments.chapter, chapters.is_empty()) {
        let has = so_far.chapters.len();
        return Err(Failure::usage(format!("the book has no chapter {number}; it has {has}")));
    }
    if chapters.iter().all(|chapter| chapter.text.is_empty()) {
        let what = chapters.first().filter(|_| arguments.chapter.is_some()).and_then(|chapter| chapter.lack());
        let what = what.unwrap_or_else(|| "nothing is written of the book".to_owned());
        return Err(Failure::not_whole(format!("{what}; it is {}", book.state)));
    }
    let lack = match chapters[..] {
        [only] if arguments.chapter.is_some() => only.lack(),
        _ => so_far.lack(),
    };
    if let Some(lack) = lack {
        eprintln!("Note: {lack}.");
    }
    if global.json {
        chapters.into_iter().try_for_each(|chapter| stdout::line(value(&so_far, chapter)))?;
    } else if let Some(number) = arguments.chapter {
        let title = &so_far.request.order.outline.chapters[number as usize - 1].title;
        stdout::text(format_args!("# {title}\n\n{}\n", chapters[0].text.trim()))?;
    } else {
        stdout::text(markdown(&so_far)?)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn value(so_far: &BookSoFar, chapter: &ChapterSoFar) -> serde_json::Value {
    let outline = &so_far.request.order.outline;
    let title = outline.chapters.get(chapter.number as usize - 1).map(|chapter| &chapter.title);
    serde_json::json!({
        "chapter": chapter.number, "title": title, "finished": chapter.progress == Progress::Finished,
        "text": chapter.text,
    })
}

/// Returns the book as Markdown, as it would be bound.
fn markdown(so_far: &BookSoFar) -> Result<String, Failure> {
    let manuscript = bindery_assembler::partial::manuscript(&so_far.request, so_far.texts(), so_far.lack());
    let rendered = ValidManuscript::of(manuscript).and_then(|valid| valid.render(Format::Markdown));
    let bytes = rendered.map_err(Failure::internal)?;
    String::from_utf8(bytes).map_err(Failure::internal)
}
