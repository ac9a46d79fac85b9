//! The words of labels, in the languages in which many books are written.

use super::Called;

const PARTS: [&str; 19] = [
    "part",
    "teil",
    "partie",
    "parte",
    "deel",
    "del",
    "osa",
    "część",
    "část",
    "часть",
    "частина",
    "μέρος",
    "rész",
    "partea",
    "kısım",
    "phần",
    "bagian",
    "volume",
    "act",
];

const UNITS: [&str; 12] = [
    "module",
    "unit",
    "modul",
    "einheit",
    "unité",
    "módulo",
    "modulo",
    "unidad",
    "unidade",
    "unità",
    "модуль",
    "moduł",
];

const LESSONS: [&str; 24] = [
    "lesson",
    "week",
    "lecture",
    "session",
    "day",
    "class",
    "lektion",
    "woche",
    "sitzung",
    "tag",
    "vorlesung",
    "leçon",
    "semaine",
    "séance",
    "jour",
    "lección",
    "semana",
    "sesión",
    "lezione",
    "settimana",
    "aula",
    "les",
    "урок",
    "неделя",
];

const CHAPTERS: [&str; 24] = [
    "chapter",
    "ch",
    "chap",
    "kapitel",
    "kap",
    "chapitre",
    "capítulo",
    "capitulo",
    "capitolo",
    "hoofdstuk",
    "kapittel",
    "luku",
    "rozdział",
    "kapitola",
    "fejezet",
    "capitolul",
    "bölüm",
    "глава",
    "розділ",
    "κεφάλαιο",
    "chương",
    "bab",
    "poglavlje",
    "essay",
];

/// Returns what a word calls the piece that it stands before.
pub(super) fn called(word: &str) -> Option<Called> {
    let word = word.to_lowercase();
    let is_in = |words: &[&str]| words.contains(&word.as_str());
    if is_in(&CHAPTERS) {
        Some(Called::Chapter)
    } else if is_in(&PARTS) {
        Some(Called::Part)
    } else if is_in(&UNITS) {
        Some(Called::Unit)
    } else if is_in(&LESSONS) {
        Some(Called::Lesson)
    } else {
        None
    }
}
