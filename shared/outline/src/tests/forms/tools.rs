//! Outlines of other tools: mdBook, Leanpub, Pandoc, Jekyll, Obsidian.

use super::{
    super::super::{Contributor, ContributorRole},
    read_as, shape, shape_of,
};

#[test]
fn the_summary_of_mdbook_has_parts_chapters_and_sections() {
    let text = "# Summary\n\n[Hello](hello.md)\n[Preface](preface.md)\n\n# Leaves\n\n- [Green](green.md)\n  - [Fields](fields.md)\n- [Black](black.md)\n\n# Water\n\n* [Wells]()\n\n-----------\n\n[Thanks](thanks.md)\n[Colophon](end.md)\n";
    let expected = "Untitled\n- Hello\n- Preface\n# Leaves\n1. Green § Fields\n2. Black\n# Water\n3. Wells\n# (none)\n- Thanks\n- Colophon";
    assert_eq!(shape_of(text), expected);
}

#[test]
fn a_manuscript_of_leanpub_has_parts_and_chapters() {
    let text = "{frontmatter}\n\n# Hello\n\n{mainmatter}\n\n{class: part}\n# Leaves\n\n{sample: true}\n# Green\n\n## Fields\n\n* rain\n\n{backmatter}\n\n# Sources\n";
    assert_eq!(shape_of(text), "Untitled\n- Hello\n# Leaves\n1. Green § Fields · rain\n# (none)\n- Sources");
    assert_eq!(
        shape_of("-# Leaves\n\n# Green\n\n-# Water\n\n# Wells\n"),
        "Untitled\n# Leaves\n1. Green\n# Water\n2. Wells"
    );
}

#[test]
fn the_front_matter_of_other_tools_is_understood() {
    let text = "---\ntitle: The Tea Book\nauthor:\n  name: Ann Lee\n  orcid: 1\nlang: de\ndate: 2026-03\nkeywords: tea, leaves\nlayout: post\ntoc-depth: 2\n---\n\nOn tea.\n\n# Leaves {#leaves}\n\n## Fields\n\n- rain\n\n# Water {-}\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "The Tea Book\n1. Leaves § Fields · rain\n- Water");
    let front = &reading.outline.front;
    assert_eq!((front.author.as_slice(), front.language.as_deref()), (["Ann Lee".to_owned()].as_slice(), Some("de")));
    assert_eq!((front.date.as_deref(), front.keywords.len()), (Some("2026-03-01"), 2));
    assert_eq!(reading.outline.description, "On tea.");
    assert_eq!(reading.notes.len(), 1);
    assert_eq!(
        (reading.notes[0].line, reading.notes[0].text.as_str()),
        (Some(9), "`layout`, `toc-depth` say nothing to Bindery and are left out")
    );
}

#[test]
fn the_creators_of_pandoc_have_roles() {
    let text = "---\ntitle: Tea\ncreator:\n- role: author\n  text: Ada Example\n- role: editor\n  text: Jane Roe\n- role: trl\n  text: Max Muster\n---\n# Leaves\n# Water\n";
    let front = read_as(text, None).outline.front;
    assert_eq!(front.author, ["Ada Example"]);
    let contributor = |name: &str, role| Contributor { name: name.into(), role };
    let expected =
        [contributor("Jane Roe", ContributorRole::Editor), contributor("Max Muster", ContributorRole::Translator)];
    assert_eq!(front.contributors, expected);
}

#[test]
fn the_title_block_of_pandoc_is_read() {
    let reading = read_as("% The Tea Book\n% Ann Lee; Bo Fox\n% March 2026\n\n# Leaves\n\n# Water\n", None);
    assert_eq!(shape(&reading), "The Tea Book\n1. Leaves\n2. Water");
    assert_eq!(reading.outline.front.author, ["Ann Lee", "Bo Fox"]);
    assert_eq!(reading.outline.front.date.as_deref(), Some("2026-03-01"));
}

#[test]
fn a_title_that_stands_twice_counts_once() {
    for heading in ["Tea", "tea", "Tea: A Book"] {
        let reading = read_as(&format!("---\ntitle: Tea\n---\n\n# {heading}\n\n## Leaves\n"), None);
        assert_eq!(reading.outline.title, heading);
        assert!(reading.notes.is_empty());
    }
    let reading = read_as("---\ntitle: Coffee\n---\n\n# Tea\n\n## Leaves\n\n## Water\n", None);
    assert_eq!(reading.outline.title, "Tea");
    assert_eq!(reading.notes.len(), 1);
}

#[test]
fn notes_of_obsidian_lose_their_marks() {
    let text = "---\naliases: [tea]\ncssclasses: wide\n---\n# Tea\n\n## [[01 Leaves|Leaves]] #draft ^one\n\n- [ ] ask [[Ann]]\n- [x] look at ==rain==\n- ![[leaf.png]]\n\n%% not yet %%\n\n## [[Water#Wells]] #draft/two\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "Tea\n1. Leaves · ask Ann · look at rain\n2. Water");
    assert_eq!(reading.outline.chapters[0].summary, "");
}

#[test]
fn pictures_before_titles_go() {
    assert_eq!(
        shape_of("# \u{1f375} Tea\n\n## \u{1f343} Chapter 1: Leaves\n\n## \u{1f4a7} Chapter 2: Water\n"),
        "Tea\n1. Leaves\n2. Water"
    );
}

#[test]
fn bookdown_has_parts_and_appendices_and_gitbook_a_summary() {
    let text = "---\ntitle: Tea\n---\n\n# Vorwort {-}\n\n# (PART) Blatt {-}\n\n# Ernte {#ernte}\n\n## Regen\n\n- viel\n\n# (PART\\*) Wasser {-}\n\n# Brunnen\n\n# (APPENDIX) Anhang {-}\n\n# Tafeln\n";
    assert_eq!(
        shape_of(text),
        "Tea\n- Vorwort\n# Blatt\n1. Ernte § Regen · viel\n# Wasser\n2. Brunnen\n# (none)\n- Tafeln"
    );
    let gitbook = "# Table of contents\n\n* [Introduction](README.md)\n\n## Leaves\n\n* [Green](green.md)\n  * [Fields](fields.md)\n* [Black](black.md)\n";
    assert_eq!(shape_of(gitbook), "Untitled\n- Introduction\n# Leaves\n1. Green § Fields\n2. Black");
}

#[test]
fn google_docs_escapes_its_numbers() {
    let text = "# **The Tea Book** {#the-tea-book}\n\n# **Introduction** {#introduction}\n\n# **1\\. Leaves** {#1.-leaves}\n\n* rain\n\n# **2\\. Water** {#2.-water}\n";
    assert_eq!(shape_of(text), "The Tea Book\n- Introduction\n1. Leaves · rain\n2. Water");
    assert_eq!(shape_of("# Tea\n\n## 1\\. Weltkrieg\n\n## 2\\. Weltkrieg\n"), "Tea\n1. 1. Weltkrieg\n2. 2. Weltkrieg");
}

#[test]
fn pieces_before_and_after_the_chapters_may_have_headings_of_their_own() {
    let text = "# Tea\n\n## Front Matter\n\n### Preface\n\nWhy.\n\n## Part I: Leaves\n\n### Chapter 1: Green\n\n- a\n\n## Back Matter\n\n### Glossary\n\n- b\n";
    assert_eq!(shape_of(text), "Tea\n- Preface\n# Part I: Leaves\n1. Green · a\n# (none)\n- Glossary · b");
}

#[test]
fn attributes_of_other_tools_are_told() {
    let reading = read_as("# Tea\n\n## Leaves {#leaves data-x=1}\n\n## Water\n", None);
    assert_eq!(shape(&reading), "Tea\n1. Leaves\n2. Water");
    assert_eq!(
        (reading.notes[0].line, reading.notes[0].text.as_str()),
        (Some(3), "`data-x=1` says nothing to Bindery and is left out")
    );
}
