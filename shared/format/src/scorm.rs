//! SCORM 1.2: the site of a course with what a learning platform needs to show it and to keep a learner's progress.
//!
//! Each chapter is a lesson of its own (a SCO). A lesson that was read to its end is completed.

use super::{
    RenderError,
    archive::{self, File},
    book::Book,
    site::{self, page_name},
    xhtml::escaped,
};

const SCRIPT_FILE: &str = "lesson.js";
const SCRIPT: &str = include_str!("scorm/lesson.js");

/// The most characters of a title, which SCORM 1.2 limits.
const MOST_TITLE: usize = 200;

/// Renders the book as a package of SCORM 1.2.
pub(super) fn render(book: &Book<'_>) -> Result<Vec<u8>, RenderError> {
    let file = |name: &str, text: String| File { name: name.to_owned(), content: text.into_bytes().into() };
    let own = [file("imsmanifest.xml", manifest(book)), file(SCRIPT_FILE, SCRIPT.to_owned())];
    Ok(archive::pack(own.into_iter().chain(site::files(book, Some(SCRIPT_FILE))))?)
}

fn manifest(book: &Book<'_>) -> String {
    let identifier: String = book.manuscript.identifier.chars().filter(char::is_ascii_alphanumeric).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <manifest identifier=\"course-{identifier}\" version=\"1.0\" \
         xmlns=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2\" xmlns:adlcp=\"http://www.adlnet.org/xsd/adlcp_rootv1p2\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"http://www.imsproject.org/xsd/imscp_rootv1p1p2 imscp_rootv1p1p2.xsd \
         http://www.adlnet.org/xsd/adlcp_rootv1p2 adlcp_rootv1p2.xsd\">\n\
         <metadata>\n<schema>ADL SCORM</schema>\n<schemaversion>1.2</schemaversion>\n</metadata>\n\
         <organizations default=\"course\">\n<organization identifier=\"course\">\n<title>{}</title>\n{}</organization>\n\
         </organizations>\n<resources>\n{}</resources>\n</manifest>\n",
        title(&book.manuscript.title),
        items(book),
        resources(book),
    )
}

fn title(text: &str) -> String {
    escaped(&text.chars().take(MOST_TITLE).collect::<String>()).into_owned()
}

/// Returns the lessons in order. The parts of a book are the modules of the course.
fn items(book: &Book<'_>) -> String {
    let mut out = String::new();
    let mut open = None;
    for (index, chapter) in book.chapters.iter().enumerate() {
        if chapter.part != open {
            out.push_str(if open.is_some() { "</item>\n" } else { "" });
            open = chapter.part;
            out.extend(open.map(|part| {
                format!(
                    "<item identifier=\"module-{}\">\n<title>{}</title>\n",
                    part + 1,
                    title(&book.parts[part].name.label())
                )
            }));
        }
        let number = index + 1;
        out.push_str(&format!(
            "<item identifier=\"item-{number}\" identifierref=\"lesson-{number}\">\n<title>{}</title>\n</item>\n",
            title(&chapter.label())
        ));
    }
    out.push_str(if open.is_some() { "</item>\n" } else { "" });
    out
}

/// Returns the files of the lessons, and those that all of them use.
fn resources(book: &Book<'_>) -> String {
    let file = |name: &str| format!("<file href=\"{}\"/>\n", escaped(name));
    let lessons = (0..book.chapters.len()).map(|index| {
        let page = page_name(book, index);
        format!(
            "<resource identifier=\"lesson-{}\" type=\"webcontent\" adlcp:scormtype=\"sco\" href=\"{page}\">\n{}\
             <dependency identifierref=\"shared\"/>\n</resource>\n",
            index + 1,
            file(&page),
        )
    });
    let pictures = book.manuscript.pictures.iter().enumerate().map(|(index, picture)| file(&picture.file_name(index)));
    let shared: String = [site::INDEX, site::STYLE_FILE, SCRIPT_FILE].map(file).into_iter().chain(pictures).collect();
    let shared = format!(
        "<resource identifier=\"shared\" type=\"webcontent\" adlcp:scormtype=\"asset\">\n{shared}</resource>\n"
    );
    lessons.chain([shared]).collect()
}
