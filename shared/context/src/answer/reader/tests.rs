use proptest::prelude::*;
use serde_json::json;

use super::*;

fn read(text: &str) -> Value {
    Reader::new(text).value().unwrap_or_default()
}

#[test]
fn marks_within_a_text_and_escapes_are_kept() {
    assert_eq!(read(r#"{"a": "he said "go" and went", "b": "x"}"#), json!({"a": "he said \"go\" and went", "b": "x"}));
    assert_eq!(
        read(
            r#"["a\n\"b\"", "\u00e9\ud83d\ude00", "two
lines"]"#
        ),
        json!(["a\n\"b\"", "é😀", "two\nlines"])
    );
    assert_eq!(read("{“a”: “b”, c: 'd'}"), json!({"a": "b", "c": "d"}));
}

#[test]
fn null_is_left_out_and_numbers_keep_their_digits() {
    assert_eq!(read(r#"{"a": null, "b": 1.10, "c": 600, "d": true}"#), json!({"b": "1.10", "c": "600", "d": true}));
    assert_eq!(read(r#"{"a": "null", "b": ["x", ..., "y", …]}"#), json!({"b": ["x", "y"]}));
}

#[test]
fn a_text_ends_where_a_comma_was_forgotten() {
    let expected = json!({"a": "Ebb", "b": "Water goes", "c": ["1.1", "1.2"]});
    for text in [
        "{\"a\": \"Ebb\"\n\"b\": \"Water goes\"\n\"c\": [\"1.1\"\n\"1.2\"]}",
        "{\"a\": \"Ebb\" \"b\": \"Water goes\" \"c\": [\"1.1\" \"1.2\"]}",
        "{a: 'Ebb'\nb: 'Water goes'\nc: ['1.1'\n  '1.2']}",
        "{\"a\": Ebb \"b\": Water goes \"c\": [1.1, 1.2]}",
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    assert_eq!(read("[\"a\"\n{\"b\": \"c\"}\n[\"d\"]]"), json!(["a", {"b": "c"}, ["d"]]));
}

#[test]
fn words_within_a_text_do_not_end_it() {
    for words in [
        "He said: \"Go!\"\n\"Stay,\" she said.",
        "he said \"go\", and went",
        "a list of \"ebb\", \"flood\" and \"spring\" tides",
        "the words \"ebb\" \"flood\" stand together",
        "what he calls \"ebb\": the water goes",
        "the \"fifth\" # of them",
        "a board (of \"6 inches\"] wide",
    ] {
        let expected = json!({"a": words, "b": "x"});
        assert_eq!(read(&format!("{{\"a\": \"{words}\", \"b\": \"x\"}}")), expected);
        assert_eq!(read(&format!("{{\"a\": \"{words}\"\n\"b\": \"x\"}}")), expected);
    }
    let inches = json!({"a": "a pipe of 6\" width", "b": "x"});
    assert_eq!(read("{\"a\": \"a pipe of 6\" width\", \"b\": \"x\"}"), inches);
}

#[test]
fn comments_of_every_kind_are_left_out() {
    let text = "{ # fields\n\"a\": \"x\", # title: \"x\"\n\"b\": \"y\" # the model's words\n, \"c\": 600 # words\n\
                \"d\": \"z\" // last\n}";
    assert_eq!(read(text), json!({"a": "x", "b": "y", "c": "600", "d": "z"}));
    let kept = json!({"a": "http://x#y", "b": "C # minor"});
    assert_eq!(read("{\"a\": \"http://x#y\", \"b\": \"C # minor\"}"), kept);
}

#[test]
fn other_quotation_marks_and_wide_marks_are_read() {
    let expected = json!({"title": "潮", "points": ["1.1", "1.2"], "length": "600"});
    for text in [
        "{“title”：“潮”，“points”：[“1.1”，“1.2”]，“length”：600}",
        "{\"title\"：\"潮\"，\"points\"：[1.1，1.2]，\"length\"：600}",
        "{`title`: `潮`, `points`: [`1.1`, `1.2`], `length`: 600}",
        "{‘title’: ‘潮’, ‘points’: [‘1.1’, ‘1.2’], ‘length’: 600}",
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    assert_eq!(read("{\"a\": \"他说\"去\"，然后走了\"}"), json!({"a": "他说\"去\"，然后走了"}));
}

#[test]
fn a_bracket_that_was_forgotten_or_is_too_many_loses_nothing() {
    let expected = json!({"a": [{"b": "x"}, {"b": "y"}], "c": "z"});
    for text in [
        r#"{"a": [{"b": "x", {"b": "y"}], "c": "z"}"#,
        r#"{"a": [{"b": "x"}, {"b": "y"], "c": "z"}"#,
        r#"{"a": [{"b": "x"}}, {"b": "y"}], "c": "z"}"#,
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    assert_eq!(read(r#"{"a": {"b": ["x", "y"}, "c": "z"}"#), json!({"a": {"b": ["x", "y"]}, "c": "z"}));
}

#[test]
fn an_escape_that_json_does_not_know_loses_nothing() {
    let text = r#"{"a": "the path C:\users and \sum", "b": "x"}"#;
    assert_eq!(read(text), json!({"a": r"the path C:\users and \sum", "b": "x"}));
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_or_stop_before_its_end(text in r#"[\[\]{}",:\\/*'“” a1\n]{0,60}|\PC{0,60}"#) {
        Reader::new(&text).value();
    }

    #[test]
    fn all_json_of_texts_is_read_as_it_is(keys in prop::collection::btree_map("[a-z]{1,6}", prop::collection::vec(r"[a-zé“”.!? ]{0,12}", 0..4), 1..5)) {
        let value = serde_json::to_value(&keys).unwrap();
        prop_assert_eq!(&read(&value.to_string()), &value);
        prop_assert_eq!(read(&serde_json::to_string_pretty(&value).unwrap()), value);
    }
}
