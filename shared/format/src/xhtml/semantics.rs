//! What a chapter's role is called in EPUB's and in HTML's vocabularies.

use crate::Role;

/// The names of a role.
pub(super) struct Semantics {
    /// Its name in EPUB's structural semantics vocabulary.
    pub(super) epub_type: &'static str,
    /// Its name among the roles of DPUB-ARIA; none where that has no name for it.
    pub(super) role: Option<&'static str>,
}

pub(super) fn semantics(role: Role) -> Semantics {
    let (epub_type, role) = match role {
        Role::Chapter | Role::Interlude => ("chapter", Some("doc-chapter")),
        Role::Dedication => ("dedication", Some("doc-dedication")),
        Role::Epigraph => ("epigraph", Some("doc-epigraph")),
        Role::Foreword => ("foreword", Some("doc-foreword")),
        Role::Preface => ("preface", Some("doc-preface")),
        Role::Introduction => ("introduction", Some("doc-introduction")),
        Role::Prologue => ("prologue", Some("doc-prologue")),
        Role::Epilogue => ("epilogue", Some("doc-epilogue")),
        Role::Conclusion => ("conclusion", Some("doc-conclusion")),
        Role::Afterword => ("afterword", Some("doc-afterword")),
        Role::Acknowledgements => ("acknowledgments", Some("doc-acknowledgments")),
        Role::Appendix => ("appendix", Some("doc-appendix")),
        Role::Glossary => ("glossary", Some("doc-glossary")),
        Role::Bibliography => ("bibliography", Some("doc-bibliography")),
        Role::Exercises => ("practices", None),
        Role::Quiz => ("qna", Some("doc-qna")),
        Role::FrontMatter => ("frontmatter", None),
        Role::AboutTheAuthor | Role::BackMatter => ("backmatter", None),
    };
    Semantics { epub_type, role }
}
