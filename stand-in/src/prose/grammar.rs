//! A language's grammar: rules with alternatives, read from a file.
//!
//! A rule is written `name = alternative | alternative`, going on in lines that begin with a bar. `<name>` stands for
//! an alternative of that rule, `<word>`, `<topic>` and `<point>` for what the text is about. Lines that begin with `#`
//! are comments.

use std::{collections::HashMap, sync::LazyLock};

/// A language's rules.
#[derive(Debug)]
pub(super) struct Grammar {
    rules: Vec<Vec<Vec<Piece>>>,
    names: HashMap<&'static str, usize>,
    capitalises_nouns: bool,
}

/// A piece of an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Text as it stands.
    Text(&'static str),
    /// An alternative of the rule with this number.
    Rule(usize),
    /// A word of what the text is about.
    Word,
    /// The whole of what the text is about, in a few words.
    Topic,
    /// The point to be made.
    Point,
}

static LANGUAGES: LazyLock<[(&str, Grammar); 6]> = LazyLock::new(|| {
    [
        ("en", Grammar::read(include_str!("languages/en.txt"))),
        ("de", german()),
        ("fr", Grammar::read(include_str!("languages/fr.txt"))),
        ("es", Grammar::read(include_str!("languages/es.txt"))),
        ("ja", Grammar::read(include_str!("languages/ja.txt"))),
        ("zh", Grammar::read(include_str!("languages/zh.txt"))),
    ]
});

static FILLER: LazyLock<Grammar> = LazyLock::new(|| Grammar::read(include_str!("languages/la.txt")));

fn german() -> Grammar {
    Grammar { capitalises_nouns: true, ..Grammar::read(include_str!("languages/de.txt")) }
}

impl Grammar {
    /// Returns the grammar for a BCP 47 tag, by its primary subtag.
    pub(super) fn of(tag: &str) -> &'static Self {
        let primary = tag.split(['-', '_']).next().unwrap_or(tag);
        LANGUAGES
            .iter()
            .find_map(|(known, grammar)| primary.eq_ignore_ascii_case(known).then_some(grammar))
            .unwrap_or(&FILLER)
    }

    /// Returns the number of a rule every grammar has.
    pub(super) fn rule(&self, name: &str) -> usize {
        *self.names.get(name).unwrap_or_else(|| panic!("every grammar has a rule {name:?}"))
    }

    /// Returns the alternatives of a rule.
    pub(super) fn alternatives(&self, rule: usize) -> &[Vec<Piece>] {
        &self.rules[rule]
    }

    /// Returns whether the language writes its nouns with a capital.
    pub(super) fn capitalises_nouns(&self) -> bool {
        self.capitalises_nouns
    }

    /// Returns how many rules there are.
    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    fn read(file: &'static str) -> Self {
        let mut sources: Vec<(&str, Vec<&str>)> = Vec::new();
        for line in file.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(more) = line.strip_prefix('|') {
                let (_, alternatives) = sources.last_mut().expect("a bar continues a rule");
                alternatives.extend(more.split('|').map(str::trim));
            } else {
                let (name, alternatives) = line.split_once('=').expect("a rule has an equals sign");
                sources.push((name.trim(), alternatives.split('|').map(str::trim).collect()));
            }
        }
        let names: HashMap<_, _> = sources.iter().enumerate().map(|(number, (name, _))| (*name, number)).collect();
        let rules = sources
            .iter()
            .map(|(_, alternatives)| alternatives.iter().map(|text| pieces(text, &names)).collect())
            .collect();
        Self { rules, names, capitalises_nouns: false }
    }
}

fn pieces(mut text: &'static str, names: &HashMap<&str, usize>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    while let Some((before, rest)) = text.split_once('<') {
        let (name, after) = rest.split_once('>').expect("a reference is closed");
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(match name {
            "word" => Piece::Word,
            "topic" => Piece::Topic,
            "point" => Piece::Point,
            _ => Piece::Rule(*names.get(name).unwrap_or_else(|| panic!("the rule {name:?} is in the file"))),
        });
        text = after;
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = (&'static str, &'static Grammar)> {
        LANGUAGES.iter().map(|(tag, grammar)| (*tag, grammar)).chain([("la", &*FILLER)])
    }

    fn expands(grammar: &Grammar, rule: usize, above: &mut Vec<usize>) {
        assert!(!above.contains(&rule), "rule {rule} contains itself");
        above.push(rule);
        for piece in grammar.alternatives(rule).iter().flatten() {
            if let Piece::Rule(inner) = piece {
                expands(grammar, *inner, above);
            }
        }
        above.pop();
    }

    #[test]
    fn every_language_has_the_same_entry_rules_and_no_rule_contains_itself() {
        for (tag, grammar) in all() {
            for rule in 0..grammar.len() {
                assert!(!grammar.alternatives(rule).is_empty(), "{tag}");
                expands(grammar, rule, &mut Vec::new());
            }
            for entry in super::super::voice::ENTRIES {
                assert!(grammar.names.contains_key(entry), "{tag} lacks {entry}");
            }
        }
    }

    #[test]
    fn every_sentence_of_every_language_ends_as_a_sentence() {
        for (tag, grammar) in all() {
            for entry in ["opening", "turn", "sentence", "make", "closing"] {
                for pieces in grammar.alternatives(grammar.rule(entry)) {
                    let Some(Piece::Text(end)) = pieces.last() else {
                        panic!("{tag}: an alternative of {entry} ends in a reference")
                    };
                    assert!(end.ends_with(['.', '?', '!', '。', '？']), "{tag}: {end}");
                }
            }
        }
    }

    #[test]
    fn a_tag_is_known_by_its_primary_subtag() {
        assert!(std::ptr::eq(Grammar::of("de-CH"), Grammar::of("DE")));
        assert!(std::ptr::eq(Grammar::of("pt-BR"), &*FILLER));
        assert!(!std::ptr::eq(Grammar::of("zh-Hant"), &*FILLER));
    }
}
