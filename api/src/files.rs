//! The files of a bound book.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header},
};
use bindery_format::Format;
use serde::Deserialize;

use crate::{
    extract::{Own, Params},
    problem::{Problem, ProblemKind},
    service::Service,
    view::{FileView, files},
};

/// Lists the files of a book.
pub(crate) async fn list(Own(book): Own) -> Json<Vec<FileView>> {
    Json(files(&book))
}

/// The file that a path names.
#[derive(Deserialize)]
pub(crate) struct OfFormat {
    format: String,
}

/// Returns a file, or a range of its bytes.
pub(crate) async fn get(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    Params(OfFormat { format }): Params<OfFormat>,
    headers: HeaderMap,
) -> Result<Response<Body>, Problem> {
    let bound = book.binding.iter().flat_map(|binding| &binding.files);
    let Some(file) = bound.into_iter().find(|file| file.format == format) else {
        let detail = format!("the book has no file of this format; it is {}", book.state);
        return Err(Problem::new(ProblemKind::NotFound, detail));
    };
    let tag = format!("\"{}\"", file.digest);
    let known = format.parse::<Format>();
    let ending = known.map_or_else(|_| format.clone(), |known| known.extension().to_owned());
    let name = format!("{}.{ending}", file_name(&book.title));
    let common = [
        (header::ETAG, tag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::CONTENT_TYPE, media_type(&ending).to_owned()),
        // A file holds what a model wrote. A browser that shows it runs nothing of it.
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    if asks_for_another(&headers, &tag) {
        return answer(StatusCode::NOT_MODIFIED, &common, Vec::new());
    }
    let bytes = service.files.get(&book.id, file).await?;
    let range = headers.get(header::RANGE).filter(|_| range_is_of(&headers, &tag));
    let whole = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    match range.and_then(|range| range.to_str().ok()).map(|range| Range::parse(range, whole)) {
        None | Some(Asked::Whole) => answer(StatusCode::OK, &common, bytes),
        Some(Asked::Beyond) => {
            let problem = Problem::new(ProblemKind::NotSatisfiable, format!("the file has {whole} bytes"));
            Err(problem.with(header::CONTENT_RANGE, value(&format!("bytes */{whole}"))))
        }
        Some(Asked::Part(Range { first, last })) => {
            let part = bytes[usize::try_from(first).unwrap_or(0)..=usize::try_from(last).unwrap_or(0)].to_vec();
            let mut response = answer(StatusCode::PARTIAL_CONTENT, &common, part)?;
            let place = value(&format!("bytes {first}-{last}/{whole}"));
            response.headers_mut().insert(header::CONTENT_RANGE, place);
            Ok(response)
        }
    }
}

fn answer(status: StatusCode, headers: &[(HeaderName, String)], bytes: Vec<u8>) -> Result<Response<Body>, Problem> {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().extend(headers.iter().map(|(name, text)| (name.clone(), value(text))));
    Ok(response)
}

/// Makes the value of a header from a text of digits, digests and names without control characters.
fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// Returns whether the client has the file already.
fn asks_for_another(headers: &HeaderMap, tag: &str) -> bool {
    let listed = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    listed.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

/// Returns whether a range is asked of this very file.
fn range_is_of(headers: &HeaderMap, tag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes())
}

/// The places of the first and the last byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    first: u64,
    last: u64,
}

/// What a `Range` header asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// The whole file: the header has another unit, or several ranges.
    Whole,
    /// These bytes.
    Part(Range),
    /// Bytes that the file does not have.
    Beyond,
}

impl Range {
    /// Reads a `Range` header for a file of this many bytes. <https://www.rfc-editor.org/rfc/rfc9110#name-range>
    fn parse(header: &str, whole: u64) -> Asked {
        let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
            return Asked::Whole;
        };
        let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
            (Ok(first), Ok(last)) if first <= last => (first, last.min(whole.saturating_sub(1))),
            (Ok(first), Err(_)) if last.is_empty() => (first, whole.saturating_sub(1)),
            (Err(_), Ok(0)) if first.is_empty() => return Asked::Beyond,
            (Err(_), Ok(length)) if first.is_empty() => (whole.saturating_sub(length), whole.saturating_sub(1)),
            _ => return Asked::Whole,
        };
        if first >= whole { Asked::Beyond } else { Asked::Part(Self { first, last }) }
    }
}

/// Returns a name that every header and every system takes.
fn file_name(title: &str) -> String {
    let kept: String =
        title.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' }).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let name: String = words.join("-").chars().take(60).collect();
    if name.is_empty() { "book".to_owned() } else { name }
}

fn media_type(ending: &str) -> &'static str {
    match ending.rsplit('.').next().unwrap_or_default() {
        "md" => "text/markdown; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "epub" => "application/epub+zip",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "jpg" => "image/jpeg",
        "zip" => "application/zip",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_read_as_the_standard_has_it() {
        let part = |first, last| Asked::Part(Range { first, last });
        for (header, asked) in [
            ("bytes=0-9", part(0, 9)),
            ("bytes=90-", part(90, 99)),
            ("bytes=90-1000", part(90, 99)),
            ("bytes=-10", part(90, 99)),
            ("bytes=-1000", part(0, 99)),
            ("bytes=100-", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=9-0", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("bytes=-", Asked::Whole),
        ] {
            assert_eq!(Range::parse(header, 100), asked, "{header}");
        }
        assert_eq!(Range::parse("bytes=0-", 0), Asked::Beyond);
    }

    #[test]
    fn a_title_makes_a_name_that_no_header_takes_for_more() {
        assert_eq!(file_name("Bread: A/B \"Test\"\r\nX-Evil: 1"), "bread-a-b-test-x-evil-1");
        assert_eq!(file_name("静かな本"), "book");
    }
}
