//! The faults of outlines, with their places and what to do about them.

use std::fmt;

use super::{
    MAX_BYTES, MAX_CHAPTERS, MAX_GOALS, MAX_POINTS, MAX_SECTIONS, MAX_TITLE, MAX_WORDS, MIN_WORDS,
    values::{DESIGNS, TRIMS},
};

/// The most faults that one report lists. A file of the wrong kind has one on every line.
const MAX_FAULTS: usize = 50;

/// The faults for which an outline is rejected, in the order of their lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", Listing { error: self, file: None })]
pub struct OutlineError {
    /// At least one.
    pub(super) problems: Vec<Problem>,
    more: usize,
}

impl OutlineError {
    /// Renders one line for each fault, in the form `outline.md:12: what is wrong; what to do`.
    pub fn in_file(&self, file: &str) -> String {
        let listing = Listing { error: self, file: Some(file) };
        listing.to_string()
    }
}

impl From<Problem> for OutlineError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], more: 0 }
    }
}

/// One fault and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    /// The line in the outline, from 1; `None` where the fault is of the whole.
    pub(super) line: Option<usize>,
    pub(super) fault: Fault,
}

impl Problem {
    pub(super) fn new(line: impl Into<Option<usize>>, fault: Fault) -> Self {
        Self { line: line.into(), fault }
    }
}

/// The faults that a reader has found so far. It goes on after each.
#[derive(Debug, Default)]
pub(super) struct Faults {
    problems: Vec<Problem>,
    more: usize,
}

impl Faults {
    pub(super) fn add(&mut self, line: impl Into<Option<usize>>, fault: Fault) {
        if self.problems.len() < MAX_FAULTS {
            self.problems.push(Problem::new(line, fault));
        } else {
            self.more += 1;
        }
    }

    /// Leaves out faults that follow from another one.
    pub(super) fn leave_out(&mut self, follows: fn(&Fault) -> bool) {
        self.problems.retain(|problem| !follows(&problem.fault));
    }

    /// Returns what was read, or the faults where there are any.
    pub(super) fn into_result<T>(self, read: T) -> Result<T, OutlineError> {
        if self.problems.is_empty() { Ok(read) } else { Err(self.into_error()) }
    }

    /// Returns the error of a reader that could not go on after its last fault.
    pub(super) fn stopped_by(mut self, last: Problem) -> OutlineError {
        self.add(last.line, last.fault);
        self.into_error()
    }

    fn into_error(mut self) -> OutlineError {
        self.problems.sort_by_key(|problem| problem.line);
        OutlineError { problems: self.problems, more: self.more }
    }
}

struct Listing<'a> {
    error: &'a OutlineError,
    file: Option<&'a str>,
}

impl fmt::Display for Listing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Problem { line, fault }) in self.error.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            match (self.file, line) {
                (Some(file), Some(line)) => write!(f, "{file}:{line}: {fault}")?,
                (Some(file), None) => write!(f, "{file}: {fault}")?,
                (None, Some(line)) => write!(f, "line {line}: {fault}")?,
                (None, None) => write!(f, "{fault}")?,
            }
        }
        match self.error.more {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// What is wrong with an outline. Each message also says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    #[error("the outline has {bytes} bytes and at most {MAX_BYTES} are read; shorten it or split the book")]
    TooLarge { bytes: usize },
    #[error("this line is not valid UTF-8; save the outline as UTF-8")]
    NotUtf8,
    #[error("this line is not valid UTF-16, with which the file says it is written; save the outline as UTF-8")]
    NotUtf16,
    #[error("this is no document of a word processor: {detail}; save it as .docx again, or as plain text")]
    NotDocx { detail: String },
    #[error("this is not valid YAML: {detail}; a text that holds `: ` or begins with a sign needs quotation marks")]
    Yaml { detail: String },
    #[error("this is not valid JSON: {detail}; look at the quotation marks, commas and brackets here")]
    Json { detail: String },
    #[error(
        "lists and mappings are nested too deeply here; an outline has chapters, their sections and points, and nothing deeper"
    )]
    TooDeep,

    #[error("the front matter that begins here is not closed; end it with a line of `---`")]
    UnclosedFrontMatter,
    #[error("the {what} that begins here is not closed and would swallow all that follows; close it with {close}")]
    Unclosed { what: &'static str, close: &'static str },
    #[error("comments and lists are entangled with the text here; take the comments out")]
    Entangled,

    #[error("the outline has no title; give it one, as a `# ` heading in Markdown or as `title` in YAML and JSON")]
    NoTitle,
    #[error("there is text before the title; move it below the `# ` heading")]
    TextBeforeTitle,
    #[error(
        "the outline has no chapters; write `# ` before the title of the book and `## ` before that of each chapter, or list the chapters \
         in `chapters` in YAML and JSON"
    )]
    NoChapters,
    #[error("the outline has {count} chapters and at most {MAX_CHAPTERS} are allowed; split the book")]
    TooManyChapters { count: usize },
    #[error("chapter {number} has no title; write one")]
    UntitledChapter { number: usize },
    #[error("the {what} has {chars} characters and at most {MAX_TITLE} are allowed; shorten it")]
    TooLong { what: &'static str, chars: usize },
    #[error("a part has no title; write one")]
    UntitledPart,
    #[error("the part \"{title}\" has no chapters; write its chapters below it, or delete it")]
    EmptyPart { title: String },
    #[error("the chapters of the part \"{title}\" do not stand next to each other; move this one to the others")]
    TornPart { title: String },

    #[error("the section \"{heading}\" stands before the first chapter; put it below a `## ` heading")]
    StraySection { heading: String },
    #[error("a section of chapter {chapter} has no heading; write one")]
    UntitledSection { chapter: usize },
    #[error("the chapter has {count} sections and at most {MAX_SECTIONS} are allowed; split the chapter")]
    TooManySections { count: usize },
    #[error("the chapter has {count} learning goals and at most {MAX_GOALS} are allowed; name the main ones")]
    TooManyGoals { count: usize },
    #[error("the chapter has {count} key points and at most {MAX_POINTS} are allowed; split the chapter")]
    TooManyPoints { count: usize },

    #[error(
        "`{attribute}` is not a chapter attribute; write `{{last}}` or `{{words=3000}}`, or `\\{{` if the braces belong to the title"
    )]
    UnknownAttribute { attribute: String },
    #[error("only chapters take attributes in braces; write `\\{{` if the braces belong to the heading")]
    MisplacedAttributes,
    #[error("`{key}` is not a known key; {advice}")]
    UnknownKey { key: String, advice: String },
    #[error("`{key}` is given twice; keep one")]
    RepeatedKey { key: String },
    #[error("a glossary term is empty; write the term in front of its meaning")]
    EmptyTerm,
    #[error("{what} must be {expected}, not {found}")]
    WrongType { what: String, expected: &'static str, found: String },
    #[error("`words` must be from {MIN_WORDS} to {MAX_WORDS} a chapter, not {found}; for a longer book, add chapters")]
    WordsOutOfRange { found: String },
    #[error("`{found}` is not a role; write one such as `introduction`, `appendix` or `chapter`")]
    BadRole { found: String },
    #[error("`{found}` is not a kind of book; write `nonfiction`, `course`, `novel`, `stories` or `reference`")]
    BadKind { found: String },
    #[error("`{found}` does not say what stands between sections; write `titles`, `breaks` or `none`")]
    BadHeadings { found: String },
    #[error("`{found}` is not a style of numbers; write `arabic`, `roman`, `words` or `none`")]
    BadNumbering { found: String },
    #[error("`{found}` does not say whether sources may be named; write `none` or `allow`")]
    BadCitations { found: String },
    #[error("`{found}` does not say how much chapters differ in form; write `low`, `medium` or `high`")]
    BadVariety { found: String },
    #[error("`{found}` is not an ISBN: it needs 10 or 13 digits, of which the last fits the others")]
    BadIsbn { found: String },
    #[error("a contributor has no name; write it as `name`, and what the person did as `role`")]
    UnnamedContributor,
    #[error("`{found}` is not the role of a contributor; write one of `{known}`")]
    BadContributorRole { found: String, known: String },
    #[error("the series has no name; write it as `name`, and the number of the book as `number`")]
    UnnamedSeries,
    #[error("`{found}` is not a code of BISAC: it has three letters and six digits, such as `FIC019000`")]
    BadBisac { found: String },
    #[error("`{found}` is not a code of Thema: it has capital letters and digits, such as `FBA` or `1DDU`")]
    BadThema { found: String },
    #[error("`{found}` is not a cover; name a JPEG or PNG file, or one of the designs {}", named(&DESIGNS))]
    BadCover { found: String },
    #[error("`{found}` is not the size of a page; write one of {}", named(&TRIMS))]
    BadTrim { found: String },
    #[error("`{found}` is not a date of the calendar; write it as `2026-03-31`")]
    BadDate { found: String },
    #[error("`{found}` is not a language tag; write one such as `en`, `pt-BR` or `ja`")]
    BadLanguage { found: String },
    #[error("`{found}` does not name a model; write it as `provider:model`")]
    BadModel { found: String },
}

fn named(names: &[&str]) -> String {
    let named: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    named.join(", ")
}

/// Returns the text, or its beginning where it is too long to be quoted in a message.
pub(super) fn shortened(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_faults() -> OutlineError {
        let mut faults = Faults::default();
        let title = "Rust".to_owned();
        faults.add(12, Fault::EmptyPart { title });
        faults.add(None, Fault::NoTitle);
        faults.into_result(()).unwrap_err()
    }

    #[test]
    fn every_fault_gets_a_line_that_an_editor_can_jump_to() {
        let listed = two_faults().in_file("outline.md");
        let lines: Vec<_> = listed.lines().collect();
        assert!(lines[0].starts_with("outline.md: the outline has no title; "), "{listed}");
        assert_eq!(
            lines[1],
            "outline.md:12: the part \"Rust\" has no chapters; write its chapters below it, or delete it"
        );
        assert!(two_faults().to_string().contains("\nline 12: the part"));
    }

    #[test]
    fn faults_beyond_the_limit_are_counted_not_listed() {
        let mut faults = Faults::default();
        (1..=80).for_each(|line| faults.add(line, Fault::TextBeforeTitle));
        let error = faults.into_result(()).unwrap_err();
        assert_eq!(error.problems.len(), MAX_FAULTS);
        assert!(error.to_string().ends_with("\nand 30 more"));
    }
}
