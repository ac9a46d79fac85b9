//! Headings such as "Front Matter" and "Back Matter", below which stand the pieces before and after the chapters.

use super::{
    super::page::{Page, bold, heading, item},
    Found, Role,
};

/// Where the pieces below such a heading stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Front,
    Main,
    Back,
}

const NAMES: [(Place, &[&str]); 3] = [
    (
        Place::Front,
        &[
            "front matter",
            "frontmatter",
            "preliminaries",
            "preliminary pages",
            "titelei",
            "pages liminaires",
            "vorspann",
        ],
    ),
    (Place::Main, &["main matter", "mainmatter", "body matter", "main text", "hauptteil"]),
    (Place::Back, &["back matter", "backmatter", "end matter", "endmatter", "nachspann"]),
];

/// Raises the headings below such headings to their level, with the role that their place says, and drops the headings themselves.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let headings: Vec<(usize, usize)> = (0..page.lines.len())
        .filter(|&at| !code[at])
        .filter_map(|at| heading(&page.lines[at].text).map(|(level, _)| (at, level)))
        .collect();
    for (index, &(at, level)) in headings.iter().enumerate() {
        let Some(place) = place(&page.lines[at].text) else { continue };
        let below: Vec<(usize, usize)> =
            headings[index + 1..].iter().copied().take_while(|(_, other)| *other > level).collect();
        let end = headings[index + 1..].first().map_or(page.lines.len(), |(at, _)| *at);
        let is_read = match below.iter().map(|(_, level)| *level).min() {
            Some(highest) => {
                raise(page, &below, highest, level, place);
                true
            }
            None => items(page, at + 1..end, level, place),
        };
        if is_read {
            found.notes.add(
                page.lines[at].number,
                "the heading over these pieces is left out, since they say themselves what they are",
            );
            page.clear(at);
        }
    }
}

fn place(line: &str) -> Option<Place> {
    let (_, text) = heading(line)?;
    let name = bold(text).unwrap_or(text).trim_end_matches(':').to_lowercase();
    NAMES.iter().find(|(_, names)| names.contains(&name.as_str())).map(|(place, _)| *place)
}

fn raise(page: &mut Page, below: &[(usize, usize)], highest: usize, level: usize, place: Place) {
    for &(at, own) in below {
        let Some((_, text)) = heading(&page.lines[at].text) else { continue };
        let marks = "#".repeat(own - highest + level);
        let text = if own == highest { with_role(text, place) } else { text.to_owned() };
        page.lines[at].text = format!("{marks} {text}");
    }
}

/// Turns the items of a list into headings, if all of them name such pieces.
fn items(page: &mut Page, span: std::ops::Range<usize>, level: usize, place: Place) -> bool {
    let outer: Vec<usize> =
        span.filter(|&at| item(&page.lines[at].text).is_some_and(|item| item.indent == 0)).collect();
    let title = |at: usize| item(&page.lines[at].text).map(|item| bold(item.text).unwrap_or(item.text).to_owned());
    let titles: Vec<String> = outer.iter().filter_map(|&at| title(at)).collect();
    let are_pieces = titles.iter().all(|title| Role::of_title(title).is_some() || super::pages::is_made(title));
    if titles.is_empty() || !are_pieces || place == Place::Main {
        return false;
    }
    for (at, title) in outer.into_iter().zip(titles) {
        page.lines[at].text = format!("{} {}", "#".repeat(level), with_role(&title, place));
    }
    true
}

fn with_role(text: &str, place: Place) -> String {
    let role = match place {
        Place::Front => "front_matter",
        Place::Back => "back_matter",
        Place::Main => return text.to_owned(),
    };
    let is_told = Role::of_title(bold(text).unwrap_or(text)).is_some() || text.ends_with('}');
    if is_told || super::pages::is_made(text) { text.to_owned() } else { format!("{text} {{role={role}}}") }
}

#[cfg(test)]
mod tests {
    use super::{super::page_after, *};

    fn read_page(text: &str) -> String {
        page_after(read, text)
    }

    #[test]
    fn the_pieces_before_and_after_the_chapters_are_raised() {
        let text = "# Wax\n## Front Matter\n### Preface\n### A Map\n#### North\n## Bees\n- a\n## Back Matter\n- Glossary\n- About the Author";
        let expected = "# Wax\n\n## Preface\n## A Map {role=front_matter}\n### North\n## Bees\n- a\n\n## Glossary\n## About the Author";
        assert_eq!(read_page(text), expected);
    }

    #[test]
    fn a_chapter_about_such_pieces_stays() {
        let text = "# Typesetting\n## Front Matter\n- what it is for\n## Margins\n- a";
        assert_eq!(read_page(text), text);
    }
}
