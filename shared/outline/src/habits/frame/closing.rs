//! What a chat model says after an outline: a question, an offer, praise of its own outline.

use super::{
    super::super::page::{Page, bold, heading, is_rule, item},
    Found, begins, ends_sentence, from_first_letter, is_talk, names_chapter,
};

/// How closing questions and offers begin, in lower case.
const CLOSINGS: [&str; 49] = [
    "would you like",
    "let me know",
    "do you want",
    "shall i",
    "should i",
    "feel free",
    "i can also",
    "want me to",
    "if you'd like",
    "if you’d like",
    "if you would like",
    "if you want",
    "i hope this",
    "happy to",
    "i'm happy to",
    "ready for me to",
    "möchtest du",
    "möchten sie",
    "soll ich",
    "sag mir",
    "lass mich wissen",
    "wenn du möchtest",
    "souhaitez-vous",
    "voulez-vous",
    "veux-tu",
    "n'hésitez pas",
    "dites-moi",
    "te gustaría",
    "¿te gustaría",
    "¿quieres",
    "quieres que",
    "vuoi che",
    "fammi sapere",
    "gostaria",
    "você gostaria",
    "quer que",
    "wil je",
    "zal ik",
    "хотите",
    "дайте знать",
    "如果您",
    "需要我",
    "if you like",
    "just let me know",
    "just tell me",
    "i can now",
    "i can expand",
    "puedo desarrollar",
    "ich kann gerne",
];

/// How the praise of an outline begins that stands after it, in lower case.
const PRAISE: [&str; 23] = [
    "this outline",
    "this structure",
    "this framework",
    "this book outline",
    "this table of contents",
    "the above outline",
    "the outline above",
    "each chapter builds",
    "diese gliederung",
    "diese struktur",
    "dieser aufbau",
    "dieser entwurf",
    "ce plan",
    "cette structure",
    "este esquema",
    "esta estructura",
    "questa struttura",
    "questo schema",
    "este esboço",
    "esta estrutura",
    "deze opzet",
    "эта структура",
    "этот план",
];

/// The words of which one stands in praise of an outline, since other texts begin like it too.
const ABOUT_BOOKS: [&str; 18] = [
    "outline",
    "book",
    "reader",
    "chapter",
    "gliederung",
    "buch",
    "leser",
    "kapitel",
    "livre",
    "lecteur",
    "libro",
    "lector",
    "lettor",
    "livro",
    "leitor",
    "boek",
    "книг",
    "читател",
];

/// The headings over an offer, in lower case.
const NEXT_STEPS: [&str; 7] = [
    "next steps",
    "next step",
    "what next",
    "nächste schritte",
    "prochaines étapes",
    "próximos pasos",
    "prossimi passi",
];

/// Drops what is said after the outline.
pub(super) fn drop(page: &mut Page, found: &mut Found) {
    while let Some(closing) = Closing::find(page) {
        found.notes.add(page.lines[closing.start].number, closing.note);
        (closing.start..=closing.end).for_each(|at| page.clear(at));
        drop_empty_end(page);
    }
}

/// The lines of a closing.
struct Closing {
    start: usize,
    end: usize,
    note: &'static str,
}

impl Closing {
    fn find(page: &Page) -> Option<Self> {
        let end = page.lines.iter().rposition(|line| !line.text.trim().is_empty())?;
        let start = if item(&page.lines[end].text).is_some() { lead(page, end)? } else { begin(page, end) };
        let is_first = page.next_text(0).is_none_or(|first| first >= start);
        let is_list = item(&page.lines[end].text).is_some();
        let text: Vec<&str> = page.lines[start..=end].iter().map(|line| line.text.trim()).collect();
        let typed = text.join(" ");
        let text = from_first_letter(&typed);
        let after_rule = page.lines[..start].iter().rev().find(|line| !line.text.trim().is_empty());
        let after_rule = after_rule.is_some_and(|line| is_rule(&line.text));
        let lower = text.to_lowercase();
        let offers = begins(text, &CLOSINGS) || (after_rule && CLOSINGS.iter().any(|closing| lower.contains(closing)));
        let praises = begins(text, &PRAISE) && ABOUT_BOOKS.iter().any(|word| lower.contains(word));
        let words = bold(&typed).unwrap_or(&typed);
        let is_talk = is_list || (is_talk(words) && ends_sentence(words));
        let note = if offers {
            "the question after the outline is left out"
        } else {
            "the talk after the outline is left out"
        };
        (!is_first && (offers || (praises && !is_list)) && is_talk).then_some(Self { start, end, note })
    }
}

/// Returns the first line of the paragraph that ends with a line.
fn begin(page: &Page, end: usize) -> usize {
    page.lines[..end].iter().rposition(|line| line.text.trim().is_empty()).map_or(0, |at| at + 1)
}

/// Returns the line over the list that ends with a line, if it leads to the list as "Would you like me to:" does.
fn lead(page: &Page, end: usize) -> Option<usize> {
    let is_of_list = |at: &usize| {
        let text = &page.lines[*at].text;
        text.trim().is_empty() || item(text).is_some() || text.starts_with([' ', '\t'])
    };
    let lead = (0..end).rev().find(|at| !is_of_list(at))?;
    let text = page.lines[lead].text.trim();
    let is_lead =
        heading(text).is_none() && (text.trim_end_matches('*').ends_with([':', '?', '：']) || bold(text).is_some());
    is_lead.then_some(lead)
}

/// Drops the rule and the heading under which nothing is left.
fn drop_empty_end(page: &mut Page) {
    while let Some(last) = page.lines.iter().rposition(|line| !line.text.trim().is_empty()) {
        let text = page.lines[last].text.trim();
        let before = page.lines[..last].iter().rev().find(|line| !line.text.trim().is_empty());
        let after_rule = before.is_some_and(|line| is_rule(&line.text));
        let is_empty_heading = heading(text).is_some_and(|(_, title)| {
            let title = bold(title).unwrap_or(title);
            let name = from_first_letter(title).trim_end_matches([':', '?']).to_lowercase();
            NEXT_STEPS.contains(&name.as_str()) || (after_rule && !names_chapter(title))
        });
        let is_empty = is_empty_heading || (is_rule(text) && page.is_apart(last));
        if !is_empty {
            return;
        }
        page.clear(last);
    }
}
