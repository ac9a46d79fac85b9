//! A model that speaks of itself as a model.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::anywhere::any_of;
use crate::phrase::{Patterns, Sentences, Token, excerpt};

/// How a model speaks of itself.
static MODEL: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    as an ai? language model|assistant? ,? i|my
    as an ai ,? i don|do 't|not have
    as a large? language model ,? i|my
    as a large? language model trained|developed|created by
    as an ai model|assistant? ,? i cannot|can|'m|am|do|don 't|not|unable? able? to? .. write|provide|generate|create|produce|help|assist|fulfill|fulfil|comply|offer|browse|access
    i 'm|am just|only|simply? a|an large|ai language? model .|,|and|so|trained|developed|created|that|without|$
    i 'm|am just|only|simply a|an ai|large? language model
    as of my last|latest|knowledge training|knowledge? update|cutoff|cut|training|data
    my training|knowledge data|cutoff|cut -? off? ends|ended|goes|only|does|is|was|,|includes
    i don|do|can 't|not|cannot have? access to? real - time|current|live data|information|updates|internet
    als ki|ai? - sprachmodell|modell ,? kann|habe|bin|darf|ist
    als großes? sprachmodell ,? kann|habe|bin|darf ich
    meine trainingsdaten|wissensbasis reichen|reicht|enden|endet|umfassen
    en tant que modèle|grand de|modèle langage|langue|de langage? ,? je
    en tant qu 'ia|'intelligence artificielle? ,? je ne peux|suis
    mes données d 'entraînement
    como un? modelo de lenguaje ,? no|yo|mi
    como ia|inteligencia artificial? ,? no puedo|tengo
    mis datos de entrenamiento
    come|in quanto|modello modello? linguistico ,? non|io
    i miei dati di addestramento
    como um? modelo de linguagem ,? não|eu
    como uma? ia|inteligência artificial? ,? não posso|tenho
    meus dados de treinamento|treino
    als een? ai|groot - taalmodel kan|heb|ben
    mijn trainingsdata|trainingsgegevens
    som en? ai|stor? - språkmodell|modell kan|har|är jag
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
        "aiアシスタントとして、私",
        "私の学習データ",
        "私の知識のカットオフ",
        "作为一个ai语言模型",
        "作为ai语言模型",
        "作为一个人工智能语言模型",
        "作为一个大型语言模型",
        "作为人工智能助手，我",
        "作为一名ai助手，我",
        "作為一個ai語言模型",
        "作為ai語言模型",
        "我的训练数据截",
        "我的知识截止",
        "ai 언어 모델로서",
        "언어 모델로서 저는",
    ])
});

/// Words of a text that is about such machines, or that one of them narrates.
const SUBJECT: &[&str] = &[
    "machine",
    "machines",
    "model",
    "models",
    "ai",
    "chatbot",
    "chatbots",
    "robot",
    "robots",
    "prompt",
    "prompts",
    "assistant",
    "assistants",
    "algorithm",
    "algorithms",
    "computer",
    "computers",
    "software",
    "server",
    "servers",
    "program",
    "code",
    "ki",
    "modell",
    "modelle",
    "maschine",
    "maschinen",
    "modèle",
    "modèles",
    "ia",
    "modelo",
    "modelos",
    "máquina",
    "máquinas",
    "modello",
    "modelli",
    "macchina",
    "machine",
    "taalmodel",
    "modellen",
    "модель",
    "модели",
    "машина",
    "машины",
    "maszyna",
    "maszyny",
    "機械",
    "モデル",
    "機械学習",
    "模型",
    "机器",
    "機器",
];

/// Such a word must stand in a text more often than this for the machine to be its subject.
const MENTIONS: usize = 5;

/// Returns whether such machines are the subject of a text, which may then quote one.
pub(super) fn is_subject(source: &str) -> bool {
    let mentions = crate::phrase::words_of(source).filter(|word| SUBJECT.contains(&word.as_str()));
    mentions.take(MENTIONS + 1).count() > MENTIONS
}

/// Finds a sentence of a block in which a model speaks of itself; `lower` is the block's prose in lower case.
pub(super) fn find(lower: &str, sentences: &Sentences<'_>) -> Option<String> {
    if let Some(found) = MODEL_UNSPACED.find(lower) {
        let (before, from) = lower.split_at(found.start());
        return (!before.ends_with(['“', '「', '『', '"'])).then(|| excerpt(from));
    }
    let found = sentences.clauses().find(|tokens| MODEL.begin(tokens) && !is_mentioned(tokens));
    found.map(|tokens| sentences.excerpt(tokens))
}

/// Returns whether the text goes on to speak about the sentence: "… I cannot have opinions: the sentence turned up …"
fn is_mentioned(tokens: &[Token<'_>]) -> bool {
    const NEAR: usize = 24;
    const NAMES: &[&str] =
        &["sentence", "phrase", "words", "answer", "reply", "satz", "phrase", "frase", "zin", "фраза", "zdanie"];

    let near = &tokens[..tokens.len().min(NEAR)];
    near.windows(3)
        .any(|run| matches!(run[0].text(), ":" | "—" | "–") && run.iter().any(|token| NAMES.contains(&token.text())))
}
