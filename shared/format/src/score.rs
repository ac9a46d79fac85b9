//! The page of a score: what is good, what is not and where, and every figure beside its bands.

use bindery_check::score::{Band, Score, ScoredFigure, Verdict};

use crate::xhtml::escaped;

const STYLE: &str = include_str!("score/style.css");

/// The browser fetches nothing and runs nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// What a reader must know before the figures.
const LIMITS: &str = "A figure shows that a fault is absent. No figure sees whether the book is right, whether it has something to say, \
or whether a reader would go on reading. Shares of repeated words grow with the length of a book.";

/// Renders the page of a book's score as one HTML file.
pub fn score_page(title: &str, score: &Score) -> String {
    let title = escaped(title);
    let language = escaped(&score.language);
    let mark = score.mark.map_or_else(|| "not scored".to_owned(), |mark| format!("{mark} of 100"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <meta name=\"color-scheme\" content=\"light dark\"/>\n<title>Score of {title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<header>\n<p class=\"kind\">Score</p>\n<h1>{title}</h1>\n<p class=\"mark\">{mark}</p>\n\
         <p>{} in {}, in the language <code>{language}</code>.</p>\n</header>\n{}{}{}\
         <section>\n<h2>What no figure sees</h2>\n<p>{LIMITS}</p>\n</section>\n</body>\n</html>\n",
        counted(score.words, "word of running text", "words of running text"),
        counted(score.chapters, "chapter", "chapters"),
        faults(score),
        merits(score),
        table(score),
    )
}

fn counted(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

fn with(score: &Score, verdicts: &[Verdict]) -> Vec<ScoredFigure> {
    score.figures.iter().filter(|figure| verdicts.contains(&figure.verdict)).cloned().collect()
}

/// Describes what is not good, the worst first, with its places.
fn faults(score: &Score) -> String {
    let mut figures = with(score, &[Verdict::Poor, Verdict::Fair]);
    figures.sort_by_key(|figure| figure.mark);
    if figures.is_empty() {
        return "<section>\n<h2>What is not good</h2>\n<p>No figure lies outside of what printed books have.</p>\n</section>\n".to_owned();
    }
    let items: String = figures.iter().map(fault).collect();
    format!("<section>\n<h2>What is not good</h2>\n<ul class=\"faults\">\n{items}</ul>\n</section>\n")
}

fn fault(figure: &ScoredFigure) -> String {
    let evidence = figure.evidence.iter().map(|evidence| {
        let place = &evidence.place;
        format!(
            "<li><b>Chapter {}, section {}, paragraph {}.</b> <q>{}</q> {}</li>\n",
            place.chapter,
            place.section,
            place.paragraph,
            escaped(&place.begins),
            escaped(&evidence.says),
        )
    });
    let evidence: String = evidence.collect();
    let places = if evidence.is_empty() { evidence } else { format!("\n<ul class=\"places\">\n{evidence}</ul>\n") };
    format!(
        "<li class=\"{}\"><p><strong>{}</strong> {}: {}; printed books have {}.</p>{places}</li>\n",
        class(figure.verdict),
        escaped(&figure.says),
        escaped(&figure.title),
        escaped(&figure.shown()),
        band(figure.human.as_ref()),
    )
}

fn merits(score: &Score) -> String {
    let good = with(score, &[Verdict::Good]);
    let items: String =
        good.iter().map(|figure| format!("<li class=\"good\">{}</li>\n", escaped(&figure.says))).collect();
    match items.is_empty() {
        true => String::new(),
        false => format!("<section>\n<h2>What is good</h2>\n<ul class=\"merits\">\n{items}</ul>\n</section>\n"),
    }
}

fn table(score: &Score) -> String {
    let row = |figure: &ScoredFigure| {
        let mark = figure.mark.map_or_else(|| "–".to_owned(), |mark| mark.to_string());
        format!(
            "<tr class=\"{}\"><th scope=\"row\">{}<small>{}</small></th><td>{}</td><td>{}</td><td>{}</td><td>{mark}</td></tr>\n",
            class(figure.verdict),
            escaped(&figure.title),
            escaped(&figure.means),
            escaped(&figure.shown()),
            band(figure.human.as_ref()),
            band(figure.machine.as_ref()),
        )
    };
    let rows: String = score.figures.iter().map(row).collect();
    format!(
        "<section>\n<h2>All figures</h2>\n<table>\n<thead>\n<tr><th scope=\"col\">Figure</th><th scope=\"col\">This book</th>\
         <th scope=\"col\">Printed books</th><th scope=\"col\">Published machine-written books</th><th scope=\"col\">Mark</th></tr>\n\
         </thead>\n<tbody>\n{rows}</tbody>\n</table>\n{}</section>\n",
        sources(score),
    )
}

/// Lists where the bands come from, each source once.
fn sources(score: &Score) -> String {
    let mut sources: Vec<&str> = Vec::new();
    for band in score.figures.iter().flat_map(|figure| [&figure.human, &figure.machine]).flatten() {
        if !sources.contains(&band.source.as_str()) {
            sources.push(&band.source);
        }
    }
    let items: String = sources.iter().map(|source| format!("<li>{}</li>\n", escaped(source))).collect();
    format!("<h3>Where the bands come from</h3>\n<ul class=\"sources\">\n{items}</ul>\n")
}

fn band(band: Option<&Band>) -> String {
    band.map_or_else(|| "none published".to_owned(), ToString::to_string)
}

fn class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "good",
        Verdict::Fair => "fair",
        Verdict::Poor => "poor",
        Verdict::Unjudged => "unjudged",
    }
}

#[cfg(test)]
mod tests {
    use bindery_check::manuscript::{ManuscriptText, chapters_of};

    use super::*;

    fn page(text: &str) -> String {
        score_page("A <b>", &Score::of(&ManuscriptText::read("en", &chapters_of(text))))
    }

    #[test]
    fn the_page_says_what_is_not_good_and_where() {
        let passage = |chapter: usize| {
            let said =
                "The <script> keeper counted every step of the tower, and wrote the number in a book that he kept. "
                    .repeat(60);
            format!("# Chapter {chapter}\n\n{said}\n\n")
        };
        let page = page(&(1..5).map(passage).collect::<String>());
        assert!(page.contains("<h1>A &lt;b&gt;</h1>") && !page.contains("<script>"));
        assert!(page.contains("Chapters repeat passages of each other."), "{page}");
        assert!(page.contains("<b>Chapter 2, section 1, paragraph 1.</b>"), "{page}");
        assert!(page.contains("none published"));
        roxmltree::Document::parse(page.strip_prefix("<!DOCTYPE html>\n").unwrap()).unwrap();
    }

    #[test]
    fn a_book_without_text_has_a_page() {
        assert!(page("").contains("not scored"));
    }
}
