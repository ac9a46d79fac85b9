//! The words of labels, in the languages in which many books are written.

use super::Called;

const PARTS: [&str; 25] = [
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
    "الجزء",
    "القسم",
    "الباب",
    "časť",
    "חלק",
    "भाग",
];

const UNITS: [&str; 22] = [
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
    "modül",
    "ünite",
    "moduuli",
    "ενότητα",
    "modulul",
    "الوحدة",
    "יחידה",
    "इकाई",
    "unitatea",
    "yksikkö",
];

const LESSONS: [&str; 49] = [
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
    "lekcja",
    "tydzień",
    "lekce",
    "týden",
    "vecka",
    "uge",
    "leksjon",
    "uke",
    "oppitunti",
    "viikko",
    "ders",
    "hafta",
    "μάθημα",
    "εβδομάδα",
    "lecția",
    "săptămâna",
    "lecke",
    "тиждень",
    "lição",
    "الدرس",
    "الأسبوع",
    "שיעור",
    "שבוע",
    "पाठ",
    "सप्ताह",
];

const CHAPTERS: [&str; 29] = [
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
    "الفصل",
    "פרק",
    "अध्याय",
    "capitol",
    "فصل",
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
