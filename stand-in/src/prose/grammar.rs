//! The grammar of a language: rules with alternatives, read from a file.
//!
//! A rule is written `name = alternative | alternative`. It continues in lines that begin with a bar. `<name>` stands for
//! an alternative of that rule; `<word>`, `<topic>` and `<point>` stand for what the text is about. Lines that begin with
//! `#` are comments.

use std::{collections::HashMap, sync::LazyLock};

/// The rules of a language.
#[derive(Debug)]
pub(super) struct Grammar {
    /// For each rule its alternatives, which are sequences of symbols.
    rules: Vec<Vec<Vec<Symbol>>>,
    names: HashMap<&'static str, usize>,
    capitalises_nouns: bool,
}

/// One part of an alternative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    /// Literal text.
    Text(&'static str),
    /// An alternative of the rule with this number.
    Rule(usize),
    /// A keyword of the topic.
    Word,
    /// The whole topic, in a few words.
    Topic,
    /// The point to make.
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

    /// Returns the number of a rule that every grammar has.
    pub(super) fn rule(&self, name: &str) -> usize {
        *self.names.get(name).unwrap_or_else(|| panic!("every grammar has a rule {name:?}"))
    }

    /// Returns the alternatives of a rule.
    pub(super) fn alternatives(&self, rule: usize) -> &[Vec<Symbol>] {
        &self.rules[rule]
    }

    /// Returns whether the language capitalises its nouns.
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
            .map(|(_, alternatives)| alternatives.iter().map(|text| parse(text, &names)).collect())
            .collect();
        Self { rules, names, capitalises_nouns: false }
    }
}

fn parse(mut text: &'static str, names: &HashMap<&str, usize>) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    while let Some((before, rest)) = text.split_once('<') {
        let (name, after) = rest.split_once('>').expect("a reference is closed");
        if !before.is_empty() {
            symbols.push(Symbol::Text(before));
        }
        symbols.push(match name {
            "word" => Symbol::Word,
            "topic" => Symbol::Topic,
            "point" => Symbol::Point,
            _ => Symbol::Rule(*names.get(name).unwrap_or_else(|| panic!("the rule {name:?} is not in the file"))),
        });
        text = after;
    }
    if !text.is_empty() {
        symbols.push(Symbol::Text(text));
    }
    symbols
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
        for symbol in grammar.alternatives(rule).iter().flatten() {
            if let Symbol::Rule(inner) = symbol {
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
            for entry in super::super::generator::ENTRIES {
                assert!(grammar.names.contains_key(entry), "{tag} lacks {entry}");
            }
        }
    }

    #[test]
    fn every_sentence_of_every_language_ends_as_a_sentence() {
        for (tag, grammar) in all() {
            for entry in ["opening", "turn", "sentence", "make", "closing"] {
                for symbols in grammar.alternatives(grammar.rule(entry)) {
                    let Some(Symbol::Text(end)) = symbols.last() else {
                        panic!("{tag}: an alternative of {entry} ends in a reference")
                    };
                    assert!(end.ends_with(['.', '?', '!', '。', '？']), "{tag}: {end}");
                }
            }
        }
    }

    #[test]
    fn a_tag_is_recognised_by_its_primary_subtag() {
        assert!(std::ptr::eq(Grammar::of("de-CH"), Grammar::of("DE")));
        assert!(std::ptr::eq(Grammar::of("pt-BR"), &*FILLER));
        assert!(!std::ptr::eq(Grammar::of("zh-Hant"), &*FILLER));
    }
}
