//! Reads YAML into a tree with lines.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{
    Error, Location, MessageFormatter, Options, Spanned, UserMessageFormatter,
    budget::BudgetBreach,
    options::{DuplicateKeyPolicy, NonFiniteFloatPolicy},
};

use super::{
    fault::{Fault, Problem},
    node::{Entry, MAX_DEPTH, Node, Value},
};

/// Reads a document whose first line is line `first` of the outline.
pub(super) fn read(source: &str, first: usize) -> Result<Node, Problem> {
    let tree = serde_saphyr::from_str_with_options::<Option<Spanned<Tree>>>(source, options());
    match tree {
        Ok(Some(tree)) => Ok(node(tree, &Source { source, first })),
        Ok(None) => Ok(Node { line: Some(first), value: Value::Null }),
        Err(error) => Err(problem(&error, first)),
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        // A few bytes of anchors and aliases could expand to a document without bounds.
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            max_documents: 1,
            max_events: 3_000_000,
            max_nodes: 1_000_000,
            max_aliases: 1_000,
            max_anchors: 1_000,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 100_000,
            max_replay_stack_depth: MAX_DEPTH,
        },
        // The reader of fields reports repeated keys with all other faults.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        strict_booleans: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

fn problem(error: &Error, first: usize) -> Problem {
    let error = error.without_snippet();
    let line = error.location().map(|place| line_of(&place, first));
    let fault = match error {
        Error::Budget { breach: BudgetBreach::Depth { .. }, .. } => Fault::TooDeep,
        _ => Fault::Yaml { detail: UserMessageFormatter.format_message(error).into_owned() },
    };
    Problem::new(line, fault)
}

fn line_of(place: &Location, first: usize) -> usize {
    let line = usize::try_from(place.line()).unwrap_or(usize::MAX);
    line.saturating_sub(1).saturating_add(first)
}

struct Source<'a> {
    source: &'a str,
    first: usize,
}

fn node(tree: Spanned<Tree>, from: &Source<'_>) -> Node {
    let line = Some(line_of(&tree.referenced, from.first));
    let value = match tree.value {
        Tree::Text(text) => Value::Text(text),
        Tree::Scalar(resolved) => Value::Plain(from.raw(&tree.defined).unwrap_or(resolved)),
        Tree::List(items) => Value::List(items.into_iter().map(|item| node(item, from)).collect()),
        Tree::Map(entries) => Value::Map(
            entries
                .into_iter()
                .map(|(key, value)| Entry {
                    line: Some(line_of(&key.referenced, from.first)),
                    key: key.value,
                    value: node(value, from),
                })
                .collect(),
        ),
    };
    Node { line, value }
}

impl Source<'_> {
    /// Returns a scalar as it was typed. As a number, `1.10` would become `1.1`.
    fn raw(&self, place: &Location) -> Option<String> {
        let start = usize::try_from(place.span().byte_offset()?).ok()?;
        let length = usize::try_from(place.span().byte_len()?).ok()?;
        let raw = self.source.get(start..start.checked_add(length)?)?;
        Some(raw.trim().to_owned())
    }
}

/// A value as the YAML reader resolves it.
enum Tree {
    Text(String),
    Scalar(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(Spanned<String>, Spanned<Self>)>),
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a list or a mapping")
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
        Ok(Tree::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Scalar("null".to_owned()))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Scalar(value.to_string()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(source: &str) -> Vec<Entry> {
        match read(source, 1).unwrap().value {
            Value::Map(entries) => entries,
            other => panic!("not a map: {other:?}"),
        }
    }

    #[test]
    fn every_key_and_value_has_its_line() {
        let entries = map("a: 1\n\nb:\n  - x\n  - >\n    folded\n    text\n");
        assert_eq!((entries[0].line, entries[1].line), (Some(1), Some(3)));
        let Value::List(items) = &entries[1].value.value else { panic!("not a list") };
        // A folded text begins where its words do.
        assert_eq!((items[0].line, items[1].line), (Some(4), Some(6)));
        assert_eq!(items[1].as_text(), Some("folded text\n"));
        let shifted = read("\na: [", 10).unwrap_err();
        assert_eq!(shifted.line, Some(11));
    }

    #[test]
    fn unquoted_scalars_keep_their_spelling() {
        for (typed, text) in [("1984", "1984"), ("1.10", "1.10"), ("true", "true"), ("0x1F", "0x1F")] {
            let entries = map(&format!("title: {typed}\n"));
            assert_eq!(entries[0].value.as_text(), Some(text));
        }
        for word in ["no", "on", "2024-05-01", "[a]: b", ".inf", "日本"] {
            let entries = map(&format!("title: \"{word}\"\nplain: {}\n", word.replace("[a]: b", "ab")));
            assert_eq!(entries[0].value.value, Value::Text(word.to_owned()));
            assert!(entries[1].value.as_text().is_some(), "{word}");
        }
        assert!(map("title:\n")[0].value.is_null());
        assert!(map("title: ~\n")[0].value.is_null());
        assert_eq!(map("title: \"~\"\n")[0].value.as_text(), Some("~"));
    }

    #[test]
    fn an_alias_stands_for_its_anchor() {
        let entries = map("a: &x 1.10\nb: *x\n");
        assert_eq!(entries[1].value.as_text(), Some("1.10"));
        assert_eq!(entries[1].value.line, Some(2));
    }

    #[test]
    fn a_bomb_of_aliases_is_rejected() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let below = format!("*a{}, ", level - 1).repeat(10);
            bomb += &format!("a{level}: &a{level} [{below}]\n");
        }
        assert!(read(&bomb, 1).is_err());
    }

    #[test]
    fn a_long_text_that_many_aliases_repeat_is_rejected_before_it_fills_memory() {
        for text in ["x", "1"] {
            let bomb = format!("- &a {}\n{}", text.repeat(900_000), "- *a\n".repeat(900));
            let at = read(&bomb, 1).unwrap_err().line.unwrap();
            assert!(at < 100, "the reader came to line {at}");
        }
    }

    #[test]
    fn deep_nesting_and_second_documents_are_rejected() {
        let deep = "[".repeat(10_000);
        assert!(read(&deep, 1).is_err());
        let indented: String = (0..500).map(|depth| " ".repeat(depth) + "a:\n").collect();
        assert_eq!(read(&indented, 1).unwrap_err().fault, Fault::TooDeep);
        assert!(read("a: 1\n---\nb: 2\n", 1).is_err());
    }

    #[test]
    fn an_empty_document_is_null() {
        assert!(read("", 1).unwrap().is_null());
        assert!(read("# only a comment\n", 1).unwrap().is_null());
    }
}
