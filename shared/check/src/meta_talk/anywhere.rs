//! What no author writes, wherever it stands: placeholders, scaffolding, a model that speaks of itself.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bindery_text::markdown::{Block, Kind};

use super::MetaTalk;
use crate::{
    lemma::fold,
    phrase::{Patterns, Sentences, excerpt},
};

/// Tags and tokens of reasoning, prompts and chat templates, and field names of the contract and the context, as JSON or
/// bare.
static SCAFFOLDING: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of(&[
        "<think",
        "</think",
        "<reasoning",
        "</reasoning",
        "<scratchpad",
        "</scratchpad",
        "<contract",
        "</contract",
        "<answer>",
        "</answer>",
        "<|im_",
        "<|end",
        "<|eot",
        "<|start",
        "<|assistant",
        "[/inst]",
        "\"points\":",
        "\"mend\":",
        "\"task\":",
        "\"unit\":",
        "target_words",
        "opening_move",
        "closing_move",
        "handoff_in",
        "handoff_out",
        "may_reference",
        "example_domain",
        "length_words",
    ])
});

/// The brackets that open a placeholder.
const BRACKETS: [char; 3] = ['[', '【', '［'];

/// How a bracketed placeholder begins.
const PLACEHOLDERS: &[&str] = &[
    "placeholder",
    "your text here",
    "to be continued",
    "to be completed",
    "continued in the next",
    "continue here",
    "continues here",
    "section continues",
    "chapter continues",
    "rest of the section",
    "rest of the chapter",
    "rest of the text",
    "end of section",
    "end of chapter",
    "end of text",
    "end of draft",
    "end of response",
    "todo:",
    "todo]",
    "tbd:",
    "tbd]",
    "add more",
    "add example",
    "add details",
    "text continues",
    "text truncated",
    "truncated",
    "omitted for brevity",
    "content omitted",
    "platzhalter",
    "hier einfügen",
    "beispiel einfügen",
    "einfügen:",
    "fortsetzung",
    "à compléter",
    "insérer",
    "texte ici",
    "insertar",
    "inserte",
    "por completar",
    "inserire",
    "da completare",
    "inserir",
    "voeg hier",
    "invoegen",
    "вставить",
    "вставьте",
    "wstaw",
    "此处插入",
    "在此插入",
    "待续",
    "待補",
    "待补充",
    "続く]",
    "続く】",
    "続く］",
];

/// What follows "insert" in an author's placeholder. A form in a book may say "insert name".
const INSERTED: &[&str] = &[
    "anecdote",
    "appropriate",
    "case",
    "chapter",
    "chart",
    "citation",
    "code",
    "content",
    "data",
    "detail",
    "details",
    "diagram",
    "example",
    "examples",
    "figure",
    "graph",
    "here",
    "illustration",
    "image",
    "link",
    "more",
    "paragraph",
    "photo",
    "quotation",
    "quote",
    "reference",
    "relevant",
    "section",
    "source",
    "specific",
    "statistic",
    "statistics",
    "story",
    "table",
    "text",
    "transition",
];

/// How a model speaks of itself. A machine that narrates a novel never says these words.
static MODEL: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    as an ai? language model|assistant? ,? i|my
    as a large? language model ,? i|my
    as a large? language model trained|developed|created by
    as an ai model|assistant? ,? i cannot|can|'m|am|do|don 't|not|unable? able? to? .. write|provide|generate|create|produce|help|assist|fulfill|fulfil|comply|offer|browse|access
    i 'm|am a|an|just|only a|an? large|ai? language model
    als ki|ai? - sprachmodell|modell ,? kann|habe|bin|darf|ist
    als großes? sprachmodell ,? kann|habe|bin|darf ich
    en tant que modèle|grand de|modèle langage|langue|de langage? ,? je
    en tant qu 'ia|'intelligence artificielle? ,? je ne peux|suis
    como un? modelo de lenguaje ,? no|yo|mi
    como ia|inteligencia artificial? ,? no puedo|tengo
    come|in quanto|modello modello? linguistico ,? non|io
    como um? modelo de linguagem ,? não|eu
    como uma? ia|inteligência artificial? ,? não posso|tenho
    als een? ai|groot - taalmodel kan|heb|ben
    как языковая модель ,? я
    jako model językowy ,? nie|ja
    ",
    )
});

/// How a model speaks of itself in scripts without spaces.
static MODEL_UNSPACED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of(&[
        "ai言語モデルとして",
        "大規模言語モデルとして",
        "作为一个ai语言模型",
        "作为ai语言模型",
        "作为一个人工智能语言模型",
        "作为一个大型语言模型",
        "作为人工智能助手，我",
        "作为一名ai助手，我",
        "作為一個ai語言模型",
        "作為ai語言模型",
        "ai 언어 모델로서",
        "언어 모델로서 저는",
    ])
});

/// Finds what is wrong wherever it stands, except in code.
pub(super) fn find(blocks: &[Block]) -> Option<MetaTalk> {
    blocks.iter().filter(|block| !matches!(block.kind, Kind::Code { .. } | Kind::Rule)).find_map(|block| {
        let prose = block.prose();
        let lower = fold(&prose);
        let found = scaffolding(&lower);
        if block.quoted {
            return found;
        }
        found.or_else(|| placeholder(&lower)).or_else(|| model(&prose, &lower))
    })
}

/// Builds one automaton for many phrases, so that a text is read once.
fn any_of(phrases: &[&str]) -> AhoCorasick {
    AhoCorasick::new(phrases).expect("an automaton of a few short phrases stays below its limits")
}

fn scaffolding(lower: &str) -> Option<MetaTalk> {
    let found = SCAFFOLDING.find(lower)?;
    Some(MetaTalk::Scaffolding(excerpt(&lower[found.start()..])))
}

fn placeholder(lower: &str) -> Option<MetaTalk> {
    if lower.contains("content unavailable]") {
        return Some(MetaTalk::Placeholder(excerpt(lower)));
    }
    lower.match_indices(BRACKETS).find_map(|(start, bracket)| {
        let inner = head(&lower[start + bracket.len()..]).trim_start();
        let group = inner.split([']', '】', '］']).next().unwrap_or_default();
        let begins = group.contains("を挿入") || PLACEHOLDERS.iter().any(|placeholder| inner.starts_with(placeholder));
        (begins || inserts(inner)).then(|| MetaTalk::Placeholder(excerpt(&lower[start..])))
    })
}

/// Returns the beginning of a bracketed group. The rest is not read, so that many open brackets take linear time.
fn head(group: &str) -> &str {
    const CHARACTERS: usize = 80;

    let end = group.char_indices().nth(CHARACTERS).map_or(group.len(), |(end, _)| end);
    &group[..end]
}

fn inserts(inner: &str) -> bool {
    let Some(rest) = inner.strip_prefix("insert ") else {
        return false;
    };
    rest.split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .find(|word| !matches!(*word, "a" | "an" | "the" | "your" | "some" | "another"))
        .is_some_and(|word| INSERTED.contains(&word))
}

fn model(prose: &str, lower: &str) -> Option<MetaTalk> {
    if let Some(found) = MODEL_UNSPACED.find(lower) {
        let (before, from) = lower.split_at(found.start());
        return (!before.ends_with(['“', '「', '『', '"'])).then(|| MetaTalk::Model(excerpt(from)));
    }
    let sentences = Sentences::new(prose);
    let found = sentences.clauses().find(|tokens| MODEL.begin(tokens));
    found.map(|tokens| MetaTalk::Model(sentences.excerpt(tokens)))
}
