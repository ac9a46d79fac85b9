//! Plain text: one file that every program opens, and that may be read aloud.

mod inline;
mod practice;

use self::inline::line;
use super::{
    book::Book,
    document::{Block, Inline, Item},
    publication,
    terms::Terms,
};

/// Renders the book as plain text.
pub(super) fn render(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let mut out = underlined(&manuscript.title, '=');
    let pages = [publication::copyright_page(manuscript), publication::disclosure_page(manuscript)];
    let lines = publication::title_lines(manuscript).into_iter().map(|line| line.text);
    for text in lines.chain(pages.into_iter().flatten().flat_map(|page| page.paragraphs)) {
        out.push_str(&format!("\n{text}\n"));
    }
    if let Some(notice) = &manuscript.notice {
        out.push_str(&format!("\n{notice}\n"));
    }
    for (index, chapter) in book.chapters.iter().enumerate() {
        if let Some(part) = book.part_before(index) {
            out.push_str(&format!("\n\n{}", underlined(&book.parts[part].name.label(), '=')));
        }
        out.push_str(&format!("\n\n{}", underlined(&chapter.label(), '=')));
        if !chapter.goals.is_empty() {
            let goals: Vec<String> = chapter.goals.iter().map(|goal| format!("- {goal}")).collect();
            out.push_str(&format!("\n{}\n\n{}\n", book.terms.goals, goals.join("\n")));
        }
        let document = book.document(index);
        let text = blocks(&document.blocks, book.terms);
        if !text.is_empty() {
            out.push_str(&format!("\n{text}\n"));
        }
        if !document.notes.is_empty() {
            out.push_str(&format!("\n{}\n", book.terms.notes));
        }
        for (number, note) in (1..).zip(&document.notes) {
            out.push_str(&format!("\n[{number}] {}\n", indented(&blocks(&note.blocks, book.terms), "    ")));
        }
    }
    out
}

fn underlined(title: &str, mark: char) -> String {
    let width = title.chars().count().clamp(3, 70);
    format!("{title}\n{}\n", mark.to_string().repeat(width))
}

fn blocks(blocks: &[Block], terms: &Terms) -> String {
    let written: Vec<String> = blocks.iter().map(|one| block(one, terms)).filter(|text| !text.is_empty()).collect();
    written.join("\n\n")
}

fn block(block: &Block, terms: &Terms) -> String {
    match block {
        Block::Paragraph { text } | Block::Plain { text } => line(text),
        Block::Verse { text } => format!("    {}", indented(&line(text), "    ")),
        Block::Heading { text, .. } => underlined(&line(text), '-').trim_end().to_owned(),
        Block::Quote { blocks: inside, .. } => format!("    {}", indented(&blocks(inside, terms), "    ")),
        Block::List { start, items } => list(*start, items, terms),
        Block::Quiz { start, questions } => practice::quiz(*start, questions, terms),
        Block::Exercises { start, exercises } => practice::exercises(*start, exercises, terms),
        Block::Definitions { items } => {
            let each = items.iter().map(|item| {
                let meanings =
                    item.meanings.iter().map(|meaning| format!("    {}", indented(&blocks(meaning, terms), "    ")));
                format!("{}\n{}", line(&item.term), meanings.collect::<Vec<_>>().join("\n"))
            });
            each.collect::<Vec<_>>().join("\n\n")
        }
        Block::Code { text, .. } => format!("    {}", indented(text.trim_end_matches('\n'), "    ")),
        Block::Formula { tex } => format!("    {tex}"),
        Block::Figure { alt, caption, .. } => format!("[{}]", if caption.is_empty() { alt } else { caption }),
        Block::Table { head, rows, .. } => {
            let row = |cells: &Vec<Vec<Inline>>| {
                cells.iter().map(|cell| line(cell).replace('\n', " ")).collect::<Vec<_>>().join(" | ")
            };
            std::iter::once(row(head)).chain(rows.iter().map(row)).collect::<Vec<_>>().join("\n")
        }
        Block::Break => "* * *".to_owned(),
    }
}

fn list(start: Option<u64>, items: &[Item], terms: &Terms) -> String {
    let items = (start.unwrap_or(0)..).zip(items).map(|(number, item)| {
        let mark = match (item.done, start) {
            (Some(true), _) => "[x] ".to_owned(),
            (Some(false), _) => "[ ] ".to_owned(),
            (None, Some(_)) => format!("{number}. "),
            (None, None) => "- ".to_owned(),
        };
        let below = " ".repeat(mark.len());
        let text = item.blocks.iter().map(|one| block(one, terms)).collect::<Vec<_>>().join("\n");
        format!("{mark}{}", indented(&text, &below))
    });
    items.collect::<Vec<_>>().join("\n")
}

/// Returns a text whose lines but the first begin further in.
fn indented(text: &str, indent: &str) -> String {
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |out, line| match line.is_empty() {
        true => out + "\n",
        false => out + "\n" + indent + line,
    })
}
