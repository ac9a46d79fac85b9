//! Lines that say what stands behind them in a chapter, such as `Summary: ...`, `Key points:` and `Word count: 3,000`.

use super::{
    Chapter,
    check::ChapterLines,
    goals,
    page::{Line, Page, item},
    values::counted_words,
};

/// What stands behind such a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Caption {
    Summary,
    Points,
    Words,
}

const NAMES: [(Caption, &[&str]); 3] = [
    (
        Caption::Summary,
        &[
            "summary",
            "chapter summary",
            "synopsis",
            "description",
            "chapter description",
            "zusammenfassung",
            "beschreibung",
            "résumé",
            "resumen",
            "sinopsis",
            "descripción",
            "riassunto",
            "descrizione",
            "resumo",
            "descrição",
            "samenvatting",
            "краткое содержание",
            "описание",
            "概要",
            "摘要",
            "简介",
            "あらすじ",
            "요약",
        ],
    ),
    (
        Caption::Points,
        &[
            "key points",
            "main points",
            "points",
            "bullet points",
            "topics",
            "key topics",
            "topics covered",
            "key ideas",
            "main ideas",
            "key concepts",
            "key events",
            "events",
            "plot points",
            "beats",
            "key beats",
            "scene beats",
            "content",
            "contents",
            "outline",
            "themen",
            "kernpunkte",
            "stichpunkte",
            "inhalt",
            "points clés",
            "puntos clave",
            "punti chiave",
            "pontos-chave",
            "kernpunten",
            "основные пункты",
            "要点",
            "ポイント",
        ],
    ),
    (
        Caption::Words,
        &[
            "word count",
            "words",
            "target word count",
            "target words",
            "target length",
            "length",
            "estimated length",
            "estimated word count",
            "estimated words",
            "approximate length",
            "approximate word count",
            "word target",
            "wortzahl",
            "wörter",
            "länge",
            "umfang",
            "longueur",
            "nombre de mots",
            "palabras",
            "extensión",
            "parole",
            "lunghezza",
            "palavras",
            "aantal woorden",
            "字数",
        ],
    ),
];

/// Takes the captions out of a chapter: what stands behind them is its summary, its points and its length.
pub(super) fn take(chapter: &mut Chapter, lines: &mut ChapterLines) {
    take_sections(chapter, lines);
    take_points(chapter);
    take_words(chapter);
    chapter.summary = without_captions(&chapter.summary);
    for section in &mut chapter.sections {
        section.summary = without_captions(&section.summary);
    }
}

/// Takes the sections "Summary", "Key Points" and "Word Count" that stand before all others.
fn take_sections(chapter: &mut Chapter, lines: &mut ChapterLines) {
    let mut taken = 0;
    for section in &chapter.sections {
        let (text, points) = (section.summary.as_str(), &section.points);
        match called(&section.heading) {
            Some(Caption::Summary) if points.is_empty() && !text.is_empty() && chapter.summary.is_empty() => {
                text.clone_into(&mut chapter.summary);
            }
            Some(Caption::Points) if text.is_empty() && !points.is_empty() => {
                chapter.points.extend(points.iter().cloned());
            }
            Some(Caption::Words) if points.is_empty() && chapter.words.is_none() => match counted_words(text) {
                Some(words) => chapter.words = Some(words),
                None => break,
            },
            _ => break,
        }
        taken += 1;
    }
    chapter.sections.drain(..taken);
    lines.sections.drain(..taken.min(lines.sections.len()));
}

/// Takes the points that are a summary, a length, or a list of points themselves.
fn take_points(chapter: &mut Chapter) {
    let mut points = Vec::with_capacity(chapter.points.len());
    for point in std::mem::take(&mut chapter.points) {
        let (first, rest) = point.split_once('\n').unwrap_or((point.as_str(), ""));
        match captioned(first) {
            Some((Caption::Summary, text)) if rest.is_empty() && is_text(text) && chapter.summary.is_empty() => {
                text.clone_into(&mut chapter.summary);
            }
            Some((Caption::Words, text)) if rest.is_empty() && chapter.words.is_none() => match counted_words(text) {
                Some(words) => chapter.words = Some(words),
                None => points.push(point),
            },
            Some((Caption::Points, "")) => match items(rest) {
                Some(items) => points.extend(items),
                None => points.push(point),
            },
            _ => points.push(point),
        }
    }
    chapter.points = points;
}

/// Returns the items of a list that is nothing but a list of single lines.
fn items(list: &str) -> Option<Vec<String>> {
    let items: Option<Vec<String>> = list
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| {
            item(line).filter(|item| item.indent == 0 && item.marker.is_ascii()).map(|item| item.text.to_owned())
        })
        .collect();
    items.filter(|items| !items.is_empty() && items.iter().all(|text| is_text(text)))
}

/// Takes the line that gives the length.
fn take_words(chapter: &mut Chapter) {
    if chapter.words.is_some() {
        return;
    }
    let mut page = Page::new(&chapter.summary, 1);
    let code = page.code();
    let words = |line: &str| {
        captioned(line).filter(|(caption, _)| *caption == Caption::Words).and_then(|(_, text)| counted_words(text))
    };
    let found = (0..page.lines.len()).find_map(|at| Some((at, words(&page.lines[at].text).filter(|_| !code[at])?)));
    if let Some((at, words)) = found {
        chapter.words = Some(words);
        page.lines.remove(at);
        chapter.summary = without_gaps(&page);
    }
}

/// Returns a text without the captions before summaries and over points.
fn without_captions(text: &str) -> String {
    if !text.contains([':', '：']) {
        return text.to_owned();
    }
    let mut page = Page::new(text, 1);
    let code = page.code();
    let mut is_changed = false;
    for at in (0..page.lines.len()).rev().filter(|&at| !code[at]) {
        let is_over_list = page
            .next_text(at + 1)
            .is_some_and(|next| item(&page.lines[next].text).is_some() || page.lines[next].text.starts_with("```"));
        let text = match captioned(&page.lines[at].text) {
            Some((Caption::Points, "")) if !is_over_list => "",
            Some((Caption::Summary, "")) if page.next_text(at + 1).is_some() && !is_over_list => "",
            Some((Caption::Summary, words)) if is_text(words) && captioned(words).is_none() => words,
            _ => continue,
        };
        let lines = ["", text].map(|text| Line { number: 1, text: text.to_owned() });
        page.lines.splice(at..=at, lines);
        is_changed = true;
    }
    if is_changed { without_gaps(&page) } else { text.to_owned() }
}

/// Returns the text of a page with one blank line between its paragraphs.
fn without_gaps(page: &Page) -> String {
    let code = page.code();
    let mut lines: Vec<&str> = Vec::with_capacity(page.lines.len());
    for (line, code) in page.lines.iter().zip(code) {
        let is_gap = line.text.is_empty() && !code && lines.last().is_none_or(|last| last.is_empty());
        if !is_gap {
            lines.push(&line.text);
        }
    }
    lines.join("\n").trim_end_matches('\n').to_owned()
}

/// Returns whether a text stays a text where it begins a line.
fn is_text(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '“' | '„' | '«' | '*' | '_'))
        && item(text).is_none()
        && !goals::is_label(text)
        && !text.starts_with("***")
        && !text.starts_with("___")
}

/// Reads a line such as `**Summary:** Ann leaves.` The text is empty where the line has none.
fn captioned(line: &str) -> Option<(Caption, &str)> {
    let (name, text) = line.split_once([':', '：'])?;
    let is_bold = name.starts_with(['*', '_']);
    // In `**Summary:** text` the mark closes behind the colon, in `**Summary**: text` before it.
    let text = if is_bold && !name.ends_with(['*', '_']) { text.trim_start_matches(['*', '_']) } else { text };
    let caption = called(name.trim_matches(['*', '_']))?;
    Some((caption, text.trim()))
}

fn called(name: &str) -> Option<Caption> {
    let name = name.trim().trim_end_matches([':', '：']).to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(caption, _)| *caption)
}

#[cfg(test)]
mod tests {
    use super::{super::Section, *};

    fn taken(summary: &str, points: &[&str]) -> Chapter {
        let points = points.iter().map(|point| (*point).to_owned()).collect();
        let mut chapter = Chapter { summary: summary.to_owned(), points, ..Chapter::default() };
        take(&mut chapter, &mut ChapterLines::default());
        chapter
    }

    #[test]
    fn the_lines_of_a_summary_lose_their_captions() {
        let chapter =
            taken("**POV:** Ann\nWord count: 2,500\n**Summary:** Ann leaves.\n\n**Key points:**\n\nIt rains.", &["a"]);
        assert_eq!(chapter.summary, "**POV:** Ann\n\nAnn leaves.\n\nIt rains.");
        assert_eq!((chapter.words, chapter.points.as_slice()), (Some(2_500), &["a".to_owned()][..]));
        for summary in
            ["Summary: 3 ways", "In summary: it rains.", "Length: a day", "```\nSummary: a\n```", "Points:\n\n1. a"]
        {
            assert_eq!(taken(summary, &[]).summary, summary);
        }
    }

    #[test]
    fn points_that_are_captions_are_what_they_say() {
        let chapter = taken("", &["**Summary**: Ann leaves.", "Key points:\n- a\n- b", "Words: 900", "POV: Ann"]);
        assert_eq!((chapter.summary.as_str(), chapter.words), ("Ann leaves.", Some(900)));
        assert_eq!(chapter.points, ["a", "b", "POV: Ann"]);
    }

    #[test]
    fn sections_that_are_captions_stand_before_all_others() {
        let section = |heading: &str, summary: &str, points: &[&str]| Section {
            heading: heading.to_owned(),
            summary: summary.to_owned(),
            points: points.iter().map(|point| (*point).to_owned()).collect(),
        };
        let sections = vec![
            section("Summary", "Ann leaves.", &[]),
            section("Key Points", "", &["a"]),
            section("Rain", "", &["b"]),
            section("Summary", "It ends.", &[]),
        ];
        let mut chapter = Chapter { sections, ..Chapter::default() };
        let mut lines = ChapterLines { line: None, sections: vec![Some(1), Some(2), Some(3), Some(4)] };
        take(&mut chapter, &mut lines);
        assert_eq!((chapter.summary.as_str(), chapter.points.as_slice()), ("Ann leaves.", &["a".to_owned()][..]));
        assert_eq!(chapter.sections.len(), 2);
        assert_eq!(lines.sections, [Some(3), Some(4)]);
    }
}
