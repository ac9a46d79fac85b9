//! The tags that name what a client has read, so that nobody overwrites what somebody else has changed since.
//! <https://www.rfc-editor.org/rfc/rfc9110#name-if-match>

use axum::http::{HeaderMap, HeaderValue, header};

use crate::problem::Problem;

/// Makes the value of an `ETag` header from a name without quotation marks.
pub(crate) fn tag(name: &str) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{name}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Returns the name in an `If-Match` header; `None` where there is none, or where it takes whatever is there.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Problem::outdated())?.trim();
    if text == "*" {
        return Ok(None);
    }
    // What two may write has one tag, and a weak one cannot be compared.
    let name = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|name| !name.contains('"'));
    name.map(|name| Some(name.to_owned())).ok_or_else(Problem::outdated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(value: &str) -> Option<Option<String>> {
        let headers = [(header::IF_MATCH, HeaderValue::from_str(value).unwrap())].into_iter().collect();
        if_match(&headers).ok()
    }

    #[test]
    fn a_tag_is_read_as_it_was_written() {
        let written = tag("2.1");
        assert_eq!(named(written.to_str().unwrap()), Some(Some("2.1".to_owned())));
        assert_eq!(named("*"), Some(None));
        assert_eq!(if_match(&HeaderMap::new()).ok(), Some(None));
    }

    #[test]
    fn a_weak_tag_or_a_list_names_nothing() {
        for value in ["W/\"2.1\"", "\"2.1\", \"2.0\"", "2.1"] {
            assert_eq!(named(value), None, "{value}");
        }
    }
}
