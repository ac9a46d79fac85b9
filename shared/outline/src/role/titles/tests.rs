use super::*;

#[test]
fn a_title_tells_its_role_in_many_languages() {
    for (title, expected) in [
        ("Introduction", Role::Introduction),
        ("INTRODUCTION", Role::Introduction),
        ("Introduction: Why Salt", Role::Introduction),
        ("Introduction - Why Salt", Role::Introduction),
        ("Einleitung", Role::Introduction),
        ("はじめに", Role::Introduction),
        ("Preface to the Second Edition", Role::Preface),
        ("Foreword by Ada Example", Role::Foreword),
        ("Vorwort von Ada Example", Role::Preface),
        ("序言", Role::Preface),
        ("Prologue. The Night", Role::Prologue),
        ("Appendix B: Tables", Role::Appendix),
        ("Appendix IV", Role::Appendix),
        ("Anhang 1 – Karten", Role::Appendix),
        ("Exercise 12", Role::Exercises),
        ("Interlude: A Letter", Role::Interlude),
        ("Über die Autorin", Role::AboutTheAuthor),
        ("Заключение", Role::Conclusion),
    ] {
        assert_eq!(role(title), Some(expected), "{title}");
    }
}

#[test]
fn every_language_has_a_word_of_its_own_for_every_role() {
    let languages: Vec<&str> = WORDS.iter().map(|(language, _)| *language).collect();
    for language in [
        "en", "es", "fr", "de", "it", "pt", "nl", "pl", "ru", "uk", "cs", "sv", "da", "nb", "fi", "tr", "el", "ro",
        "hu", "ja", "zh", "ko", "ar", "he", "hi",
    ] {
        assert!(languages.contains(&language), "{language}");
    }
    for (language, words) in WORDS {
        for (role, word) in ROLES.into_iter().zip(words) {
            assert_eq!(word, word.to_lowercase(), "{language}");
            assert_eq!(super::role(word), Some(role), "{language}: {word}");
        }
    }
    assert_eq!(role("المقدمة"), Some(Role::Introduction));
    assert_eq!(role("Ek A: Tablolar"), Some(Role::Appendix));
}

#[test]
fn a_title_that_only_begins_like_a_role_is_a_chapter() {
    for title in [
        "Introduction to Algebra",
        "Introductions",
        "Thanks for Nothing",
        "Conclusion of the War",
        "Test Yourself Rich",
        "The Prologue",
        "Glossary Making",
        "Exercise and Health",
        "Dank und Undank",
        "",
    ] {
        assert_eq!(role(title), None, "{title}");
    }
}
