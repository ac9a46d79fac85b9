//! ONIX 3.0: the record that shops and libraries load, with a product for each edition that has an ISBN.
//!
//! The numbers are EDItEUR's code lists. <https://www.editeur.org/14/Code-Lists/>

mod codes;

use self::codes::{language_code, product_form, role_code};
use super::{
    book::Book,
    publication::{EditionIsbn, Publication},
    xhtml::escaped,
};

/// The edition of a book that has no ISBN.
const DEFAULT_EDITION: &str = "epub";

/// Renders the record of the book.
pub(super) fn render(book: &Book<'_>) -> String {
    let isbns = &book.manuscript.publication.isbns;
    let products: String = match isbns.is_empty() {
        true => product(book, DEFAULT_EDITION, None),
        false => isbns
            .iter()
            .map(|isbn| product(book, isbn.edition.as_deref().unwrap_or(DEFAULT_EDITION), Some(isbn)))
            .collect(),
    };
    let manuscript = book.manuscript;
    let sender = manuscript.publisher.as_ref().or(manuscript.authors.first()).unwrap_or(&manuscript.title);
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ONIXMessage release=\"3.0\" xmlns=\"http://ns.editeur.org/onix/3.0/reference\">\n\
         <Header>\n<Sender>\n{}</Sender>\n{}</Header>\n{products}</ONIXMessage>\n",
        element("SenderName", sender),
        element("SentDateTime", &digits(&manuscript.date)),
    )
}

fn product(book: &Book<'_>, edition: &str, isbn: Option<&EditionIsbn>) -> String {
    let manuscript = book.manuscript;
    let identifier = match isbn.map(EditionIsbn::digits) {
        // An ISBN of ten digits is code 02 of list 5, and one of thirteen is 15.
        Some(isbn) => {
            let kind = if isbn.len() == 10 { "02" } else { "15" };
            format!("{}{}", element("ProductIDType", kind), element("IDValue", &isbn))
        }
        None => format!(
            "{}{}{}",
            element("ProductIDType", "01"),
            element("IDTypeName", "URN"),
            element("IDValue", &manuscript.identifier)
        ),
    };
    let record = format!("{}:{edition}", manuscript.identifier);
    [
        "<Product>\n".to_owned(),
        element("RecordReference", &record),
        // Code 03 of list 1: a record that is confirmed on publication.
        element("NotificationType", "03"),
        block("ProductIdentifier", &identifier),
        block("DescriptiveDetail", &descriptive_detail(book, edition)),
        collateral_detail(book),
        publishing_detail(book),
        "</Product>\n".to_owned(),
    ]
    .concat()
}

fn descriptive_detail(book: &Book<'_>, edition: &str) -> String {
    let manuscript = book.manuscript;
    let publication = &manuscript.publication;
    let form = product_form(edition);
    let mut detail = element("ProductComposition", "00") + &element("ProductForm", form.form);
    detail.extend(form.detail.map(|detail| element("ProductFormDetail", detail)));
    if edition == DEFAULT_EDITION {
        detail.push_str(&accessibility());
    }
    // Code 10 of list 81: text.
    detail.push_str(&element("PrimaryContentType", if form.is_audio { "01" } else { "10" }));
    if let Some(series) = &publication.series {
        let number = series.number.as_ref().map(|number| element("PartNumber", number)).unwrap_or_default();
        let title = element("TitleElementLevel", "02") + &number + &element("TitleText", &series.name);
        let title = element("TitleType", "01") + &block("TitleElement", &title);
        detail.push_str(&block("Collection", &(element("CollectionType", "10") + &block("TitleDetail", &title))));
    }
    let mut title = element("TitleElementLevel", "01") + &element("TitleText", &manuscript.title);
    title.extend(manuscript.subtitle.as_ref().map(|subtitle| element("Subtitle", subtitle)));
    detail.push_str(&block("TitleDetail", &(element("TitleType", "01") + &block("TitleElement", &title))));
    detail.push_str(&contributors(book));
    detail.extend(publication.edition.as_ref().map(|edition| {
        let is_number = edition.parse().is_ok_and(|number: u32| number > 0);
        element(if is_number { "EditionNumber" } else { "EditionStatement" }, edition)
    }));
    detail.extend(
        language_code(&manuscript.language)
            .map(|code| block("Language", &(element("LanguageRole", "01") + &element("LanguageCode", code)))),
    );
    detail + &subjects(publication)
}

/// Returns what an EPUB offers to readers who do not see: contents, one order of reading, text that can be restyled.
fn accessibility() -> String {
    let features = ["11", "13", "36"];
    let feature = |value: &&str| {
        let feature = element("ProductFormFeatureType", "09") + &element("ProductFormFeatureValue", value);
        block("ProductFormFeature", &feature)
    };
    features.iter().map(feature).collect()
}

fn contributors(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let person = |name: &String| element("PersonName", name);
    let authors = manuscript.authors.iter().map(|name| ("A01", person(name)));
    // Code 09 of list 19: artificial intelligence.
    let model = manuscript.publication.disclosure.iter().map(|_| ("A01", element("UnnamedPersons", "09")));
    let others = manuscript.publication.contributors.iter();
    let others = others.map(|contributor| (role_code(contributor.role), person(&contributor.name)));
    let all = (1..).zip(authors.chain(model).chain(others));
    let listed: String = all
        .map(|(number, (role, who))| {
            let sequence = element("SequenceNumber", &number.to_string());
            block("Contributor", &(sequence + &element("ContributorRole", role) + &who))
        })
        .collect();
    if listed.is_empty() { "<NoContributor/>\n".to_owned() } else { listed }
}

fn subjects(publication: &Publication) -> String {
    let code = |scheme: &str, code: &str, is_main: bool| {
        let main = if is_main { "<MainSubject/>\n" } else { "" };
        let subject = element("SubjectSchemeIdentifier", scheme) + &element("SubjectCode", code);
        block("Subject", &(main.to_owned() + &subject))
    };
    let bisac = publication.bisac.iter().enumerate().map(|(at, subject)| code("10", subject, at == 0));
    let thema = publication.thema.iter().enumerate();
    let thema = thema.map(|(at, subject)| {
        let scheme = codes::thema_scheme(subject);
        code(scheme, subject, at == 0 && scheme == codes::THEMA_SUBJECT)
    });
    let keywords = (!publication.keywords.is_empty()).then(|| {
        let keywords = publication.keywords.join("; ");
        block("Subject", &(element("SubjectSchemeIdentifier", "20") + &element("SubjectHeadingText", &keywords)))
    });
    bisac.chain(thema).chain(keywords).collect()
}

/// Returns the blurb, or the description where there is no blurb.
fn collateral_detail(book: &Book<'_>) -> String {
    let blurb = book.blurb();
    if blurb.is_empty() {
        return String::new();
    }
    // Code 03 of list 153 is a description, and code 00 of list 154 is for all readers.
    let content = element("TextType", "03") + &element("ContentAudience", "00") + &element("Text", &blurb);
    block("CollateralDetail", &block("TextContent", &content))
}

fn publishing_detail(book: &Book<'_>) -> String {
    let Some(publisher) = &book.manuscript.publisher else { return String::new() };
    let mut detail = block("Imprint", &element("ImprintName", publisher));
    detail.push_str(&block("Publisher", &(element("PublishingRole", "01") + &element("PublisherName", publisher))));
    if let Some(date) = &book.manuscript.publication.date {
        let date = format!("<Date dateformat=\"00\">{}</Date>\n", digits(date));
        detail.push_str(&block("PublishingDate", &(element("PublishingDateRole", "01") + &date)));
    }
    block("PublishingDetail", &detail)
}

fn digits(date: &str) -> String {
    date.replace('-', "")
}

fn element(name: &str, text: &str) -> String {
    format!("<{name}>{}</{name}>\n", escaped(text))
}

fn block(name: &str, content: &str) -> String {
    format!("<{name}>\n{content}</{name}>\n")
}
