//! Lines that label the text below them as a draft or a version: "Section 2 (revised)", "Draft:".

/// Names of a text.
pub(super) const DRAFTS: &[&str] = &[
    "draft",
    "version",
    "text",
    "output",
    "response",
    "rewrite",
    "revision",
    "prose",
    "entwurf",
    "fassung",
    "brouillon",
    "version",
    "texte",
    "borrador",
    "versión",
    "texto",
    "bozza",
    "versione",
    "testo",
    "rascunho",
    "versão",
    "concept",
    "versie",
    "tekst",
    "utkast",
    "szkic",
    "wersja",
    "черновик",
    "версия",
    "вариант",
    "текст",
];

/// Names of a part of a book.
pub(super) const PARTS: &[&str] = &[
    "section",
    "subsection",
    "chapter",
    "passage",
    "content",
    "abschnitt",
    "kapitel",
    "chapitre",
    "sección",
    "capítulo",
    "sezione",
    "capitolo",
    "seção",
    "secção",
    "sectie",
    "paragraaf",
    "hoofdstuk",
    "avsnitt",
    "sekcja",
    "rozdział",
    "раздел",
    "глава",
];

/// What only a text that was written again is called.
pub(super) const REVISED: &[&str] = &[
    "revised",
    "rewritten",
    "updated",
    "expanded",
    "edited",
    "corrected",
    "polished",
    "shortened",
    "draft",
    "überarbeitet",
    "überarbeitete",
    "überarbeiteter",
    "révisé",
    "révisée",
    "réécrite",
    "réécrit",
    "revisado",
    "revisada",
    "reescrita",
    "reescrito",
    "rivisto",
    "rivista",
    "riscritta",
    "revista",
    "revisto",
    "herzien",
    "herziene",
    "herschreven",
    "omarbetad",
    "omarbetat",
    "reviderad",
    "reviderat",
    "poprawiona",
    "poprawiony",
    "исправленный",
    "исправленная",
    "переработанный",
    "переработанная",
];

/// What a draft is called.
const FINAL: &[&str] = &[
    "final",
    "new",
    "complete",
    "full",
    "clean",
    "improved",
    "second",
    "endgültige",
    "finale",
    "neue",
    "final",
    "definitiva",
    "definitivo",
    "nueva",
    "definitieve",
    "nieuwe",
    "slutlig",
    "ny",
    "ostateczna",
    "nowa",
    "итоговый",
    "новый",
    "окончательный",
    "the",
    "der",
    "die",
    "la",
    "le",
    "el",
    "il",
    "o",
    "a",
    "de",
    "het",
    "of",
];

/// Labels of a text in scripts without spaces.
const UNSPACED: &[&str] = &[
    "正文：",
    "草稿：",
    "初稿：",
    "修改稿：",
    "修订稿：",
    "修改后：",
    "本文：",
    "下書き：",
    "原稿：",
    "改訂版：",
    "修正版：",
    "改稿：",
    "본문:",
    "초안:",
    "수정본:",
];

/// Labels that may stand before the text on its first line.
const BEFORE_TEXT: &[&str] = &[
    "draft:",
    "first draft:",
    "final draft:",
    "revised draft:",
    "final version:",
    "revised version:",
    "revised text:",
    "final text:",
    "final answer:",
    "rewritten section:",
    "revised section:",
    "section text:",
    "entwurf:",
    "überarbeitete fassung:",
    "endfassung:",
    "version révisée :",
    "texte révisé :",
    "borrador:",
    "versión revisada:",
    "bozza:",
    "versione rivista:",
    "rascunho:",
    "versão revisada:",
    "herziene versie:",
    "utkast:",
    "poprawiona wersja:",
    "черновик:",
];

/// How a list about the text is headed, which stands below it.
const LISTS: &[&str] = &[
    "points covered",
    "key points covered",
    "points made",
    "covered points",
    "changes made",
    "changes in this revision",
    "changes in this version",
    "changes from the",
    "changes to the draft",
    "summary of changes",
    "list of changes",
    "revision notes",
    "revisions made",
    "edits made",
    "what i changed",
    "what changed in this",
    "notes on the revision",
    "notes on this revision",
    "notes on this section",
    "notes on the section",
    "notes on this draft",
    "self-check",
    "self check",
    "contract check",
    "requirements met",
    "abgedeckte punkte",
    "behandelte punkte",
    "vorgenommene änderungen",
    "änderungen in dieser fassung",
    "points couverts",
    "modifications apportées",
    "changements apportés",
    "puntos cubiertos",
    "cambios realizados",
    "punti coperti",
    "modifiche apportate",
    "pontos cobertos",
    "alterações feitas",
    "mudanças feitas",
    "behandelde punten",
    "aangebrachte wijzigingen",
    "gjorda ändringar",
    "omówione punkty",
    "wprowadzone zmiany",
    "охваченные пункты",
    "внесённые изменения",
    "внесенные изменения",
    "涵盖要点",
    "涵盖的要点",
    "修改说明",
    "改动说明",
    "変更点",
    "修正点",
    "含めた要点",
];

/// Returns whether a line only labels the text below it.
pub(super) fn is_label(line: &str) -> bool {
    const LONGEST: usize = 60;

    let line = line.trim();
    if line.chars().count() > LONGEST || line.contains('\n') {
        return false;
    }
    if UNSPACED.contains(&line.replace(':', "：").as_str()) || BEFORE_TEXT.contains(&line.to_lowercase().as_str()) {
        return true;
    }
    let lower = line.to_lowercase();
    let words: Vec<&str> = lower.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let any = |names: &[&str]| words.iter().any(|word| names.contains(word));
    let known = words.iter().all(|word| {
        [DRAFTS, PARTS, REVISED, FINAL].iter().any(|names| names.contains(word)) || word.starts_with(char::is_numeric)
    });
    let is_draft = any(DRAFTS) && (any(REVISED) || any(FINAL) || line.ends_with(':'));
    known && !words.is_empty() && (is_draft || (any(PARTS) && any(REVISED)))
}

/// Returns the length of the label with which a paragraph's Markdown begins; `None` where it has none.
pub(super) fn before_text(source: &str) -> Option<usize> {
    let bare = source.trim_start_matches(['*', '_']);
    let lower = crate::lemma::fold(&bare.chars().take(40).collect::<String>());
    let label = BEFORE_TEXT.iter().find(|label| lower.starts_with(**label))?;
    let characters = label.chars().count();
    let rest = bare.char_indices().nth(characters).map_or("", |(end, _)| &bare[end..]);
    let text = rest.trim_start_matches(['*', '_', ' ']);
    (!text.trim().is_empty() && !text.starts_with('\n')).then(|| source.len() - text.len())
}

/// Returns whether a line heads a list about the text.
pub(super) fn heads_list(line: &str) -> bool {
    const LONGEST: usize = 60;

    let line = line.trim().trim_start_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    line.chars().count() <= LONGEST && !line.contains('\n') && LISTS.iter().any(|list| line.starts_with(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_names_a_draft_or_a_part_that_was_written_again() {
        for line in [
            "Section 2 (revised)",
            "Revised section 3",
            "Draft:",
            "Final version:",
            "The revised draft",
            "Chapter 4, rewritten:",
            "Überarbeiteter Abschnitt",
            "Version finale :",
            "Borrador:",
            "正文：",
            "改訂版：",
        ] {
            assert!(is_label(line), "{line}");
        }
        for line in [
            "Chapter 4",
            "The final chapter",
            "Section 2",
            "A new text appeared",
            "Part Two",
            "The Draft Horse",
            "正文",
        ] {
            assert!(!is_label(line), "{line}");
        }
    }

    #[test]
    fn a_label_before_the_text_is_measured_with_its_marks() {
        assert_eq!(before_text("Draft: The tide turned."), Some(7));
        assert_eq!(before_text("**Draft:** The tide turned."), Some(11));
        assert_eq!(before_text("Draft horses turned."), None);
        assert_eq!(before_text("Draft:"), None);
    }
}
