//! What sells a book: what its first pages and its metadata say beside its title. Every format reads it from here.

mod wording;

#[cfg(test)]
pub(crate) use wording::is_worded_as_english;

pub use bindery_outline::{Contributor, ContributorRole, NumberStyle, Numbering, Series};

use crate::{Manuscript, cover_image::CoverImage};

/// The term by which metadata says that a model made the content.
/// <https://cv.iptc.org/newscodes/digitalsourcetype/>
pub(crate) const DIGITAL_SOURCE: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

/// What sells a book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Who had a share in the book beside its authors.
    pub contributors: Vec<Contributor>,
    /// The ISBNs of its editions.
    pub isbns: Vec<EditionIsbn>,
    /// The series that it belongs to.
    pub series: Option<Series>,
    /// The edition: a number or a text.
    pub edition: Option<String>,
    /// Words by which it is found.
    pub keywords: Vec<String>,
    /// Subjects by their codes of BISAC, the main one first.
    pub bisac: Vec<String>,
    /// Subjects by their codes of Thema, the main one first.
    pub thema: Vec<String>,
    /// What sellers tell readers of it.
    pub blurb: Option<String>,
    /// The date that its author gave it, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// What it says of the model that wrote it; `None` where it says nothing.
    pub disclosure: Option<Disclosure>,
    /// Who claims that its EPUB conforms to the standards of accessibility; `None` where nobody does.
    pub certified_by: Option<String>,
    /// Its cover.
    pub cover: Cover,
    /// The size of a page in print.
    pub trim: Trim,
    /// How its chapters and its parts are numbered.
    pub numbering: Numbering,
}

/// The ISBN of an edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditionIsbn {
    /// The edition, like `epub` or `paperback`; `None` where the ISBN is the only one.
    pub edition: Option<String>,
    /// The ISBN, as it was typed.
    pub isbn: String,
}

/// What a book says of the model that wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// The model.
    pub model: String,
    /// The author's own words in place of a sentence in the book's language.
    pub words: Option<String>,
}

/// The cover of a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// A cover that is drawn from the title and the authors.
    Drawn(Design),
    /// The author's own.
    Image(CoverImage),
}

impl Default for Cover {
    fn default() -> Self {
        Self::Drawn(Design::Classic)
    }
}

/// A design of a cover that is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Design {
    /// The title in a frame on a dark ground.
    Classic,
    /// The title on a light field between dark bands.
    Bands,
    /// The title over a pattern.
    Grid,
    /// The title on paper.
    Plain,
}

impl Design {
    /// All designs.
    pub const ALL: [Self; 4] = [Self::Classic, Self::Bands, Self::Grid, Self::Plain];

    /// Returns the name of the design, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Bands => "bands",
            Self::Grid => "grid",
            Self::Plain => "plain",
        }
    }

    /// Returns the design of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|design| design.name() == name)
    }
}

/// The size of a page in print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trim {
    /// 5 x 8 inches.
    Small,
    /// 5.5 x 8.5 inches.
    Digest,
    /// 6 x 9 inches.
    #[default]
    Trade,
    /// A5.
    A5,
    /// A4.
    A4,
}

impl Trim {
    /// All sizes.
    pub const ALL: [Self; 5] = [Self::Small, Self::Digest, Self::Trade, Self::A5, Self::A4];

    /// Returns the name of the size, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "5x8",
            Self::Digest => "5.5x8.5",
            Self::Trade => "6x9",
            Self::A5 => "a5",
            Self::A4 => "a4",
        }
    }

    /// Returns the size of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|trim| trim.name() == name)
    }
}

impl EditionIsbn {
    /// Returns the ISBN without its hyphens and spaces.
    pub(crate) fn digits(&self) -> String {
        self.isbn.chars().filter(|c| !matches!(c, '-' | ' ')).collect::<String>().to_uppercase()
    }

    /// Returns the ISBN with the name of its edition, as the copyright page has it.
    fn line(&self) -> String {
        match self.edition.as_deref() {
            None => format!("ISBN {}", self.isbn),
            Some(edition) => format!("ISBN {} ({})", self.isbn, edition_name(edition)),
        }
    }
}

/// Returns an edition as readers know it. The names of formats are the same in every language.
fn edition_name(edition: &str) -> String {
    match edition {
        "epub" | "pdf" | "html" | "docx" | "txt" | "json" | "scorm" => edition.to_uppercase(),
        "md" => "Markdown".to_owned(),
        "kindle" => "Kindle".to_owned(),
        other => other.to_owned(),
    }
}

impl Publication {
    /// Returns the ISBN of an edition.
    pub(crate) fn isbn(&self, edition: &str) -> Option<&EditionIsbn> {
        self.isbns.iter().find(|isbn| isbn.edition.as_deref().is_none_or(|of| of == edition))
    }
}

/// A line of a title page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TitleLine {
    pub(crate) kind: TitleLineKind,
    pub(crate) text: String,
}

/// What a line of a title page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TitleLineKind {
    Subtitle,
    Series,
    Author,
    Contributor,
    Publisher,
}

impl TitleLineKind {
    /// Returns the name of the line in style sheets.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Subtitle => "subtitle",
            Self::Series => "series",
            Self::Author => "author",
            Self::Contributor => "contributor",
            Self::Publisher => "imprint",
        }
    }
}

/// A page before the text: its heading and its paragraphs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrontPage {
    pub(crate) heading: &'static str,
    pub(crate) paragraphs: Vec<String>,
}

/// Returns the lines of the title page below the title.
pub(crate) fn title_lines(manuscript: &Manuscript) -> Vec<TitleLine> {
    use TitleLineKind::{Author, Contributor, Publisher, Series, Subtitle};
    let publication = &manuscript.publication;
    let line = |kind| move |text: String| TitleLine { kind, text };
    let series = publication.series.as_ref().map(|series| match &series.number {
        Some(number) => format!("{} {number}", series.name),
        None => series.name.clone(),
    });
    let contributors = publication.contributors.iter().map(|contributor| {
        match wording::contributor_label(&manuscript.language, contributor.role) {
            Some(label) => format!("{} ({label})", contributor.name),
            None => contributor.name.clone(),
        }
    });
    let lines = manuscript.subtitle.iter().cloned().map(line(Subtitle));
    let lines = lines.chain(series.map(line(Series)));
    let lines = lines.chain(manuscript.authors.iter().cloned().map(line(Author)));
    let lines = lines.chain(contributors.map(line(Contributor)));
    lines.chain(manuscript.publisher.iter().cloned().map(line(Publisher))).collect()
}

/// Returns the copyright page; `None` where there is nothing to say on it.
pub(crate) fn copyright_page(manuscript: &Manuscript) -> Option<FrontPage> {
    let publication = &manuscript.publication;
    // A number alone is for the metadata. In print it needs a word, which differs by language.
    let edition = publication.edition.as_ref().filter(|edition| edition.contains(|c: char| !c.is_ascii_digit()));
    let given = [&manuscript.rights, &manuscript.publisher, &edition.cloned(), &publication.date];
    let lines = given.into_iter().flatten().cloned().chain(publication.isbns.iter().map(EditionIsbn::line));
    let paragraphs: Vec<String> = lines.collect();
    // The title page has the publisher already.
    let says_more = paragraphs.len() > usize::from(manuscript.publisher.is_some());
    says_more.then(|| FrontPage { heading: wording::of(&manuscript.language).copyright, paragraphs })
}

/// Returns the page that says that a model wrote the text; `None` where the book does not say it.
pub(crate) fn disclosure_page(manuscript: &Manuscript) -> Option<FrontPage> {
    let disclosure = manuscript.publication.disclosure.as_ref()?;
    let wording = wording::of(&manuscript.language);
    let paragraphs = match &disclosure.words {
        Some(words) => words.split("\n\n").map(str::to_owned).collect(),
        None => vec![wording.disclosure.to_owned(), disclosure.model.clone()],
    };
    Some(FrontPage { heading: wording.about_text, paragraphs })
}

#[cfg(test)]
mod tests;
