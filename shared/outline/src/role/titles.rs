//! The titles that tell a role, in the languages in which many books are written.

use super::{
    Role,
    words::{ROLES, WORDS},
};

/// What else a role is called, in lower case.
const TITLES: [(Role, &[&str]); 17] = [
    (
        Role::Dedication,
        &["dedication", "widmung", "dédicace", "dedicatoria", "dedica", "dedicatória", "opdracht", "献辞"],
    ),
    (Role::Epigraph, &["epigraph", "épigraphe", "epígrafe", "epigrafe", "motto"]),
    (
        Role::Foreword,
        &[
            "foreword",
            "geleitwort",
            "avant-propos",
            "prefazione",
            "förord",
            "forord",
            "przedmowa",
            "предисловие",
            "序文",
        ],
    ),
    (
        Role::Preface,
        &["preface", "vorwort", "préface", "prefacio", "prefácio", "voorwoord", "esipuhe", "önsöz", "まえがき", "前言"],
    ),
    (
        Role::Introduction,
        &[
            "introduction",
            "introduction and overview",
            "einleitung",
            "einführung",
            "introducción",
            "introduccion",
            "introduzione",
            "introdução",
            "inleiding",
            "inledning",
            "indledning",
            "innledning",
            "johdanto",
            "wstęp",
            "úvod",
            "введение",
            "вступ",
            "εισαγωγή",
            "bevezetés",
            "introducere",
            "giriş",
            "はじめに",
            "序章",
            "引言",
            "导言",
            "緒論",
            "서론",
            "들어가며",
        ],
    ),
    (
        Role::Prologue,
        &["prologue", "prolog", "prólogo", "prologo", "proloog", "пролог", "プロローグ", "楔子", "프롤로그"],
    ),
    (
        Role::Interlude,
        &["interlude", "intermezzo", "zwischenspiel", "interludio", "interlúdio", "intermède", "интерлюдия", "幕間"],
    ),
    (
        Role::Epilogue,
        &["epilogue", "epilog", "épilogue", "epílogo", "epilogo", "epiloog", "эпилог", "エピローグ", "에필로그"],
    ),
    (
        Role::Conclusion,
        &[
            "conclusion",
            "conclusions",
            "concluding remarks",
            "summary and conclusion",
            "schluss",
            "fazit",
            "schlussfolgerung",
            "schlusswort",
            "conclusión",
            "conclusiones",
            "conclusione",
            "conclusioni",
            "conclusão",
            "conclusie",
            "slutsats",
            "avslutning",
            "konklusion",
            "konklusjon",
            "zakończenie",
            "závěr",
            "заключение",
            "висновки",
            "συμπέρασμα",
            "concluzie",
            "sonuç",
            "おわりに",
            "終章",
            "结语",
            "結論",
            "결론",
            "맺음말",
        ],
    ),
    (
        Role::Afterword,
        &[
            "afterword",
            "nachwort",
            "postface",
            "epílogo del autor",
            "postfazione",
            "posfácio",
            "nawoord",
            "efterord",
            "etterord",
            "послесловие",
            "あとがき",
            "后记",
        ],
    ),
    (
        Role::Acknowledgements,
        &[
            "acknowledgements",
            "acknowledgments",
            "acknowledgement",
            "acknowledgment",
            "thanks",
            "danksagung",
            "dank",
            "remerciements",
            "agradecimientos",
            "ringraziamenti",
            "agradecimentos",
            "dankwoord",
            "podziękowania",
            "благодарности",
            "謝辞",
            "致谢",
        ],
    ),
    (
        Role::AboutTheAuthor,
        &[
            "about the author",
            "about the authors",
            "about the writer",
            "author bio",
            "über den autor",
            "über die autorin",
            "über die autoren",
            "à propos de l'auteur",
            "à propos de l’auteur",
            "sobre el autor",
            "sobre la autora",
            "sull'autore",
            "sobre o autor",
            "sobre a autora",
            "over de auteur",
            "об авторе",
            "著者について",
            "关于作者",
        ],
    ),
    (
        Role::Appendix,
        &[
            "appendix",
            "appendices",
            "anhang",
            "annexe",
            "annexes",
            "apéndice",
            "anexo",
            "appendice",
            "apêndice",
            "bijlage",
            "bilaga",
            "vedlegg",
            "liite",
            "dodatek",
            "příloha",
            "приложение",
            "додаток",
            "παράρτημα",
            "függelék",
            "anexă",
            "付録",
            "附录",
            "附錄",
            "부록",
        ],
    ),
    (
        Role::Glossary,
        &[
            "glossary",
            "glossary of terms",
            "glossar",
            "glossaire",
            "glosario",
            "glossario",
            "glossário",
            "woordenlijst",
            "ordlista",
            "słowniczek",
            "глоссарий",
            "用語集",
            "术语表",
            "용어집",
        ],
    ),
    (
        Role::Bibliography,
        &[
            "bibliography",
            "references",
            "works cited",
            "further reading",
            "literaturverzeichnis",
            "literatur",
            "bibliographie",
            "bibliografía",
            "bibliografia",
            "literatuur",
            "литература",
            "список литературы",
            "参考文献",
            "참고문헌",
        ],
    ),
    (
        Role::Exercises,
        &[
            "exercise",
            "exercises",
            "übung",
            "übungen",
            "exercice",
            "exercices",
            "ejercicio",
            "ejercicios",
            "esercizio",
            "esercizi",
            "exercício",
            "exercícios",
            "oefening",
            "oefeningen",
            "övningar",
            "упражнения",
            "練習問題",
            "练习",
        ],
    ),
    (Role::Quiz, &["quiz", "quizzes", "test yourself", "self-test", "cuestionario", "тест", "小テスト", "测验"]),
];

/// The prefixes after which a foreword says to what it belongs, as in "Preface to the Second Edition".
const BELONGS: [&str; 3] = [" to the ", " zur ", " à la "];

/// The longest letter or number after a role, as in "Appendix B" and "Exercise 12".
const LONGEST_MARK: usize = 4;

/// Returns the role that a title tells.
pub(super) fn role(title: &str) -> Option<Role> {
    let title = title.trim();
    if title.len() > super::super::MAX_TITLE {
        return None;
    }
    let title = title.to_lowercase();
    let titles = TITLES.iter().flat_map(|(role, titles)| titles.iter().map(|known| (*role, *known)));
    let words = WORDS.iter().flat_map(|(_, words)| ROLES.into_iter().zip(*words));
    let tells = |(role, known): &(Role, &str)| {
        // Arabic has its article in the word.
        let bare = title.strip_prefix("ال").filter(|_| !known.starts_with("ال"));
        [Some(title.as_str()), bare]
            .into_iter()
            .flatten()
            .any(|title| title.strip_prefix(known).is_some_and(|rest| ends(*role, rest)))
    };
    titles.chain(words).find(tells).map(|(role, _)| role)
}

/// Returns whether what stands after a role's word leaves the role as it is: nothing, a title of its own, a letter.
fn ends(role: Role, rest: &str) -> bool {
    let edition = matches!(role, Role::Preface | Role::Foreword | Role::Introduction)
        && BELONGS.iter().any(|belongs| rest.starts_with(belongs))
        && ["edition", "auflage", "édition"].iter().any(|word| rest.ends_with(word));
    let mark = rest.strip_prefix(' ').map(|rest| rest.trim_start()).unwrap_or_default();
    let word = mark.split([' ', ':', '.', '-', '–', '—', ',', '(']).next().unwrap_or_default();
    let takes_mark = matches!(
        role,
        Role::Appendix | Role::Exercises | Role::Quiz | Role::Interlude | Role::Epigraph | Role::Preface
    );
    let is_mark = !word.is_empty()
        && word.len() <= LONGEST_MARK
        && (word.chars().count() == 1
            || word.chars().all(|c| c.is_ascii_digit())
            || super::super::labels::roman(word).is_some());
    edition || is_end(rest) || (takes_mark && is_mark && is_end(&mark[word.len()..]))
}

/// Returns whether a title is over here, or goes on with a title of its own.
fn is_end(rest: &str) -> bool {
    let text = rest.trim_start();
    text.is_empty()
        || text.starts_with([':', '：', '–', '—', '(', '|', '・'])
        || (rest.starts_with(['.', ',', '　']) && !rest.starts_with(".."))
        || (rest.starts_with(' ') && text.starts_with("- "))
}

#[cfg(test)]
mod tests {
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
}
