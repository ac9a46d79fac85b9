//! Reads JSON into a tree with lines.
//!
//! `serde_json` knows the lines of errors alone. But its raw values are slices of the source, so that a value stands
//! where its slice begins.

use bindery_domain::{JsonMember, JsonMembers};
use serde_json::value::RawValue;

use super::{
    fault::{Fault, Problem},
    node::{Entry, MAX_DEPTH, Node, Value},
    source::LineCounter,
};

/// Reads a document.
pub(super) fn read(source: &str) -> Result<Node, Problem> {
    let counter = LineCounter::new(source, 1);
    let mut lines = Lines { source, counter };
    let root: &RawValue = serde_json::from_str(source).map_err(|error| syntax(1, &error))?;
    node(root, 0, &mut lines)
}

fn node(raw: &RawValue, depth: usize, lines: &mut Lines<'_>) -> Result<Node, Problem> {
    let text = raw.get();
    let line = lines.of(text);
    if depth > MAX_DEPTH {
        return Err(Problem::new(line, Fault::TooDeep));
    }
    let broken = |error| syntax(line, &error);
    let value = match text.as_bytes()[0] {
        b'{' => {
            let JsonMembers(members) = serde_json::from_str(text).map_err(broken)?;
            let entries = members.into_iter().map(|member| entry(&member, depth, lines));
            Value::Map(entries.collect::<Result<_, _>>()?)
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(broken)?;
            let nodes = items.into_iter().map(|item| node(item, depth + 1, lines));
            Value::List(nodes.collect::<Result<_, _>>()?)
        }
        b'"' => Value::Text(serde_json::from_str(text).map_err(broken)?),
        b't' => Value::Bool(true),
        b'f' => Value::Bool(false),
        b'n' => Value::Null,
        _ => Value::Number(text.to_owned()),
    };
    Ok(Node { line: Some(line), value })
}

fn entry(
    &JsonMember { name: key, value }: &JsonMember<'_>,
    depth: usize,
    lines: &mut Lines<'_>,
) -> Result<Entry, Problem> {
    let line = lines.of(key.get());
    Ok(Entry {
        line: Some(line),
        key: serde_json::from_str(key.get()).map_err(|error| syntax(line, &error))?,
        value: node(value, depth + 1, lines)?,
    })
}

/// Returns the problem with a text that begins in line `first`.
fn syntax(first: usize, error: &serde_json::Error) -> Problem {
    let line = first + error.line().saturating_sub(1);
    let message = error.to_string();
    let detail = message.split(" at line ").next().unwrap_or_default();
    let detail = detail.to_owned();
    Problem::new(line, Fault::Json { detail })
}

/// Finds the lines of slices of the source. They must be asked for in ascending order.
struct Lines<'a> {
    source: &'a str,
    counter: LineCounter<'a>,
}

impl Lines<'_> {
    fn of(&mut self, slice: &str) -> usize {
        let start = slice.as_ptr().addr() - self.source.as_ptr().addr();
        self.counter.line_at(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of_fault(source: &str) -> (Option<usize>, Fault) {
        let problem = read(source).unwrap_err();
        (problem.line, problem.fault)
    }

    #[test]
    fn every_key_and_value_has_its_line() {
        let root = read("\n{ \"a\": 1,\n\n\"b\":\n[true,\n \"x\\ny\"] }").unwrap();
        assert_eq!(root.line, Some(2));
        let Value::Map(entries) = root.value else { panic!("not a map") };
        assert_eq!((entries[0].line, entries[1].line), (Some(2), Some(4)));
        assert_eq!(entries[1].value.line, Some(5));
        let Value::List(items) = &entries[1].value.value else { panic!("not a list") };
        assert_eq!(items[1].line, Some(6));
        assert_eq!(items[1].as_text(), Some("x\ny"));
    }

    #[test]
    fn repeated_keys_are_kept_for_the_schema_to_reject() {
        let Value::Map(entries) = read(r#"{"a": 1, "a": 2}"#).unwrap().value else { panic!("not a map") };
        assert_eq!(entries.len(), 2);
    }

    #[test]
    fn syntax_errors_name_their_line() {
        let (line, fault) = line_of_fault("{\n\"a\": 1,\n}");
        assert_eq!(line, Some(3));
        let detail = "key must be a string".to_owned();
        assert_eq!(fault, Fault::Json { detail });
        assert_eq!(line_of_fault("{\"a\":\n\n \"\\ud800\"}").0, Some(3));
        assert_eq!(line_of_fault("").0, Some(1));
        assert_eq!(line_of_fault("{}\n{}").0, Some(2));
    }

    #[test]
    fn deep_nesting_is_rejected_without_recursing_into_it() {
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        assert_eq!(line_of_fault(&deep).1, Fault::TooDeep);
    }
}
