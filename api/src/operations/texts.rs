//! What returns the texts and the files of a book.

use axum::routing;

use super::{Answer, Operation, header, reading};
use crate::{
    chapters, files,
    view::{ChapterView, ChapterWithText, FileView},
};

/// The headers of a file.
const FILE: &[(&str, &str)] = &[("ETag", "The SHA-256 of the file."), ("Content-Disposition", "The name of the file.")];

/// The headers of a range of a file.
const RANGE: &[(&str, &str)] =
    &[FILE[0], FILE[1], ("Content-Range", "The places of the bytes, and how many the file has.")];

/// Returns what lists chapters and files, and what returns them.
pub(super) fn of_texts() -> Vec<Operation> {
    vec![
        reading(
            "/v1/books/{id}/chapters",
            "listChapters",
            "Lists the chapters of a book, without their texts.",
            Answer::json::<Vec<ChapterView>>(200, "The chapters."),
            routing::get(chapters::list),
        ),
        reading(
            "/v1/books/{id}/chapters/{number}",
            "getChapter",
            "Returns a chapter with its sections and its text so far.",
            Answer::json::<ChapterWithText>(200, "The chapter.")
                .with(&[("ETag", "The name of the version of its text.")]),
            routing::get(chapters::get),
        ),
        reading(
            "/v1/books/{id}/files",
            "listFiles",
            "Lists the files of a bound book.",
            Answer::json::<Vec<FileView>>(200, "The files."),
            routing::get(files::list),
        ),
        Operation {
            parameters: vec![
                header("Range", "The bytes that are wanted, like `bytes=0-99`."),
                header("If-None-Match", "The `ETag` of the file that you have."),
                header("If-Range", "The `ETag` of the file that the range is of."),
            ],
            answers: vec![
                Answer::bytes(200, "The file.").with(FILE),
                Answer::bytes(206, "The range of the file.").with(RANGE),
                Answer::empty(304, "You have the file already.").with(FILE),
            ],
            ..reading(
                "/v1/books/{id}/files/{format}",
                "getFile",
                "Returns a file of a bound book.",
                Answer::empty(200, ""),
                routing::get(files::get),
            )
        },
    ]
}
