//! A bound book, read back from its files.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read as _,
    path::Path,
};

use roxmltree::{Document, Node, ParsingOptions};

/// A bound book with its chapters in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Book {
    pub(crate) chapters: Vec<Bound>,
}

/// A chapter as it was bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) headings: Vec<String>,
    /// All text between the headings.
    pub(crate) text: String,
}

impl Book {
    /// Reads a book that is bound as `stem.epub`, `stem.html` and `stem.md`. All three must have the same chapters.
    pub(crate) fn open(folder: &Path, stem: &str) -> Self {
        let file = |format: &str| folder.join(format!("{stem}.{format}"));
        let epub = Self::of_epub(&file("epub"));
        let html = fs::read_to_string(file("html")).unwrap();
        assert_eq!(epub.chapters, chapters(&parse(&html)), "the EPUB and the HTML have different chapters");
        epub.is_in(&fs::read_to_string(file("md")).unwrap());
        epub
    }

    /// Reads the chapters of an EPUB in the order of its spine.
    fn of_epub(path: &Path) -> Self {
        let pages = unpack(path);
        let package = parse(&pages["EPUB/package.opf"]);
        let attribute = |tag: &'static str, name: &'static str| {
            let found = package.descendants().filter(move |node| node.has_tag_name((OPF, tag)));
            found.map(move |node| node.attribute(name).unwrap().to_owned())
        };
        let places: BTreeMap<String, String> = attribute("item", "id").zip(attribute("item", "href")).collect();
        let spine = attribute("itemref", "idref").map(|id| format!("EPUB/{}", places[&id]));
        Self { chapters: spine.flat_map(|page| chapters(&parse(&pages[&page]))).collect() }
    }

    /// Checks that a Markdown file has the same headings in the same order.
    fn is_in(&self, markdown: &str) {
        let plain = markdown.replace('\\', "");
        let mut rest = plain.as_str();
        for chapter in &self.chapters {
            for (level, heading) in
                [("\n# ", &chapter.title)].into_iter().chain(chapter.headings.iter().map(|heading| ("\n## ", heading)))
            {
                let mut found = rest.match_indices(level).map(|(at, _)| &rest[at + 1..]);
                let heading_line = found.find(|after| after.lines().next().unwrap().contains(heading.as_str()));
                rest = heading_line.unwrap_or_else(|| panic!("the Markdown lacks {heading:?} where it belongs"));
            }
        }
    }

    /// Checks that the book has exactly these chapters in this order, with their sections and with different texts.
    #[track_caller]
    pub(crate) fn is_whole(&self, expected: &[ExpectedChapter]) {
        let titles: Vec<&str> = self.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
        let asked: Vec<&str> = expected.iter().map(|chapter| chapter.title.as_str()).collect();
        assert_eq!(titles, asked);
        let mut count = 0;
        let numbers: Vec<String> = titles.iter().map(|title| number_of(title, &mut count)).collect();
        let bound: Vec<&String> = self.chapters.iter().map(|chapter| &chapter.number).collect();
        assert!(bound.iter().copied().eq(&numbers), "{bound:?} are not {numbers:?}");
        for (chapter, ExpectedChapter { title, sections }) in self.chapters.iter().zip(expected) {
            match sections {
                Sections::Titled(headings) => assert_eq!(&chapter.headings, headings, "{title}"),
                Sections::Count(count) => assert_eq!(chapter.headings.len(), *count, "{title}"),
            }
        }
        let mut texts: Vec<&str> = self.chapters.iter().map(|chapter| chapter.text.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        assert!(texts.iter().all(|text| !text.is_empty()), "a chapter is empty");
        assert_eq!(texts.len(), expected.len(), "a chapter is doubled");
    }
}

/// Returns the number of the next chapter; empty where its title names a role that has none.
fn number_of(title: &str, count: &mut u32) -> String {
    if ["Introduction", "Einleitung", "Conclusion", "Schluss", "Prologue", "Epilogue"].contains(&title) {
        return String::new();
    }
    *count += 1;
    count.to_string()
}

/// What a chapter of a whole book must be.
#[derive(Clone, Debug)]
pub(crate) struct ExpectedChapter {
    pub(crate) title: String,
    pub(crate) sections: Sections,
}

/// The sections that a chapter must have.
#[derive(Clone, Debug)]
pub(crate) enum Sections {
    /// Sections with these headings, in this order.
    Titled(Vec<String>),
    /// This number of sections.
    Count(usize),
}

const OPF: &str = "http://www.idpf.org/2007/opf";

/// Returns the files of an EPUB by name.
fn unpack(path: &Path) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let mut pages = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let name = entry.name().unwrap().into_owned();
        assert!(!pages.contains_key(&name), "there are two files {name}");
        pages.insert(name, text);
    }
    pages
}

fn parse(xml: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).unwrap_or_else(|error| panic!("{error} in\n{xml}"))
}

fn chapters(document: &Document<'_>) -> Vec<Bound> {
    let sections = document.descendants().filter(|node| node.attribute("class") == Some("chapter"));
    sections.filter(|node| node.tag_name().name() == "section").map(chapter).collect()
}

fn chapter(section: Node<'_, '_>) -> Bound {
    let header = section.children().find(|node| node.tag_name().name() == "header").unwrap();
    let named = |class: &str| {
        let node = header.descendants().find(|node| node.attribute("class") == Some(class));
        node.map(text).unwrap_or_default()
    };
    let is_heading = |node: &Node<'_, '_>| matches!(node.tag_name().name(), "h2" | "h3" | "h4");
    let parts: Vec<Node<'_, '_>> = section.children().filter(|node| node.is_element() && *node != header).collect();
    let words: Vec<String> = parts.iter().filter(|node| !is_heading(node)).map(|node| text(*node)).collect();
    Bound {
        number: named("number"),
        title: named("title"),
        headings: parts.iter().filter(|node| is_heading(node)).map(|node| text(*node)).collect(),
        text: words.join("\n"),
    }
}

fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}
