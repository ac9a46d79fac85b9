//! Places that a model leaves to be filled in.

use crate::phrase::excerpt;

/// The brackets that open a placeholder.
const BRACKETS: [char; 3] = ['[', '【', '［'];

/// How a bracketed placeholder begins.
const PLACEHOLDERS: &[&str] = &[
    "placeholder",
    "your text here",
    "to be continued",
    "to be completed",
    "to be added",
    "to be inserted",
    "to be filled",
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
    "citation needed",
    "citation required",
    "source needed",
    "reference needed",
    "needs citation",
    "your name here",
    "author name",
    "example here",
    "details here",
    "more here",
    "note to editor",
    "note to the editor",
    "note to author",
    "note to self",
    "note to writer",
    "lorem ipsum",
    "platzhalter",
    "quelle fehlt",
    "quelle einfügen",
    "quelle ergänzen",
    "beleg fehlt",
    "zu ergänzen",
    "noch zu ",
    "hinweis an den lektor",
    "hinweis an die redaktion",
    "à insérer",
    "à ajouter",
    "source à ",
    "référence à ",
    "note à l'éditeur",
    "note pour l'éditeur",
    "añadir ",
    "agregar ",
    "citar fuente",
    "falta fuente",
    "cita requerida",
    "nota al editor",
    "nota para el editor",
    "aggiungere ",
    "fonte da ",
    "citazione necessaria",
    "nota per l'editor",
    "nota al redattore",
    "adicionar ",
    "acrescentar ",
    "fonte a ",
    "citação necessária",
    "nota ao editor",
    "bron invoegen",
    "bron nodig",
    "noot voor de redac",
    "infoga",
    "källa behövs",
    "källa saknas",
    "lägg till ",
    "uzupełnić",
    "do uzupełnienia",
    "źródło potrzebne",
    "добавить ",
    "источник нужен",
    "нужен источник",
    "примечание для редактора",
    "填写",
    "待填",
    "待添加",
    "引用待",
    "来源待",
    "需要引用",
    "要出典",
    "編集者へ",
    "出典を",
    "hier einfügen",
    "beispiel einfügen",
    "einfügen:",
    "fortsetzung einfügen",
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
    "続く]",
    "続く】",
    "続く］",
    "待补",
];

/// Placeholders in parentheses, which also hold an author's asides.
const IN_PARENTHESES: &[&str] = &[
    "note to editor",
    "note to the editor",
    "note to author",
    "note to the author",
    "citation needed",
    "source needed",
    "insert ",
    "此处插入",
    "在此插入",
    "ここに",
    "xxxx",
    "hinweis an den lektor",
    "hinweis an die redaktion",
    "quelle einfügen",
    "note à l'éditeur",
    "nota al editor",
    "nota para el editor",
    "nota per l'editor",
    "nota ao editor",
    "примечание для редактора",
];

/// How a bracketed placeholder ends: "[citation goes here]".
const ENDS: &[&str] = &[
    " goes here",
    " go here",
    " to be added",
    " to be confirmed",
    " to be inserted",
    " placeholder",
    " einfügen",
    " ergänzen",
    " à insérer",
    " à ajouter",
    " à compléter",
    " invoegen",
    " toevoegen",
];

/// How a placeholder asks for something that ends with "here".
const ASKS: &[&str] = &[
    "add ",
    "cite ",
    "describe ",
    "discuss ",
    "expand ",
    "explain ",
    "give ",
    "include ",
    "insert ",
    "mention ",
    "place ",
    "provide ",
    "put ",
    "write ",
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

/// Finds a place that is left to be filled in; `lower` is a block's prose in lower case.
pub(super) fn find(lower: &str) -> Option<String> {
    const ANYWHERE: &[&str] =
        &["content unavailable]", "lorem ipsum dolor", "<insert ", " xx%", " xx %", " xx percent", "$xx "];

    if ANYWHERE.iter().any(|phrase| lower.contains(phrase)) {
        return Some(excerpt(lower));
    }
    let bracketed = lower.match_indices(BRACKETS).find(|(start, bracket)| {
        let inner = head(&lower[start + bracket.len()..]).trim_start();
        let (group, after) = inner.split_once([']', '】', '］']).unwrap_or((inner, ""));
        let is_link = after.starts_with(['(', '[', ':']);
        let begins = group.contains("を挿入") || PLACEHOLDERS.iter().any(|placeholder| inner.starts_with(placeholder));
        let ends = group.len() < inner.len() && ENDS.iter().any(|end| group.ends_with(end));
        let ends = ends || (group.ends_with(" here") && ASKS.iter().any(|ask| group.starts_with(ask)));
        !is_link && (begins || ends || inserts(inner) || is_blank(group, &lower[..*start], after))
    });
    let aside = || {
        lower.match_indices(['(', '（']).find(|(start, bracket)| {
            let inner = head(&lower[start + bracket.len()..]);
            IN_PARENTHESES.iter().any(|placeholder| {
                inner.strip_prefix(placeholder).is_some_and(|rest| {
                    let ends_here = !placeholder.is_ascii() || !rest.starts_with(char::is_alphanumeric);
                    if *placeholder == "insert " { names_what_is_missing(rest) } else { ends_here }
                })
            })
        })
    };
    bracketed.or_else(aside).map(|(start, _)| excerpt(&lower[start..]))
}

/// Returns whether a paragraph is only a bracketed note that the text begins, goes on or ends, which can be cut away.
pub(super) fn says_where_it_ends(lower: &str) -> bool {
    const ENDS: &[&str] = &[
        "to be continued",
        "continued",
        "continue",
        "section continues",
        "chapter continues",
        "section begins",
        "begin section",
        "begin of",
        "beginning of the section",
        "start of",
        "end section",
        "end of",
        "text continues",
        "待续",
        "未完",
        "続く",
        "fortsetzung",
        "ende des",
        "suite",
        "fin de",
        "continuará",
        "continua",
        "wordt vervolgd",
        "продолжение",
        "ciąg dalszy",
        "fortsättning",
    ];

    let text = lower.trim();
    let inner = BRACKETS
        .iter()
        .find_map(|bracket| text.strip_prefix(*bracket))
        .and_then(|it| it.strip_suffix([']', '】', '］']));
    inner.is_some_and(|inner| !inner.contains(['[', ']']) && ENDS.iter().any(|end| inner.trim_start().starts_with(end)))
}

/// Returns whether a group stands for a figure that is to be found: "[X] times a year".
fn is_blank(group: &str, before: &str, after: &str) -> bool {
    const MEASURES: &[&str] = &[
        "%",
        "percent",
        "per cent",
        "times",
        "years",
        "days",
        "hours",
        "people",
        "million",
        "thousand",
        "words",
        "prozent",
        "pour cent",
    ];

    let is_figure = !group.is_empty() && group.chars().all(|char| char == 'x');
    let after = after.trim_start();
    is_figure && before.ends_with(' ') && MEASURES.iter().any(|measure| after.starts_with(measure))
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
    ["a ", "an ", "some ", "another "].iter().any(|article| rest.starts_with(article)) || names_what_is_missing(rest)
}

fn names_what_is_missing(rest: &str) -> bool {
    rest.split(|char: char| !char.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .find(|word| !matches!(*word, "a" | "an" | "the" | "your" | "some" | "another"))
        .is_some_and(|word| INSERTED.contains(&word))
}
