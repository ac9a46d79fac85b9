//! Cleans a manuscript and checks its fields.

use std::ops::Range;

use super::{RenderError, language};
use crate::{Chapter, Contributor, Disclosure, EditionIsbn, Manuscript, Publication, Series};

/// Returns the manuscript with clean text, or why it cannot be rendered.
pub(super) fn clean(manuscript: Manuscript) -> Result<Manuscript, RenderError> {
    let optional = |field: Option<String>| field.as_deref().map(line).filter(|text| !text.is_empty());
    let required = |field: &str, name| match line(field) {
        text if text.is_empty() => Err(RenderError::Missing(name)),
        text => Ok(text),
    };
    check_order(&manuscript.chapters)?;
    Ok(Manuscript {
        title: required(&manuscript.title, "title")?,
        subtitle: optional(manuscript.subtitle),
        authors: manuscript.authors.iter().map(|author| line(author)).filter(|author| !author.is_empty()).collect(),
        language: language::well_formed(&manuscript.language),
        description: text(&manuscript.description),
        publisher: optional(manuscript.publisher),
        rights: optional(manuscript.rights),
        date: date(&manuscript.date)?,
        modified: optional(manuscript.modified),
        identifier: required(&manuscript.identifier, "identifier")?,
        publication: publication(manuscript.publication),
        notice: manuscript.notice.map(|notice| text(&notice).trim().to_owned()).filter(|notice| !notice.is_empty()),
        chapters: manuscript
            .chapters
            .into_iter()
            .map(|chapter| Chapter {
                title: line(&chapter.title),
                part: optional(chapter.part),
                goals: chapter.goals.iter().map(|goal| line(goal)).filter(|goal| !goal.is_empty()).collect(),
                body: text(&chapter.body),
                ..chapter
            })
            .collect(),
        pictures: manuscript.pictures,
        mark: manuscript.mark,
    })
}

fn publication(publication: Publication) -> Publication {
    let optional = |field: Option<String>| field.as_deref().map(line).filter(|text| !text.is_empty());
    let lines = |fields: &[String]| fields.iter().map(|field| line(field)).filter(|text| !text.is_empty()).collect();
    let paragraphs =
        |field: Option<String>| field.map(|field| text(&field).trim().to_owned()).filter(|text| !text.is_empty());
    let contributors = publication.contributors.into_iter();
    let contributors = contributors.map(|Contributor { name, role }| Contributor { name: line(&name), role });
    let isbns = publication.isbns.into_iter();
    let series =
        publication.series.map(|Series { name, number }| Series { name: line(&name), number: optional(number) });
    Publication {
        contributors: contributors.filter(|contributor| !contributor.name.is_empty()).collect(),
        isbns: isbns.map(|isbn| EditionIsbn { isbn: line(&isbn.isbn), ..isbn }).collect(),
        series: series.filter(|series| !series.name.is_empty()),
        edition: optional(publication.edition),
        certified_by: optional(publication.certified_by),
        keywords: lines(&publication.keywords),
        bisac: lines(&publication.bisac),
        thema: lines(&publication.thema),
        blurb: paragraphs(publication.blurb),
        date: optional(publication.date),
        disclosure: publication
            .disclosure
            .map(|Disclosure { model, words }| Disclosure { model: line(&model), words: paragraphs(words) }),
        cover: publication.cover,
        numbering: publication.numbering,
        trim: publication.trim,
    }
}

/// Returns `raw` without the characters that XML or HTML forbid, and with `\n` as line endings.
fn text(raw: &str) -> String {
    let lines = raw.replace("\r\n", "\n");
    lines.chars().map(|c| if c == '\r' { '\n' } else { c }).filter(|&c| !is_forbidden(c)).collect()
}

/// Returns whether no XML or HTML document may hold the character.
pub(super) fn is_forbidden(c: char) -> bool {
    !matches!(c, '\n' | '\t') && (c.is_control() || is_noncharacter(c))
}

/// Returns `raw` cleaned and on one line. Only ASCII white space collapses, because an ideographic space has a meaning.
fn line(raw: &str) -> String {
    text(raw).split_ascii_whitespace().collect::<Vec<_>>().join(" ").trim().to_owned()
}

fn is_noncharacter(c: char) -> bool {
    matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE
}

fn date(raw: &str) -> Result<String, RenderError> {
    let wrong = || RenderError::Date(raw.to_owned());
    let digits = |range: Range<usize>| {
        raw.get(range)
            .filter(|part| part.bytes().all(|b| b.is_ascii_digit()))
            .and_then(|part| part.parse::<u32>().ok())
            .ok_or_else(wrong)
    };
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Err(wrong()),
    };
    let separated = raw.len() == 10 && raw.as_bytes()[4] == b'-' && raw.as_bytes()[7] == b'-';
    if separated && (1..=last).contains(&day) { Ok(raw.to_owned()) } else { Err(wrong()) }
}

fn check_order(chapters: &[Chapter]) -> Result<(), RenderError> {
    match chapters.windows(2).find(|pair| pair[0].number >= pair[1].number) {
        Some(pair) => Err(RenderError::Order { number: pair[1].number, after: pair[0].number }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_no_document_may_hold_are_dropped() {
        assert_eq!(text("a\u{0}\u{1b}[0m\u{7f}\u{85}\u{fffe}\u{fdd0}\u{1ffff}b\tc"), "a[0mb\tc");
    }

    #[test]
    fn every_line_ending_becomes_a_line_feed() {
        assert_eq!(text("a\r\nb\rc\nd"), "a\nb\nc\nd");
    }

    #[test]
    fn a_title_is_one_line_and_keeps_its_ideographic_space() {
        assert_eq!(line("  A\n title \t x "), "A title x");
        assert_eq!(line("第一章\u{3000}序"), "第一章\u{3000}序");
    }

    #[test]
    fn only_a_day_of_the_calendar_is_a_date() {
        for good in ["2026-11-22", "2024-02-29", "2000-02-29"] {
            assert_eq!(date(good).unwrap(), good);
        }
        let bad = [
            "",
            "2026",
            "2026-13-01",
            "2025-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-01-00",
            "2026/01/01",
            "+026-01-01",
            "2026-01-011",
            "２０２６-01",
        ];
        for bad in bad {
            assert!(date(bad).is_err(), "{bad}");
        }
    }
}
