use super::{nesting::MAX_OPEN, *};

fn read(source: &str) -> Document {
    Document::read(source, &Alone)
}

/// Returns all text of the blocks, on one line.
fn text(source: &str) -> String {
    let mut document = read(source);
    let mut texts = Vec::new();
    let mut note = |line: &mut Vec<Inline>| texts.push(plain_text(line));
    lines(&mut document.blocks, &mut note);
    document.notes.iter_mut().for_each(|each| lines(&mut each.blocks, &mut note));
    texts.join(" ")
}

fn levels(source: &str) -> Vec<u8> {
    read(source).headings.iter().map(|heading| heading.level).collect()
}

fn styles(source: &str) -> String {
    fn shown(inline: &Inline) -> String {
        match inline {
            Inline::Text { text } => text.clone(),
            Inline::Styled { style, text } => format!("{style:?}({})", text.iter().map(shown).collect::<String>()),
            Inline::Code { text } => format!("Code({text})"),
            Inline::Ruby { base, reading } => format!("Ruby({}|{reading})", plain_text(base)),
            Inline::Break => "/".to_owned(),
            other => format!("{other:?}"),
        }
    }
    let mut document = read(source);
    let mut all = Vec::new();
    lines(&mut document.blocks, &mut |line| all.push(line.iter().map(shown).collect::<String>()));
    all.join(" ¶ ")
}

#[test]
fn levels_start_below_the_chapter_and_never_jump() {
    assert_eq!(levels("## a\n\n### b\n\n## c\n"), [2, 3, 2]);
    assert_eq!(levels("# a\n\n## b\n"), [2, 2]);
    assert_eq!(levels("## a\n\n##### b\n\n##### c\n\n### d\n"), [2, 3, 3, 3]);
    assert_eq!(levels("#### a\n\n## b\n\n###### c\n"), [2, 2, 3]);
    assert_eq!(levels("a\n===\n\nb\n---\n\n### c\n"), [2, 2, 3]);
}

#[test]
fn a_line_in_a_code_block_is_no_heading() {
    assert_eq!(levels("```sh\n# comment\n```\n\n    # indented\n"), Vec::<u8>::new());
}

#[test]
fn a_heading_in_a_note_stands_below_the_notes_and_moves_no_other() {
    let document = read("## a\n\n[^1]: ## b\n\n    ##### c\n\n### d[^1]\n");
    let headings: Vec<_> = document.headings.iter().map(|heading| (heading.level, heading.in_note)).collect();
    assert_eq!(headings, [(2, false), (3, true), (3, true), (3, false)]);
}

#[test]
fn equal_headings_get_different_anchors() {
    let document = read("## Setup\n\n## Setup\n\n## *Setup*[^1]\n\n[^1]: x\n");
    let slugs: Vec<_> = document.headings.iter().map(|heading| heading.slug.as_str()).collect();
    assert_eq!(slugs, ["setup", "setup-1", "setup-2"]);
}

/// Returns the texts of the notes that the references mean, in the order of the references.
fn meant(source: &str) -> Vec<String> {
    let mut document = read(source);
    let notes: Vec<String> = document
        .notes
        .iter()
        .map(|note| match &note.blocks[..] {
            [Block::Paragraph { text } | Block::Plain { text }, ..] => plain_text(text),
            other => panic!("{other:?}"),
        })
        .collect();
    let mut meant = Vec::new();
    let mut add = |line: &mut Vec<Inline>| walk::references(line, &mut |note| meant.push(notes[*note].clone()));
    lines(&mut document.blocks, &mut add);
    document.notes.iter_mut().for_each(|note| lines(&mut note.blocks, &mut add));
    meant
}

#[test]
fn a_label_defined_twice_means_the_next_definition() {
    let sections = "One[^1].\n\n[^1]: first\n\nTwo[^1] and[^2].\n\n[^1]: second\n\n[^2]: third\n\nThree[^1].\n";
    assert_eq!(meant(sections), ["first", "second", "third", "second"]);
}

#[test]
fn a_note_may_refer_to_itself_and_to_others() {
    let meant = meant("x[^a]\n\n[^a]: see[^b] or[^A]\n\n[^b]: y\n");
    assert_eq!(meant, ["see or", "y", "see or"]);
}

#[test]
fn a_reference_without_its_note_stays_and_is_told() {
    let document = read("x[^nowhere] and y[^1]\n\n[^1]: z");
    assert_eq!(document.lost, [Lost::Note("nowhere".to_owned())]);
    assert_eq!(text("x[^nowhere]"), "x[^nowhere]");
}

#[test]
fn notes_are_numbered_by_their_first_references() {
    let document = read("a[^2] b[^1] c[^2]\n\n[^1]: one\n\n[^2]: two\n\n[^3]: unused");
    let references: Vec<usize> = document.notes.iter().map(|note| note.references).collect();
    assert_eq!(references, [2, 1, 0]);
}

#[test]
fn a_thousand_levels_become_few_and_lose_no_text() {
    for (opening, closing) in
        [("> ", ""), ("- ", ""), ("> 1. ", ""), ("*a **b ", " c** d*"), ("<b>", "</b>"), ("<i>", "")]
    {
        let source = format!("{}core{}", opening.repeat(1_000), closing.repeat(1_000));
        let json = serde_json::to_string(&read(&source).blocks).unwrap();
        let mut depth = 0;
        let deepest = json.chars().map(|c| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            depth
        });
        assert!(deepest.max().unwrap() <= 3 * (MAX_OPEN as i32) + 2, "{opening}");
        assert!(json.contains("core"), "{opening}");
    }
}

#[test]
fn items_of_a_flattened_list_do_not_run_together() {
    let nested = "- ".repeat(MAX_OPEN);
    let source = format!("{nested}- one\n{}- two\n", "  ".repeat(MAX_OPEN));
    assert_eq!(text(&source), "one two");
}

#[test]
fn tags_of_books_are_styles_and_wrappers_vanish() {
    assert_eq!(styles("H<sub>2</sub>O, m<sup>2</sup>, <kbd>Ctrl</kbd>"), "HSubscript(2)O, mSuperscript(2), Key(Ctrl)");
    assert_eq!(styles("<u>a</u> <mark>b</mark> <b>c</b> d<br>e"), "Underlined(a) Marked(b) Strong(c) d/e");
    assert_eq!(styles("a <span style=\"color:red\">b</span> <!-- c --> d"), "a b  d");
    assert_eq!(styles("<ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>と"), "Ruby(漢字|かんじ)と");
    assert_eq!(styles("<div class=\"note\">\n\nA *sentence*.\n\n</div>"), "A Emphasis(sentence).");
    assert_eq!(styles("<details><summary>More</summary>\n\nText.\n\n</details>"), "More ¶ Text.");
    assert_eq!(styles("<!-- a\n\ncomment -->\n\nText."), "Text.");
}

#[test]
fn what_is_no_tag_of_a_book_is_text() {
    for shown in ["a Vec<String> b", "if a <b and c> d", "<script>alert(1)</script> x", "an open <b> tag", "x < y > z"]
    {
        assert_eq!(styles(shown), shown);
    }
}

#[test]
fn verse_keeps_its_lines_and_its_indent() {
    let verse = "The tide is out,\n&nbsp;&nbsp;the rope is slack,\nand no one on the quay at all\nlooks back.";
    assert!(matches!(&read(verse).blocks[..], [Block::Verse { .. }]));
    assert_eq!(
        styles(verse),
        "The tide is out,/\u{a0}\u{a0}the rope is slack,/and no one on the quay at all/looks back."
    );
}

#[test]
fn formulas_are_told_from_money() {
    let document = read("It costs $5 to $10, where $n$ is \\(a_1\\).\n\n\\[\nx^2\n\\]\n");
    let [Block::Paragraph { text }, Block::Formula { tex }] = &document.blocks[..] else { panic!("{document:?}") };
    assert_eq!(tex, "x^2");
    let formulas = text.iter().filter(|inline| matches!(inline, Inline::Formula { .. })).count();
    assert_eq!((formulas, plain_text(text).as_str()), (2, "It costs $5 to $10, where n is a_1."));
}

#[test]
fn definitions_and_tasks_have_blocks_of_their_own() {
    let document = read("Term\n: Meaning\n\n- [x] done\n- [ ] open");
    let [Block::Definitions { items }, Block::List { items: tasks, .. }] = &document.blocks[..] else {
        panic!("{document:?}")
    };
    assert_eq!((items.len(), items[0].meanings.len()), (1, 1));
    assert_eq!(tasks.iter().map(|task| task.done).collect::<Vec<_>>(), [Some(true), Some(false)]);
}

#[test]
fn a_drawing_is_a_listing() {
    for (source, language) in [("```mermaid\ngraph TD\n```", "mermaid"), ("<svg width=\"1\">\n<g/>\n</svg>", "svg")] {
        assert!(
            matches!(&read(source).blocks[..], [Block::Code { language: found, .. }] if found == language),
            "{source}"
        );
    }
}
