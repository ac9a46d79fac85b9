//! What a chat model says around an outline: a greeting, a closing question, and a fence around the whole.

use super::{
    super::page::{Page, bold, heading, is_rule, item},
    Found,
};

/// How greetings begin.
const GREETINGS: [&str; 46] = [
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
];

/// How closing questions and offers begin.
const CLOSINGS: [&str; 42] = [
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
];

/// The longest greeting or closing, in bytes.
const LONGEST: usize = 600;

/// Takes an outline out of what a chat model said around it.
pub(super) fn unwrap(page: &mut Page, found: &mut Found) {
    unwrap_fence(page, found);
    drop_greeting(page, found);
    drop_closing(page, found);
}

/// Removes a fence around the whole outline, outside of which stands nothing but talk.
fn unwrap_fence(page: &mut Page, found: &mut Found) {
    let is_fence = |text: &str| text.trim_start().starts_with("```") || text.trim_start().starts_with("~~~");
    let fences: Vec<usize> = (0..page.lines.len()).filter(|&at| is_fence(&page.lines[at].text)).collect();
    let [open, close] = fences[..] else { return };
    let is_structure = |text: &str| heading(text).is_some() || item(text).is_some();
    let outside = page.lines[..open].iter().chain(&page.lines[close + 1..]);
    let inside = &page.lines[open + 1..close];
    if inside.iter().any(|line| is_structure(&line.text)) && !outside.into_iter().any(|line| is_structure(&line.text)) {
        page.clear(open);
        page.clear(close);
        for at in (0..open).chain(close + 1..page.lines.len()) {
            let text = page.lines[at].text.trim();
            if is_talk(text) && text.ends_with(['.', '!', '?', ':', '。', '！', '？', '：']) {
                found.title = found.title.take().or_else(|| quoted(text));
                found.notes.add(page.lines[at].number, "the talk around the outline is left out");
                page.clear(at);
            }
        }
    }
}

fn drop_greeting(page: &mut Page, found: &mut Found) {
    while let Some(first) = page.next_text(0) {
        let end =
            (first..page.lines.len()).find(|&at| page.lines[at].text.trim().is_empty()).unwrap_or(page.lines.len());
        let text: Vec<&str> = page.lines[first..end].iter().map(|line| line.text.trim()).collect();
        let text = text.join(" ");
        if !begins(&text, &GREETINGS) || !text.ends_with([':', '!', '.', '：', '。', '！']) || !is_talk(&text) {
            return;
        }
        if page.next_text(end).is_none() {
            return;
        }
        found.title = found.title.take().or_else(|| quoted(&text));
        let line = page.lines[first].number;
        found.notes.add(line, "the greeting before the outline is left out");
        (first..end).for_each(|at| page.clear(at));
        while let Some(next) = page.next_text(0).filter(|&at| is_rule(&page.lines[at].text)) {
            page.clear(next);
        }
    }
}

fn drop_closing(page: &mut Page, found: &mut Found) {
    while let Some(last) = page.lines.iter().rposition(|line| !line.text.trim().is_empty()) {
        let blank = page.lines[..last].iter().rposition(|line| line.text.trim().is_empty());
        let start = blank.map_or(0, |at| at + 1);
        let text: Vec<&str> = page.lines[start..=last].iter().map(|line| line.text.trim()).collect();
        let typed = text.join(" ");
        let text = typed.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '¿');
        let after_rule = page.lines[..start].iter().rev().find(|line| !line.text.trim().is_empty());
        let after_rule = after_rule.is_some_and(|line| is_rule(&line.text));
        let offers = || after_rule && CLOSINGS.iter().any(|closing| text.to_lowercase().contains(closing));
        let is_first = page.next_text(0).is_none_or(|first| first >= start);
        if is_first
            || !(begins(text, &CLOSINGS) || offers())
            || !text.ends_with(['?', '!', '.', '？', '。', '*', '_'])
            || !is_talk(&typed)
        {
            return;
        }
        let line = page.lines[start].number;
        found.notes.add(line, "the question after the outline is left out");
        (start..=last).for_each(|at| page.clear(at));
        if let Some(rule) = page.lines.iter().rposition(|line| !line.text.trim().is_empty())
            && is_rule(&page.lines[rule].text)
            && page.is_apart(rule)
        {
            page.clear(rule);
        }
    }
}

fn begins(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().any(|word| {
        let rest = text.strip_prefix(word);
        rest.is_some_and(|rest| !word.is_ascii() || !rest.starts_with(|c: char| c.is_alphanumeric()))
    })
}

fn is_talk(text: &str) -> bool {
    text.len() <= LONGEST && heading(text).is_none() && item(text).is_none() && bold(text).is_none()
}

/// Returns the title that a greeting names in quotation marks or in bold type.
fn quoted(text: &str) -> Option<String> {
    let marks = [("\"", "\""), ("“", "”"), ("„", "“"), ("«", "»"), ("**", "**"), ("*", "*")];
    let inside = marks.iter().find_map(|(open, close)| {
        let (_, rest) = text.split_once(open)?;
        let (inside, _) = rest.split_once(close)?;
        Some(inside.trim_matches(['"', '“', '”', '*', ':', ' ']))
    })?;
    let is_title =
        (2..=200).contains(&inside.len()) && inside.starts_with(|c: char| c.is_uppercase() || c.is_numeric());
    is_title.then(|| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unwrapped(text: &str) -> (String, Found) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        unwrap(&mut page, &mut found);
        (page.text().trim().to_owned(), found)
    }

    #[test]
    fn a_greeting_and_a_closing_question_are_left_out_and_told() {
        let text = "Certainly! Here is an outline for *Salt and Bread*:\n\n---\n\n# A\n\n- b\n\n---\n\nLet me know what to change!";
        let (text, found) = unwrapped(text);
        assert_eq!(text, "# A\n\n- b");
        assert_eq!(found.title.as_deref(), Some("Salt and Bread"));
        assert_eq!(found.notes.0.len(), 2);
    }

    #[test]
    fn a_fence_around_the_whole_is_opened() {
        assert_eq!(unwrapped("As you wish.\n\n```markdown\n# A\n## B\n```\nDone!").0, "# A\n## B");
        let code = "# A\n```\n# not a heading\n```";
        assert_eq!(unwrapped(code).0, code);
    }

    #[test]
    fn the_words_of_an_outline_stay() {
        for text in ["Salt\n\n- a", "Sure Footed\n\n- a", "# A\n\nWould it end?", "# A\n\n- Do you want bread?"] {
            assert_eq!(unwrapped(text).0, text);
        }
    }
}
