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
    let common = [
        (header::ETAG, tag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::CONTENT_TYPE, media_type(&ending).to_owned()),
        // A file holds what a model wrote. A browser that shows it runs nothing of it.
        (header::CONTENT_DISPOSITION, disposition(&book.title, &ending)),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    if asks_for_another(&headers, &tag) {
        return answer(StatusCode::NOT_MODIFIED, &common, Vec::new());
    }
    let range = headers.get(header::RANGE).filter(|_| range_is_of(&headers, &tag));
    let whole = file.bytes;
    match range.and_then(|range| range.to_str().ok()).map(|range| Range::parse(range, whole)) {
        None | Some(Asked::Whole) => answer(StatusCode::OK, &common, service.files.get(&book.id, file).await?),
        Some(Asked::Beyond) => {
            let problem = Problem::new(ProblemKind::NotSatisfiable, format!("the file has {whole} bytes"));
            Err(problem.with(header::CONTENT_RANGE, value(&format!("bytes */{whole}"))))
        }
        Some(Asked::Part(Range { first, last })) => {
            let part = service.files.get_range(&book.id, file, first..last + 1).await?;
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

/// Has a browser save the file under the title of its book. Old clients read the name in ASCII, and all others the one in the
/// title's own script. <https://www.rfc-editor.org/rfc/rfc6266#section-4.1>
fn disposition(title: &str, ending: &str) -> String {
    let (ascii, own) = (file_name(title, |c| c.is_ascii_alphanumeric()), file_name(title, is_of_a_word));
    let plain = format!("attachment; filename=\"{ascii}.{ending}\"");
    if own == ascii { plain } else { format!("{plain}; filename*=UTF-8''{}.{ending}", percent_encoded(&own)) }
}

/// Makes a name of the words of a title that every system takes.
fn file_name(title: &str, is_kept: fn(char) -> bool) -> String {
    let kept: String = title.chars().map(|c| if is_kept(c) { c } else { ' ' }).collect::<String>().to_lowercase();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let name: String = words.join("-").chars().take(60).collect();
    let name = name.trim_end_matches('-');
    if name.is_empty() { "book".to_owned() } else { name.to_owned() }
}

/// Returns whether a character is a part of words. Marks like a virama are no letters, but without them a word is another one.
/// Punctuation, and what turns the direction of a text, are none.
fn is_of_a_word(c: char) -> bool {
    let joins = matches!(c, '\u{200c}' | '\u{200d}');
    let separates =
        matches!(c, '\0'..='\u{bf}' | '\u{2000}'..='\u{2e7f}' | '\u{3000}'..='\u{303f}' | '\u{30fb}' | '\u{fe00}'..);
    c.is_alphanumeric() || joins || !separates
}

/// Writes a text with the characters that a parameter of a header may have. <https://www.rfc-editor.org/rfc/rfc8187#section-3.2.1>
fn percent_encoded(text: &str) -> String {
    let encoded = text.bytes().map(|byte| match byte {
        byte if byte.is_ascii_alphanumeric() || byte == b'-' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    });
    encoded.collect()
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
        let plain = "attachment; filename=\"bread-a-b-test-x-evil-1.md\"";
        assert_eq!(disposition("Bread: A/B \"Test\"\r\nX-Evil: 1", "md"), plain);
        for (title, name) in [
            ("静かな本", "静かな本"),
            ("「静かな本」・上", "静かな本-上"),
            ("Été à Paris", "été-à-paris"),
            ("हिन्दी की किताब", "हिन्दी-की-किताब"),
            ("כותרת \u{202e}gpj.exe", "כותרת-gpj-exe"),
            ("../\u{2044}\u{ff0f}etc\u{7f}…", "etc"),
            ("😀", "book"),
        ] {
            assert_eq!(file_name(title, is_of_a_word), name);
        }
        let own = disposition("Été à Paris", "epub");
        assert_eq!(own, "attachment; filename=\"t-paris.epub\"; filename*=UTF-8''%C3%A9t%C3%A9-%C3%A0-paris.epub");
    }
}
