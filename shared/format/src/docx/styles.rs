//! The styles of a document, by which a program and a person know what a paragraph is.

use super::{HEAD, SPACES};
use crate::{book::Book, direction::Direction, xhtml::escaped};

/// A style of paragraphs.
struct Style {
    id: &'static str,
    name: &'static str,
    /// The properties of its paragraphs.
    paragraph: &'static str,
    /// The properties of its text.
    text: &'static str,
}

const fn style(id: &'static str, name: &'static str, paragraph: &'static str, text: &'static str) -> Style {
    Style { id, name, paragraph, text }
}

#[rustfmt::skip]
const PARAGRAPHS: [Style; 36] = [
    style("Title", "Title", "<w:spacing w:before=\"2400\" w:after=\"240\"/><w:jc w:val=\"center\"/>", "<w:sz w:val=\"56\"/>"),
    style("Subtitle", "Subtitle", "<w:spacing w:after=\"240\"/><w:jc w:val=\"center\"/>", "<w:i/><w:sz w:val=\"30\"/>"),
    style("Author", "Author", "<w:jc w:val=\"center\"/>", "<w:sz w:val=\"26\"/>"),
    style("Imprint", "Imprint", "<w:jc w:val=\"center\"/>", "<w:sz w:val=\"20\"/>"),
    style("Notice", "Notice", "<w:spacing w:before=\"360\"/><w:ind w:left=\"567\" w:right=\"567\"/>", "<w:i/><w:sz w:val=\"20\"/>"),
    style("TOCHeading", "TOC Heading", "<w:pageBreakBefore/><w:spacing w:after=\"240\"/>", "<w:b/><w:sz w:val=\"32\"/>"),
    style("TOC1", "toc 1", "<w:spacing w:after=\"60\"/>", ""),
    style("TOC2", "toc 2", "<w:spacing w:after=\"40\"/><w:ind w:left=\"284\"/>", ""),
    style("Part", "Part", "<w:pageBreakBefore/><w:spacing w:before=\"3600\"/><w:jc w:val=\"center\"/><w:outlineLvl w:val=\"0\"/>", "<w:sz w:val=\"44\"/>"),
    style("Heading1", "heading 1", "<w:keepNext/><w:pageBreakBefore/><w:numPr><w:numId w:val=\"1\"/></w:numPr><w:spacing w:before=\"960\" w:after=\"360\"/><w:outlineLvl w:val=\"0\"/>", "<w:b/><w:sz w:val=\"36\"/>"),
    style("Heading2", "heading 2", "<w:keepNext/><w:spacing w:before=\"360\" w:after=\"120\"/><w:outlineLvl w:val=\"1\"/>", "<w:b/><w:sz w:val=\"28\"/>"),
    style("Heading3", "heading 3", "<w:keepNext/><w:spacing w:before=\"280\" w:after=\"100\"/><w:outlineLvl w:val=\"2\"/>", "<w:b/><w:sz w:val=\"25\"/>"),
    style("Heading4", "heading 4", "<w:keepNext/><w:spacing w:before=\"240\" w:after=\"80\"/><w:outlineLvl w:val=\"3\"/>", "<w:b/><w:i/>"),
    style("Heading5", "heading 5", "<w:keepNext/><w:outlineLvl w:val=\"4\"/>", "<w:i/>"),
    style("Heading6", "heading 6", "<w:keepNext/><w:outlineLvl w:val=\"5\"/>", "<w:i/>"),
    style("BodyText", "Body Text", "<w:jc w:val=\"both\"/>", ""),
    style("GoalsHeading", "Goals Heading", "<w:keepNext/><w:spacing w:after=\"60\"/><w:ind w:left=\"284\"/>", "<w:b/>"),
    style("Goal", "Goal", "<w:contextualSpacing/><w:ind w:left=\"567\"/>", ""),
    style("Verse", "Verse", "<w:ind w:left=\"567\"/>", ""),
    style("Quote", "Quote", "<w:ind w:left=\"567\" w:right=\"567\"/>", "<w:i/>"),
    style("BoxNote", "Box Note", "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"8\" w:color=\"777777\"/></w:pBdr><w:ind w:left=\"284\"/>", ""),
    style("BoxTip", "Box Tip", "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"8\" w:color=\"777777\"/></w:pBdr><w:ind w:left=\"284\"/>", ""),
    style("BoxImportant", "Box Important", "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"8\" w:color=\"8A3B24\"/></w:pBdr><w:ind w:left=\"284\"/>", ""),
    style("BoxWarning", "Box Warning", "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"8\" w:color=\"8A3B24\"/></w:pBdr><w:ind w:left=\"284\"/>", ""),
    style("BoxCaution", "Box Caution", "<w:pBdr><w:left w:val=\"single\" w:sz=\"12\" w:space=\"8\" w:color=\"8A3B24\"/></w:pBdr><w:ind w:left=\"284\"/>", ""),
    style("ListParagraph", "List Paragraph", "<w:contextualSpacing/>", ""),
    style("ListContinue", "List Continue", "<w:ind w:left=\"567\"/>", ""),
    style("DefinitionTerm", "Definition Term", "<w:keepNext/><w:spacing w:after=\"0\"/>", "<w:b/>"),
    style("Definition", "Definition", "<w:ind w:left=\"567\"/>", ""),
    style("SourceCode", "Source Code", "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"F2F2F2\"/><w:ind w:left=\"284\"/>", "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/><w:noProof/><w:sz w:val=\"19\"/>"),
    style("Formula", "Formula", "<w:jc w:val=\"center\"/>", "<w:rFonts w:ascii=\"Cambria Math\" w:hAnsi=\"Cambria Math\"/>"),
    style("Picture", "Picture", "<w:keepNext/><w:jc w:val=\"center\"/>", ""),
    style("Caption", "caption", "<w:spacing w:after=\"240\"/><w:jc w:val=\"center\"/>", "<w:i/><w:sz w:val=\"20\"/>"),
    style("SceneBreak", "Scene Break", "<w:spacing w:before=\"240\" w:after=\"240\"/><w:jc w:val=\"center\"/>", ""),
    style("TableText", "Table Text", "<w:spacing w:after=\"0\"/>", ""),
    style("FootnoteText", "footnote text", "<w:spacing w:after=\"40\"/>", "<w:sz w:val=\"19\"/>"),
];

/// The styles of text inside of a paragraph.
const TEXTS: [Style; 5] = [
    style("FootnoteReference", "footnote reference", "", "<w:vertAlign w:val=\"superscript\"/>"),
    style("Hyperlink", "Hyperlink", "", "<w:color w:val=\"1F4E79\"/><w:u w:val=\"single\"/>"),
    style(
        "Code",
        "Code",
        "",
        "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/><w:noProof/>",
    ),
    style("Math", "Math", "", "<w:rFonts w:ascii=\"Cambria Math\" w:hAnsi=\"Cambria Math\"/>"),
    style("Key", "Key", "", "<w:bdr w:val=\"single\" w:sz=\"4\" w:space=\"0\" w:color=\"777777\"/>"),
];

/// Returns the document of all styles.
pub(super) fn document(book: &Book<'_>) -> String {
    let language = escaped(&book.manuscript.language);
    let direction = match book.direction {
        Direction::LeftToRight => "",
        Direction::RightToLeft => "<w:bidi/>",
    };
    let mut out = format!(
        "{HEAD}<w:styles {SPACES}><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Georgia\" w:hAnsi=\"Georgia\" w:eastAsia=\"Noto Serif CJK JP\" w:cs=\"Times New Roman\"/>\
         <w:sz w:val=\"22\"/><w:szCs w:val=\"22\"/><w:lang w:val=\"{language}\" w:eastAsia=\"{language}\" \
         w:bidi=\"{language}\"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after=\"120\" w:line=\"288\" \
         w:lineRule=\"auto\"/></w:pPr></w:pPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/>\
         <w:qFormat/><w:pPr>{direction}</w:pPr></w:style>"
    );
    for style in &PARAGRAPHS {
        out.push_str(&format!(
            "<w:style w:type=\"paragraph\" w:styleId=\"{}\"><w:name w:val=\"{}\"/><w:basedOn w:val=\"Normal\"/><w:qFormat/>\
             <w:pPr>{}</w:pPr><w:rPr>{}</w:rPr></w:style>",
            style.id, style.name, style.paragraph, style.text,
        ));
    }
    for style in &TEXTS {
        out.push_str(&format!(
            "<w:style w:type=\"character\" w:styleId=\"{}\"><w:name w:val=\"{}\"/><w:qFormat/><w:rPr>{}</w:rPr></w:style>",
            style.id, style.name, style.text,
        ));
    }
    out.push_str(
        "<w:style w:type=\"table\" w:styleId=\"TableGrid\"><w:name w:val=\"Table Grid\"/><w:tblPr><w:tblBorders>\
         <w:top w:val=\"single\" w:sz=\"4\"/><w:bottom w:val=\"single\" w:sz=\"4\"/>\
         <w:insideH w:val=\"single\" w:sz=\"4\"/></w:tblBorders></w:tblPr></w:style></w:styles>",
    );
    out
}
