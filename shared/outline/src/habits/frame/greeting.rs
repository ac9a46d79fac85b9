//! What a chat model thinks and says before an outline.

use super::{
    super::super::{
        fault::shortened,
        page::{Page, heading, is_rule},
    },
    Found, begins, ends_sentence, from_first_letter, is_talk, quoted,
};

/// How greetings begin.
const GREETINGS: [&str; 61] = [
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "here's",
    "here’s",
    "here is",
    "here are",
    "below is",
    "okay",
    "ok",
    "great",
    "i've",
    "i’ve",
    "i have",
    "i'd be happy",
    "i’d be happy",
    "happy to",
    "got it",
    "thank you",
    "thanks",
    "hier ist",
    "gerne",
    "natürlich",
    "klar",
    "voici",
    "bien sûr",
    "avec plaisir",
    "claro",
    "aquí",
    "por supuesto",
    "ecco",
    "certo",
    "certamente",
    "aqui está",
    "com certeza",
    "hier is",
    "natuurlijk",
    "вот",
    "конечно",
    "もちろん",
    "以下",
    "当然",
    "好的",
    "물론",
    "this is",
    "this looks",
    "what a great",
    "perfect",
    "hier ein",
    "hier eine",
    "hier der",
    "hier die",
    "gern",
    "selbstverständlich",
    "voilà",
    "perfecto",
    "perfetto",
    "oto",
    "zde je",
    "以下是",
];

/// The tags around what a model thinks before it answers.
const THOUGHTS: [(&str, &str); 3] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<reasoning>", "</reasoning>")];

/// Drops what a model thought before its answer.
pub(super) fn drop_thoughts(page: &mut Page, found: &mut Found) {
    let Some(first) = page.next_text(0) else { return };
    let opening = page.lines[first].text.trim_start();
    let Some((_, close)) = THOUGHTS.iter().find(|(open, _)| opening.starts_with(open)) else { return };
    let Some(last) = (first..page.lines.len()).find(|&at| page.lines[at].text.contains(close)) else { return };
    let after = page.lines[last].text.split_once(close).map(|(_, after)| after.trim().to_owned());
    (first..last).for_each(|at| page.clear(at));
    page.lines[last].text = after.unwrap_or_default();
    found.notes.add(page.lines[first].number, "the thoughts of the model before the outline are left out");
}

/// Drops the greeting: a paragraph that begins like one, or any talk before a title.
pub(super) fn drop(page: &mut Page, is_titled: bool, found: &mut Found) {
    while let Some(first) = page.next_text(0) {
        let end =
            (first..page.lines.len()).find(|&at| page.lines[at].text.trim().is_empty()).unwrap_or(page.lines.len());
        let typed: Vec<&str> = page.lines[first..end].iter().map(|line| line.text.trim()).collect();
        let typed = typed.join(" ");
        let greets = begins(from_first_letter(&typed), &GREETINGS);
        let is_before_title = || !is_titled && is_prose(&typed) && stands_before_title(page, end);
        let next = page.next_text(end).map(|at| page.lines[at].text.as_str());
        let Some(next) = next.filter(|_| is_talk(&typed)) else { return };
        // A greeting may end with a picture and no mark. Then the line below says that it is over.
        let is_over =
            greets && typed.contains(' ') && (is_rule(next) || heading(next).is_some_and(|(level, _)| level == 1));
        if !ends_sentence(&typed) && !is_over {
            return;
        }
        if !greets && !is_before_title() {
            return;
        }
        found.title = found.title.take().or_else(|| quoted(&typed));
        let text = if greets {
            "the greeting before the outline is left out".to_owned()
        } else {
            let quoted = shortened(&typed);
            format!(
                "the text before the title is taken for a greeting and left out: \"{quoted}\"; to keep it, move it below the title"
            )
        };
        found.notes.add(page.lines[first].number, text);
        (first..end).for_each(|at| page.clear(at));
        while let Some(next) = page.next_text(0).filter(|&at| is_rule(&page.lines[at].text)) {
            page.clear(next);
        }
    }
}

/// Returns whether a paragraph is a text, and neither markup nor a line such as "Author: Ada".
fn is_prose(text: &str) -> bool {
    let is_field = text.split_once(": ").is_some_and(|(key, _)| key.split_whitespace().count() <= 3);
    text.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '“' | '„' | '«' | '¡' | '¿')) && !is_field
}

/// Returns whether the next heading is one of the first level.
fn stands_before_title(page: &Page, end: usize) -> bool {
    page.lines[end..].iter().find_map(|line| heading(&line.text)).is_some_and(|(level, _)| level == 1)
}
