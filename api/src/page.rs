//! The page: files that a browser runs as they stand. They use the API like any other client.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    response::IntoResponse,
    routing,
};

use crate::service::Service;

/// What a browser lets the page do: it runs and calls only what comes from this server, and no text becomes a script.
/// <https://www.w3.org/TR/CSP3/>
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// A file of the page.
struct PageFile {
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
}

macro_rules! page_file {
    ($name:literal, $path:expr, $media_type:literal) => {
        PageFile {
            path: $path,
            media_type: concat!($media_type, "; charset=utf-8"),
            text: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/page/", $name)),
        }
    };
    ($name:literal, $media_type:literal) => {
        page_file!($name, concat!("/page/", $name), $media_type)
    };
}

const FILES: &[PageFile] = &[
    page_file!("index.html", "/", "text/html"),
    page_file!("style.css", "text/css"),
    page_file!("versions.js", "text/javascript"),
    page_file!("icon.svg", "image/svg+xml"),
    page_file!("api.js", "text/javascript"),
    page_file!("app.js", "text/javascript"),
    page_file!("board.js", "text/javascript"),
    page_file!("book.js", "text/javascript"),
    page_file!("books.js", "text/javascript"),
    page_file!("bulk.js", "text/javascript"),
    page_file!("care.js", "text/javascript"),
    page_file!("change.js", "text/javascript"),
    page_file!("chapter.js", "text/javascript"),
    page_file!("dead_letters.js", "text/javascript"),
    page_file!("dom.js", "text/javascript"),
    page_file!("files.js", "text/javascript"),
    page_file!("fleet.js", "text/javascript"),
    page_file!("format.js", "text/javascript"),
    page_file!("inline.js", "text/javascript"),
    page_file!("markdown.js", "text/javascript"),
    page_file!("notes.js", "text/javascript"),
    page_file!("order.js", "text/javascript"),
    page_file!("plan.js", "text/javascript"),
    page_file!("plan_fields.js", "text/javascript"),
    page_file!("plot.js", "text/javascript"),
    page_file!("reasons.js", "text/javascript"),
    page_file!("score.js", "text/javascript"),
    page_file!("stuck.js", "text/javascript"),
    page_file!("table.js", "text/javascript"),
    page_file!("texts.js", "text/javascript"),
];

/// Returns the routes of the page. They need no key, since the files hold nothing of anybody.
pub(crate) fn routes() -> Router<Arc<Service>> {
    FILES.iter().fold(Router::new(), |routes, file| routes.route(file.path, routing::get(async || answer(file))))
}

fn answer(file: &PageFile) -> impl IntoResponse {
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(file.media_type)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ];
    (headers, file.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_is_served() {
        let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/page")).unwrap();
        for name in folder.map(|file| file.unwrap().file_name().into_string().unwrap()) {
            let path = if name == "index.html" { "/".to_owned() } else { format!("/page/{name}") };
            assert!(FILES.iter().any(|file| file.path == path), "{name} is not served");
        }
    }

    #[test]
    fn the_page_names_only_files_that_it_has() {
        let mut followed = 0;
        for text in FILES.iter().map(|file| file.text) {
            let imported = text.split("from \"./").skip(1).map(|rest| format!("/page/{}", quoted(rest)));
            let named = text.split("=\"/page/").skip(1).map(|rest| format!("/page/{}", quoted(rest)));
            for path in imported.chain(named) {
                assert!(FILES.iter().any(|file| file.path == path), "{path} is not served");
                followed += 1;
            }
        }
        assert!(followed > 10, "only {followed} names were found");
    }

    fn quoted(rest: &str) -> &str {
        rest.split('"').next().unwrap()
    }
}
