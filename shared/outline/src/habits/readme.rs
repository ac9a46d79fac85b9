//! First headings that name the file and not the book: `# README` of a repository, `# Outline` of a note.

use super::{
    super::page::{Line, Page, bold, heading},
    Found,
};

/// The names of files, in lower case.
const NAMES: [&str; 14] = [
    "readme",
    "readme.md",
    "outline",
    "outline.md",
    "book outline",
    "my book outline",
    "chapter outline",
    "untitled",
    "untitled document",
    "untitled book",
    "draft",
    "manuscript",
    "gliederung",
    "esquema",
];

/// Headings of a repository that say nothing of the book, in lower case.
const OF_REPOSITORIES: [&str; 16] = [
    "build",
    "building",
    "changelog",
    "code of conduct",
    "contact",
    "contributing",
    "contributors",
    "development",
    "files",
    "how to build",
    "how to contribute",
    "installation",
    "licence",
    "license",
    "status",
    "usage",
];

/// Returns whether a title names a file of an outline and no book.
pub(super) fn is_name(text: &str) -> bool {
    let name = bold(text).unwrap_or(text).trim_end_matches(':').to_lowercase();
    NAMES.contains(&name.as_str())
}

/// Drops such a heading, and in a repository's file what says nothing of the book. The only heading that is left below it is the
/// title then.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let Some(first) = page.next_text(0) else { return };
    let Some((1, name)) = heading(&page.lines[first].text).filter(|(_, text)| is_name(text)) else { return };
    let code = page.code();
    let level = |at: usize| heading(&page.lines[at].text).map_or(0, |(level, _)| level);
    let headings: Vec<usize> = (first + 1..page.lines.len()).filter(|&at| !code[at] && level(at) > 0).collect();
    // Where headings say themselves what they are, this one is a title.
    let is_marked = headings.iter().any(|&at| page.lines[at].text.contains("{chapter"));
    if is_marked || headings.is_empty() || headings.iter().any(|&at| level(at) == 1) {
        return;
    }
    let is_readme = name.to_lowercase().starts_with("readme");
    let note = format!("\"{name}\" is the name of a file and not taken as the book's title");
    found.notes.add(page.lines[first].number, note);
    found.is_untitled = true;
    let top = headings.iter().map(|&at| level(at)).min().unwrap_or_default();
    let (matter, books): (Vec<usize>, Vec<usize>) = headings
        .iter()
        .copied()
        .filter(|&at| level(at) == top)
        .partition(|&at| is_readme && is_of_repository(page, at));
    let end = |at: usize| headings.iter().copied().find(|&next| next > at && level(next) <= top);
    let spans: Vec<(usize, usize)> = matter.iter().map(|&at| (at, end(at).unwrap_or(page.lines.len()))).collect();
    let has_chapters = |at: usize| headings.iter().any(|&next| next > at && level(next) > top);
    let title = books.first().copied().filter(|&at| is_readme && books.len() == 1 && has_chapters(at));
    page.clear(first);
    for (start, end) in spans {
        found.notes.add(page.lines[start].number, "what is about the files and not about the book is left out");
        (start..end).for_each(|at| page.clear(at));
    }
    if let Some(at) = title {
        raise(page, first, at);
    }
}

/// Makes a heading the title, with the text that stands before it below it.
fn raise(page: &mut Page, first: usize, title: usize) {
    let text = heading(&page.lines[title].text).map_or("", |(_, text)| text);
    let line = Line { number: page.lines[title].number, text: format!("# {text}") };
    page.lines.remove(title);
    page.lines.insert(first, line);
}

fn is_of_repository(page: &Page, at: usize) -> bool {
    heading(&page.lines[at].text).is_some_and(|(_, text)| OF_REPOSITORIES.contains(&text.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_page(text: &str) -> (String, bool) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        (page.text(), found.is_untitled)
    }

    #[test]
    fn the_only_heading_about_the_book_is_its_title() {
        let text = "# README\n\nMy book.\n\n## Salt\n\n### Sea\n- a\n### Mine\n\n## License\n\nFree.";
        assert_eq!(read_page(text), ("# Salt\n\n\nMy book.\n\n\n### Sea\n- a\n### Mine\n\n\n\n".to_owned(), true));
    }

    #[test]
    fn a_file_of_chapters_has_no_title() {
        assert_eq!(read_page("# Outline\n\n## Sea\n\n## Mine"), ("\n\n## Sea\n\n## Mine".to_owned(), true));
        for text in ["# Salt\n\n## Readme\n\n## License", "# Outline\n\n# Sea\n\n# Mine", "# Outline\n\n- Sea\n- Mine"]
        {
            assert_eq!(read_page(text), (text.to_owned(), false));
        }
    }
}
