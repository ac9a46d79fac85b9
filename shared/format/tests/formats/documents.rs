//! Opens what was rendered and checks what every document must be.

use std::{
    collections::{BTreeMap, HashSet},
    io::{Cursor, Read},
};

use roxmltree::{Document, Node, ParsingOptions};

/// The elements the binding writes, and no text may.
const ELEMENTS: &str = "html head meta title style link body main header nav section aside h1 h2 h3 h4 h5 h6 p span a ol ul li \
                        blockquote pre code em strong del sub sup u mark kbd ruby rt rp dl dt dd figure figcaption hr br div table thead tbody tr th td img details summary script";

const ATTRIBUTES: &str = "lang dir charset name content http-equiv rel type href id class role aria-label aria-labelledby hidden \
                          start scope alt src defer data-right";

/// Returns the files of an EPUB, in the order of the archive.
pub(crate) fn files(epub: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(epub)).expect("an EPUB is a ZIP archive");
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).expect("the archive lists its files");
            let mut content = Vec::new();
            file.read_to_end(&mut content).expect("every file can be read");
            // Pictures are no text, and no test reads their content.
            let content = String::from_utf8(content).unwrap_or_default();
            (file.name().expect("names are UTF-8").into_owned(), content)
        })
        .collect()
}

/// Parses a document strictly.
pub(crate) fn parse(xml: &str) -> Document<'_> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(xml, options).unwrap_or_else(|error| panic!("{error}\n{xml}"))
}

/// Checks an EPUB as far as that goes without its reference checker.
pub(crate) fn check_epub(epub: &[u8]) {
    let files = files(epub);
    assert_eq!(files[0], ("mimetype".to_owned(), "application/epub+zip".to_owned()));
    let by_name: BTreeMap<_, _> = files.iter().map(|(name, content)| (name.as_str(), content.as_str())).collect();
    assert_eq!(by_name.len(), files.len(), "no file stands twice in the archive");
    let package = parse(by_name["EPUB/package.opf"]);
    let listed: HashSet<_> = package
        .descendants()
        .filter(|node| node.has_tag_name(("http://www.idpf.org/2007/opf", "item")))
        .map(|item| format!("EPUB/{}", item.attribute("href").expect("an item has an address")))
        .collect();
    let present = by_name.keys().filter(|name| name.starts_with("EPUB/") && **name != "EPUB/package.opf");
    assert_eq!(listed, present.map(|name| (*name).to_owned()).collect(), "the manifest lists what is there");
    let pages: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(".xhtml")).collect();
    let anchors: HashSet<_> = pages
        .iter()
        .flat_map(|(name, content)| {
            let file = name.trim_start_matches("EPUB/").to_owned();
            let ids = unique_ids(&parse(content));
            ids.into_iter().map(move |id| format!("{file}#{id}")).chain([name.trim_start_matches("EPUB/").to_owned()])
        })
        .collect();
    for (name, content) in &pages {
        let document = parse(content);
        check_markup(&document);
        heading_levels(&document);
        check_links(&document, |href| match href.strip_prefix('#') {
            Some(id) => anchors.contains(&format!("{}#{id}", name.trim_start_matches("EPUB/"))),
            None => anchors.contains(href),
        });
    }
    for (name, content) in files.iter().filter(|(name, _)| name.ends_with(".ncx") || name.ends_with(".svg")) {
        let document = parse(content);
        for target in document.descendants().filter_map(|node| node.attribute("src")) {
            assert!(anchors.contains(target), "{name} leads to {target}");
        }
    }
}

/// Checks the pages of a site.
pub(crate) fn check_site(archive: &[u8]) {
    let files = files(archive);
    let pages: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(".html")).collect();
    let anchors: HashSet<_> = pages
        .iter()
        .flat_map(|(name, content)| {
            let ids = unique_ids(&parse(content));
            ids.into_iter().map(move |id| format!("{name}#{id}")).chain([name.clone()])
        })
        .collect();
    for (name, content) in &pages {
        let document = parse(content);
        check_markup(&document);
        heading_levels(&document);
        check_links(&document, |href| match href.strip_prefix('#') {
            Some(id) => anchors.contains(&format!("{name}#{id}")),
            None => anchors.contains(href),
        });
        for address in document.descendants().filter_map(|node| node.attribute("src")) {
            assert!(files.iter().any(|(name, _)| name == address), "{name} shows {address}");
        }
    }
}

/// Checks a package of SCORM: its manifest names the files that are there, and every lesson.
pub(crate) fn check_scorm(archive: &[u8]) {
    const PACKAGING: &str = "http://www.imsproject.org/xsd/imscp_rootv1p1p2";
    check_site(archive);
    let files = files(archive);
    let (name, manifest) = &files[0];
    assert_eq!(name, "imsmanifest.xml");
    let manifest = parse(manifest);
    let of_name = |name| manifest.descendants().filter(move |node| node.has_tag_name((PACKAGING, name)));
    let listed: HashSet<_> =
        of_name("file").map(|file| file.attribute("href").expect("a file has an address")).collect();
    let present = files.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "imsmanifest.xml");
    assert_eq!(listed, present.collect(), "the manifest lists what is there");
    let resources: HashSet<_> =
        of_name("resource").map(|resource| resource.attribute("identifier").expect("a resource has a name")).collect();
    let lessons: Vec<_> = of_name("item").filter_map(|item| item.attribute("identifierref")).collect();
    assert!(lessons.iter().all(|lesson| resources.contains(lesson)), "{lessons:?}");
    assert_eq!(lessons.len() + 1, resources.len(), "every lesson stands in the outline of the course");
}

/// Checks the one HTML file.
pub(crate) fn check_html(html: &str) {
    let document = parse(html);
    let ids = unique_ids(&document);
    check_markup(&document);
    heading_levels(&document);
    check_links(&document, |href| href.strip_prefix('#').is_some_and(|id| ids.contains(id)));
    let is_fetched = |node: &Node<'_, '_>| {
        node.has_tag_name("link") || node.attribute("src").is_some_and(|address| !address.starts_with("data:image/"))
    };
    assert!(!document.descendants().any(|node| is_fetched(&node)), "the file fetches nothing");
}

/// Checks that headings never jump a level and returns them.
pub(crate) fn heading_levels(document: &Document<'_>) -> Vec<u32> {
    let levels: Vec<u32> =
        document.descendants().filter_map(|node| node.tag_name().name().strip_prefix('h')?.parse().ok()).collect();
    for pair in levels.windows(2) {
        assert!(pair[1] <= pair[0] + 1, "{levels:?}");
    }
    levels
}

fn unique_ids(document: &Document<'_>) -> HashSet<String> {
    let mut ids = HashSet::new();
    for id in document.descendants().filter_map(|node| node.attribute("id")) {
        assert!(!id.contains(char::is_whitespace) && ids.insert(id.to_owned()), "{id} is no unique id");
    }
    ids
}

fn check_markup(document: &Document<'_>) {
    let elements: HashSet<_> = ELEMENTS.split_whitespace().collect();
    let attributes: HashSet<_> = ATTRIBUTES.split_whitespace().collect();
    let is_html = |node: &Node<'_, '_>| node.tag_name().namespace() != Some("http://www.w3.org/1998/Math/MathML");
    for node in document.descendants().filter(Node::is_element).filter(is_html) {
        assert!(elements.contains(node.tag_name().name()), "{node:?}");
        for attribute in node.attributes().filter(|attribute| attribute.namespace().is_none()) {
            assert!(attributes.contains(attribute.name()), "{attribute:?}");
        }
        let depth = node.ancestors().count();
        assert!(depth < 64, "elements nest {depth} deep");
        let in_link = node.ancestors().skip(1).any(|above| above.tag_name().name() == "a");
        assert!(!(in_link && node.tag_name().name() == "a"), "a link stands in a link");
    }
}

fn check_links(document: &Document<'_>, is_inside: impl Fn(&str) -> bool) {
    for href in
        document.descendants().filter(|node| node.tag_name().name() == "a").filter_map(|node| node.attribute("href"))
    {
        let outside = ["http://", "https://", "mailto:"].iter().any(|scheme| href.starts_with(scheme));
        assert!(outside || is_inside(href), "a link leads to {href}");
    }
}
