//! Changes of the texts of a finished book: notes that a model follows, texts that an editor brings, and former texts that are taken
//! back.

use bindery_domain::Digest;
use bindery_ledger::{Book, EditedText, Order, Origin, Revision, RevisionOrder, Task, Version, VersionName, versions};
use bindery_store::{Store, StoreError};
use bindery_text::{
    clean::clean,
    editable::{EditableText, Stretch},
    length::length,
};

use crate::{CommandError, so_far::texts_are_here};

/// The most characters of a note to the model.
pub(crate) const MAX_NOTE: usize = 4_000;

/// The most characters of the words that a note is about.
const MAX_PASSAGE: usize = 4_000;

/// The most bytes of a text that an editor brings.
pub(crate) const MAX_TEXT: usize = 1 << 20;

/// What an editor wants changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevisionWish {
    /// The numbers of the chapters.
    pub chapters: Vec<u32>,
    /// The numbers of the sections of the one chapter; empty where all may change.
    pub sections: Vec<u32>,
    /// What is to be changed.
    pub note: String,
    /// The words in the one chapter that the note is about.
    pub passage: Option<String>,
}

/// Why a text of a book cannot be changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// What the caller gave has faults, one sentence each.
    #[error("{}", .0.join("; "))]
    Faults(Vec<String>),
    /// There is no such text.
    #[error("{0}")]
    NoText(String),
    /// The texts have left the store.
    #[error("the texts of the book have left the store after the time that store.retention gives")]
    TextsLeft,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ChangeError> for CommandError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Faults(faults) => Self::Invalid(faults),
            ChangeError::NoText(what) => Self::Missing(what),
            ChangeError::TextsLeft => Self::TextsLeft,
            ChangeError::Store(error) => error.into(),
        }
    }
}

/// The chapters of a book with their texts.
pub struct Manuscript<'a> {
    store: &'a dyn Store,
    book: &'a Book,
    tasks: Vec<Task>,
    order: Order,
}

impl<'a> Manuscript<'a> {
    /// Reads what is known of the texts of a book.
    pub async fn open(store: &'a dyn Store, book: &'a Book) -> Result<Self, ChangeError> {
        if !texts_are_here(book) {
            return Err(ChangeError::TextsLeft);
        }
        let request = store.request(&book.id).await?;
        let request = request.ok_or_else(|| ChangeError::NoText("the book was deleted".to_owned()))?;
        Ok(Self { store, book, tasks: store.tasks(&book.id).await?, order: request.order })
    }

    /// Returns the versions of a chapter, the present one first.
    pub fn versions(&self, chapter: u32) -> Result<Vec<Version>, ChangeError> {
        let chapters = self.book.chapters;
        if !(1..=chapters).contains(&chapter) {
            return Err(ChangeError::NoText(format!("the book has no chapter {chapter}; it has {chapters}")));
        }
        let versions = versions(&self.tasks, chapter);
        match versions.is_empty() {
            true => Err(ChangeError::NoText(format!("nothing is written of chapter {chapter}"))),
            false => Ok(versions),
        }
    }

    /// Returns the version of a chapter that has a name; `None` stands for the present one.
    pub fn version(&self, chapter: u32, name: Option<VersionName>) -> Result<Version, ChangeError> {
        let versions = self.versions(chapter)?;
        let found = versions.iter().find(|version| name.is_none_or(|name| version.name() == name));
        found.cloned().ok_or_else(|| {
            let known: Vec<String> = versions.iter().map(|version| version.name().to_string()).collect();
            let name = name.map(|name| name.to_string()).unwrap_or_default();
            ChangeError::NoText(format!("chapter {chapter} has no version {name}; it has {}", known.join(", ")))
        })
    }

    /// Returns the version before another one.
    pub fn before(&self, chapter: u32, version: &Version) -> Result<Version, ChangeError> {
        let earlier = self.versions(chapter)?.into_iter().find(|earlier| earlier.name() < version.name());
        earlier
            .ok_or_else(|| ChangeError::NoText(format!("chapter {chapter} has no version before {}", version.name())))
    }

    /// Returns the text of a version.
    pub async fn text(&self, version: &Version) -> Result<String, ChangeError> {
        let digest: &Digest = &version.digest;
        let text = self.store.text(&self.book.id, digest).await?;
        text.ok_or_else(|| ChangeError::NoText(format!("the store has lost the text of version {}", version.name())))
    }

    /// Returns what differs between two versions of a chapter as a unified diff, line by line; empty where they are the same.
    pub async fn diff(&self, from: &Version, to: &Version) -> Result<String, ChangeError> {
        let (old, new) = (self.text(from).await?, self.text(to).await?);
        let diff = similar::TextDiff::from_lines(&old, &new);
        let name = |version: &Version| format!("version {} ({})", version.name(), version.origin);
        Ok(diff.unified_diff().context_radius(1).header(&name(from), &name(to)).to_string())
    }

    /// Checks what an editor wants changed, and makes the orders for it.
    pub async fn revisions(&self, wish: RevisionWish) -> Result<Vec<Revision>, ChangeError> {
        let RevisionWish { mut chapters, mut sections, note, passage } = wish;
        chapters.sort_unstable();
        chapters.dedup();
        let mut faults = faults_of(&chapters, &sections, &note, passage.as_deref());
        if let (true, [chapter]) = (faults.is_empty(), &chapters[..]) {
            let text = self.text(&self.version(*chapter, None)?).await?;
            let stretches = EditableText::read(&text).sections();
            faults.extend(faults_of_sections(*chapter, &sections, stretches.len()));
            if let Some(passage) = &passage {
                match sections_with(&stretches, &sections, passage) {
                    found if found.is_empty() => {
                        faults.push(format!("passage: chapter {chapter} does not have these words"));
                    }
                    found => sections = found,
                }
            }
        }
        if !faults.is_empty() {
            return Err(ChangeError::Faults(faults));
        }
        let order = RevisionOrder { note: clean(note.trim()).into_owned(), sections, passage };
        chapters
            .into_iter()
            .map(|chapter| {
                self.versions(chapter)?;
                Ok(Revision { chapter, order: order.clone() })
            })
            .collect()
    }

    /// Makes the order that puts a text of an editor in the place of a chapter's text. A heading with the title of the chapter is left
    /// out, since the book has it already.
    pub fn edited(&self, chapter: u32, text: &str) -> Result<EditedText, ChangeError> {
        self.versions(chapter)?;
        let outlined = self.order.outline.chapters.get(chapter as usize - 1);
        let title = outlined.map_or("", |chapter| chapter.title.as_str());
        let text = without_title(&clean(text), title).trim().to_owned() + "\n";
        if text.trim().is_empty() {
            return Err(ChangeError::Faults(vec![
                "text: is empty; to leave a chapter out, change the outline".to_owned(),
            ]));
        }
        if text.len() > MAX_TEXT {
            return Err(ChangeError::Faults(vec![format!("text: may have {MAX_TEXT} bytes, has {}", text.len())]));
        }
        let length = length(&text, self.order.language());
        Ok(EditedText { chapter, text: text.into(), length, origin: Origin::Edited, instead_of: None })
    }

    /// Makes the order that takes a former text of a chapter back.
    pub async fn restored(&self, chapter: u32, name: VersionName) -> Result<EditedText, ChangeError> {
        let version = self.version(chapter, Some(name))?;
        let text = self.text(&version).await?;
        let instead_of = Some(self.version(chapter, None)?.name());
        Ok(EditedText { chapter, text: text.into(), length: version.length, origin: Origin::Restored, instead_of })
    }
}

/// Returns what is wrong with a wish, whatever the book is.
fn faults_of(chapters: &[u32], sections: &[u32], note: &str, passage: Option<&str>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |is_wrong: bool, fault: &str| {
        if is_wrong {
            faults.push(fault.to_owned())
        }
    };
    check(chapters.is_empty(), "chapters: is empty; name at least one");
    check(note.trim().is_empty(), "note: is empty; say what is to be changed");
    check(note.chars().count() > MAX_NOTE, &format!("note: may have {MAX_NOTE} characters"));
    let one_place = !sections.is_empty() || passage.is_some();
    check(one_place && chapters.len() > 1, "sections and passage: are of one chapter; name only that one");
    let long = passage.is_some_and(|passage| passage.chars().count() > MAX_PASSAGE);
    check(long, &format!("passage: may have {MAX_PASSAGE} characters; mark fewer words"));
    faults
}

fn faults_of_sections(chapter: u32, named: &[u32], count: usize) -> Vec<String> {
    let unknown = named.iter().filter(|number| !(1..=count).contains(&(**number as usize)));
    unknown.map(|number| format!("sections: chapter {chapter} has no section {number}; it has {count}")).collect()
}

/// Returns the numbers of the sections that have these words, among those that are named.
fn sections_with(stretches: &[Stretch<'_>], named: &[u32], words: &str) -> Vec<u32> {
    let numbered = (1..).zip(stretches).filter(|(number, _)| named.is_empty() || named.contains(number));
    numbered.filter(|(_, stretch)| stretch.has(words)).map(|(number, _)| number).collect()
}

fn without_title<'t>(text: &'t str, title: &str) -> &'t str {
    let text = text.trim_start();
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let heading = first.strip_prefix('#').map(|heading| heading.trim_matches(['#', ' ']));
    if heading.is_some_and(|heading| heading.trim() == title.trim()) { rest } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_says_all_of_its_faults() {
        let faults = faults_of(&[1, 2], &[3], " ", Some("words"));
        assert_eq!(
            faults,
            [
                "note: is empty; say what is to be changed",
                "sections and passage: are of one chapter; name only that one",
            ]
        );
        assert_eq!(faults_of(&[1], &[3], "Shorter.", Some("words")), Vec::<String>::new());
        assert_eq!(faults_of_sections(4, &[1, 3], 2), ["sections: chapter 4 has no section 3; it has 2"]);
    }

    #[test]
    fn a_passage_names_the_sections_that_have_it() {
        let stretches =
            EditableText::read("## Salt\n\nIt is *white*.\n\n## Iron\n\nIt is white when hot.\n").sections();
        assert_eq!(sections_with(&stretches, &[], "It is white"), [1, 2]);
        assert_eq!(sections_with(&stretches, &[2], "It is white"), [2]);
        assert_eq!(sections_with(&stretches, &[], "when hot"), [2]);
        assert!(sections_with(&stretches, &[], "when cold").is_empty());
    }

    #[test]
    fn the_title_of_a_chapter_is_no_part_of_its_text() {
        assert_eq!(without_title("# Salt #\n\nIt is white.", "Salt"), "\nIt is white.");
        assert_eq!(without_title("# Iron\n\nIt rusts.", "Salt"), "# Iron\n\nIt rusts.");
        assert_eq!(without_title("It rusts.", "Salt"), "It rusts.");
    }
}
