//! What a chapter is in its book: an introduction, an appendix, or one of the numbered chapters.

mod placed;
mod titles;
mod words;

pub(super) use placed::place;
use placed::{at_back, in_front};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a chapter is in its book. The role decides whether the chapter is numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// One of the numbered chapters.
    #[default]
    Chapter,
    /// To whom the book is dedicated.
    Dedication,
    /// A quotation before the text.
    Epigraph,
    /// A foreword, usually by somebody else.
    Foreword,
    /// A preface by the author.
    Preface,
    /// An introduction.
    Introduction,
    /// What happens before a story begins.
    Prologue,
    /// A short piece between chapters.
    Interlude,
    /// What happens after a story ends.
    Epilogue,
    /// A conclusion.
    Conclusion,
    /// An afterword.
    Afterword,
    /// Thanks.
    Acknowledgements,
    /// A note about the author.
    AboutTheAuthor,
    /// An appendix.
    Appendix,
    /// A list of terms.
    Glossary,
    /// A list of works.
    Bibliography,
    /// Exercises.
    Exercises,
    /// Questions with their answers.
    Quiz,
    /// Anything else before the numbered chapters.
    FrontMatter,
    /// Anything else after the numbered chapters.
    BackMatter,
}

impl Role {
    /// All roles.
    pub(super) const ALL: [Self; 20] = [
        Self::Chapter,
        Self::Dedication,
        Self::Epigraph,
        Self::Foreword,
        Self::Preface,
        Self::Introduction,
        Self::Prologue,
        Self::Interlude,
        Self::Epilogue,
        Self::Conclusion,
        Self::Afterword,
        Self::Acknowledgements,
        Self::AboutTheAuthor,
        Self::Appendix,
        Self::Glossary,
        Self::Bibliography,
        Self::Exercises,
        Self::Quiz,
        Self::FrontMatter,
        Self::BackMatter,
    ];

    /// Returns the role that a title tells, in one of the languages that are known here.
    pub fn of_title(title: &str) -> Option<Self> {
        titles::role(title)
    }

    /// Returns whether a chapter of this role has a number.
    pub fn is_numbered(self) -> bool {
        self == Self::Chapter
    }

    /// Returns whether a chapter of this role has the author's own text: nobody else knows to whom a book is dedicated.
    fn is_personal(self) -> bool {
        matches!(self, Self::Dedication | Self::Epigraph | Self::Acknowledgements | Self::AboutTheAuthor)
    }

    /// Returns the length of a chapter of this role where its author gives none; `None` for that of the book.
    pub fn usual_length(self) -> Option<u32> {
        match self {
            Self::Dedication | Self::Epigraph => Some(50),
            Self::AboutTheAuthor => Some(150),
            Self::Acknowledgements => Some(250),
            _ => None,
        }
    }

    /// Returns whether a chapter of this role ends a book and so stands in none of its parts.
    pub(super) fn is_closing(self) -> bool {
        matches!(
            self,
            Self::Epilogue
                | Self::Conclusion
                | Self::Afterword
                | Self::Acknowledgements
                | Self::AboutTheAuthor
                | Self::Appendix
                | Self::Glossary
                | Self::Bibliography
                | Self::BackMatter
        )
    }

    /// Returns the role's name, as YAML and JSON have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chapter => "chapter",
            Self::Dedication => "dedication",
            Self::Epigraph => "epigraph",
            Self::Foreword => "foreword",
            Self::Preface => "preface",
            Self::Introduction => "introduction",
            Self::Prologue => "prologue",
            Self::Interlude => "interlude",
            Self::Epilogue => "epilogue",
            Self::Conclusion => "conclusion",
            Self::Afterword => "afterword",
            Self::Acknowledgements => "acknowledgements",
            Self::AboutTheAuthor => "about_the_author",
            Self::Appendix => "appendix",
            Self::Glossary => "glossary",
            Self::Bibliography => "bibliography",
            Self::Exercises => "exercises",
            Self::Quiz => "quiz",
            Self::FrontMatter => "front_matter",
            Self::BackMatter => "back_matter",
        }
    }

    /// Returns the role of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// Returns whether a piece of this role and title has its author's own text.
pub(super) fn is_of_author(role: Role, title: &str) -> bool {
    role.is_personal() || (!role.is_numbered() && placed::is_own(title))
}

/// Returns whether a title tells that its piece stands before or after the numbered chapters.
pub(super) fn is_around_chapters(title: &str) -> bool {
    Role::of_title(title).is_some() || in_front(title).is_some() || at_back(title).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_the_same_name_in_every_place() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(Role::named(role.name()), Some(role));
        }
        assert_eq!(Role::named("About the author"), Some(Role::AboutTheAuthor));
        assert_eq!(Role::named("hero"), None);
    }
}
