//! What sells a book, from the front matter of its outline.

use bindery_format::{Cover, Design, Disclosure, EditionIsbn, Publication, Trim};
use bindery_outline::{FrontMatter, Isbn};

/// Returns what sells the book. `model` is the model that wrote the text, if one did.
pub(super) fn publication(front: &FrontMatter, model: Option<&str>) -> Publication {
    let isbn = |edition: Option<&String>, isbn: &String| EditionIsbn { edition: edition.cloned(), isbn: isbn.clone() };
    let isbns = match &front.isbn {
        None => Vec::new(),
        Some(Isbn::One(only)) => vec![isbn(None, only)],
        Some(Isbn::PerEdition(isbns)) => isbns.iter().map(|(edition, of)| isbn(Some(edition), of)).collect(),
    };
    let disclosure = model.filter(|_| front.discloses());
    Publication {
        contributors: front.contributors.clone(),
        isbns,
        series: front.series.clone(),
        edition: front.edition.clone(),
        keywords: front.keywords.clone(),
        bisac: front.bisac.clone(),
        thema: front.thema.clone(),
        blurb: front.blurb.clone(),
        date: front.date.clone(),
        disclosure: disclosure.map(|model| Disclosure { model: model.to_owned(), words: front.disclosure.clone() }),
        certified_by: front.certified_by.clone(),
        cover: Cover::Drawn(front.cover.as_deref().and_then(Design::named).unwrap_or(Design::Classic)),
        numbering: front.numbering(),
        trim: front.trim.as_deref().and_then(Trim::named).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_model_wrote_is_disclosed_unless_the_author_declines() {
        let mut front = FrontMatter::default();
        let disclosure = |front: &FrontMatter, model| publication(front, model).disclosure;
        let model = "openai:gpt-5";
        assert_eq!(disclosure(&front, Some(model)), Some(Disclosure { model: model.into(), words: None }));
        assert_eq!(disclosure(&front, None), None, "a rehearsal has no text of a model");
        front.disclosure = Some("I wrote it with a machine.".into());
        let words = disclosure(&front, Some(model)).unwrap().words;
        assert_eq!(words.as_deref(), Some("I wrote it with a machine."));
        front.disclosure = Some("off".into());
        assert_eq!(disclosure(&front, Some(model)), None);
    }
}
