//! The titles that tell a role, in the languages in which many books are written.

use std::{collections::HashMap, sync::LazyLock};

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
        &[
            "preface",
            "vorwort",
            "préface",
            "prefacio",
            "prefácio",
            "voorwoord",
            "esipuhe",
            "önsöz",
            "まえがき",
            "前言",
            "序言",
            "自序",
        ],
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

/// The words between a foreword and the name of its author.
const BY: [&str; 4] = [" by ", " von ", " par ", " por "];

/// The longest letter or number after a role, as in "Appendix B" and "Exercise 12".
const LONGEST_MARK: usize = 4;

/// Returns the role that a title tells.
pub(super) fn role(title: &str) -> Option<Role> {
    let title = title.trim();
    if title.len() > super::super::MAX_TITLE {
        return None;
    }
    let title = title.to_lowercase();
    // Arabic has its article in the word.
    let bare = || title.strip_prefix(ARTICLE).and_then(|bare| told(bare, |known| !known.starts_with(ARTICLE)));
    told(&title, |_| true).or_else(bare)
}

fn told(title: &str, may_be: impl Fn(&str) -> bool) -> Option<Role> {
    let known = KNOWN.get(&title.chars().next()?)?;
    let is = |role: Role, known: &str| may_be(known) && title.strip_prefix(known).is_some_and(|rest| ends(role, rest));
    known.iter().find(|(role, known)| is(*role, known)).map(|(role, _)| *role)
}

/// The Arabic article.
const ARTICLE: &str = "ال";

/// All titles by their first letter: a book of 2,000 chapters asks for each of them several times.
static KNOWN: LazyLock<HashMap<char, Vec<(Role, &str)>>> = LazyLock::new(|| {
    let titles = TITLES.iter().flat_map(|(role, titles)| titles.iter().map(|known| (*role, *known)));
    let words = WORDS.iter().flat_map(|(_, words)| ROLES.into_iter().zip(words.iter().copied()));
    let mut by_letter: HashMap<char, Vec<(Role, &str)>> = HashMap::new();
    for (role, known) in titles.chain(words) {
        by_letter.entry(known.chars().next().unwrap_or_default()).or_default().push((role, known));
    }
    by_letter
});

/// Returns whether what stands after a role's word leaves the role as it is: nothing, a title of its own, a letter.
fn ends(role: Role, rest: &str) -> bool {
    let edition = matches!(role, Role::Preface | Role::Foreword | Role::Introduction)
        && BELONGS.iter().any(|belongs| rest.starts_with(belongs))
        && ["edition", "auflage", "édition"].iter().any(|word| rest.ends_with(word));
    // "Foreword by Ada Example".
    let by = matches!(role, Role::Preface | Role::Foreword | Role::Introduction | Role::Afterword)
        && BY
            .iter()
            .any(|word| rest.strip_prefix(word).is_some_and(|name| (1..=5).contains(&name.split_whitespace().count())));
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
    let after = &mark[if is_mark { word.len() } else { 0 }..];
    // "Appendix A Questionnaire" is how theses name them.
    let is_titled = role == Role::Appendix && after.starts_with(' ');
    edition || by || is_end(rest) || (takes_mark && is_mark && (is_end(after) || is_titled))
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
mod tests;
