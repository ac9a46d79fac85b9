//! Outlines without headings: bold lines, lists, tables, plain text.

use super::{read_as, shape, shape_of};

#[test]
fn bold_lines_are_the_title_and_the_chapters() {
    let text = "**The Tea Book**\n\n*From Leaf to Cup*\n\nby Ann Lee & Bo Fox\n\n**Foreword**\n\nHello.\n\n**Leaves**\n\n* green\n* black\n\n**Water**\n\n* soft\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "The Tea Book\n- Foreword\n1. Leaves · green · black\n2. Water · soft");
    assert_eq!(reading.outline.front.subtitle.as_deref(), Some("From Leaf to Cup"));
    assert_eq!(reading.outline.front.author, ["Ann Lee", "Bo Fox"]);
    assert_eq!(reading.outline.chapters[0].summary, "Hello.");
}

#[test]
fn a_chat_model_makes_bold_chapters_numbered_sections_and_small_talk() {
    let text = "Great! Here's an outline for \"The Tea Book\":\n\n---\n\n**Part I: Leaves**\n\n**Chapter 1: Green**\n\n- **1.1 Fields**\n  - rain\n    - much\n- **1.2 Hands**\n  - two\n\n---\n\n**Part II: Water**\n\n**Chapter 2: Soft**\n- wells\n\n**Conclusion**\n\nLet me know if you'd like changes!\n";
    let expected = "The Tea Book\n# Part I: Leaves\n1. Green § Fields · rain/- much § Hands · two\n# Part II: Water\n2. Soft · wells\n# (none)\n- Conclusion";
    assert_eq!(shape_of(text), expected);
    let fenced = "Here you go!\n\n```markdown\n# The Tea Book\n\n## Leaves\n- a\n```\n\nWould you like more?\n";
    assert_eq!(shape_of(fenced), "The Tea Book\n1. Leaves · a");
    let wrapped = "# The Tea Book\n\n## Outline\n\n**Chapter 1: Leaves**\n- a\n\n**Chapter 2: Water**\n";
    assert_eq!(shape_of(wrapped), "The Tea Book\n1. Leaves · a\n2. Water");
}

#[test]
fn a_list_alone_is_an_outline() {
    let expected = "The Tea Book\n- Introduction\n1. Leaves · green · black\n2. Water · soft";
    for text in [
        "The Tea Book\n\n- Introduction\n- Leaves\n  - green\n  - black\n- Water\n  - soft\n",
        "# The Tea Book\n\n1. Introduction\n2. Leaves\n   - green\n   - black\n3. Water\n   - soft\n",
        "The Tea Book\n\n• Introduction\n• Leaves\n\t◦ green\n\t◦ black\n• Water\n\t◦ soft\n",
        "The Tea Book\n\nI. Introduction\nII. Leaves\n  A. green\n  B. black\nIII. Water\n  A. soft\n",
    ] {
        assert_eq!(shape_of(text), expected, "{text}");
    }
    let untitled = read_as("1. Leaves\n2. Water\n", None);
    assert_eq!(shape(&untitled), "Untitled\n1. Leaves\n2. Water");
    assert!(untitled.notes.iter().any(|note| note.text.contains("no title")));
}

#[test]
fn a_list_of_three_levels_has_sections() {
    let text = "Tea\n\n1. Leaves\n   1. Fields\n      - rain\n   2. Hands\n      - two\n2. Water\n   1. Wells\n      - deep\n   2. Rivers\n      - long\n";
    assert_eq!(shape_of(text), "Tea\n1. Leaves § Fields · rain § Hands · two\n2. Water § Wells · deep § Rivers · long");
    let decimal = "Tea\n\n1. Leaves\n1.1 Fields\n1.2 Hands\n2. Water\n2.1 Wells\n";
    assert_eq!(shape_of(decimal), "Tea\n1. Leaves § Fields § Hands\n2. Water § Wells");
    let parts = "Tea\n\n- Part 1: Leaves\n  - Chapter 1: Green\n    - a\n  - Chapter 2: Black\n- Part 2: Water\n  - Chapter 3: Wells\n";
    assert_eq!(shape_of(parts), "Tea\n# Part 1: Leaves\n1. Green · a\n2. Black\n# Part 2: Water\n3. Wells");
}

#[test]
fn the_text_of_a_word_processor_is_an_outline() {
    let labelled = "The Tea Book\nBy Ann Lee\n\nPART ONE\nLeaves\n\nChapter 1: Green\nIt is green.\n•\train\n•\tsun\n\nChapter 2: Black\n\nPART TWO\nWater\n\nChapter 3: Wells\n\nAppendix A: Pots\n";
    let expected = "The Tea Book\n# PART ONE: Leaves\n1. Green · rain · sun\n2. Black\n# PART TWO: Water\n3. Wells\n# (none)\n- Appendix A: Pots";
    assert_eq!(shape_of(labelled), expected);
    let capitals = "THE TEA BOOK\n\nA short one.\n\nLEAVES\n\nOn leaves.\n\nWATER\n\n- wells\n";
    assert_eq!(shape_of(capitals), "THE TEA BOOK\n1. LEAVES\n2. WATER · wells");
    let tabs = "The Tea Book\n\nLeaves\n\tgreen\n\tblack\nWater\n\twells\n";
    assert_eq!(shape_of(tabs), "The Tea Book\n1. Leaves · green · black\n2. Water · wells");
    let captions = "The Tea Book\n\nLeaves\n- green\n\nWater:\n- wells\n";
    assert_eq!(shape_of(captions), "The Tea Book\n1. Leaves · green\n2. Water · wells");
    let contents = "The Tea Book\n\nContents\nChapter 1: Leaves ..... 3\nChapter 2: Water ..... 9\n\nChapter 1: Leaves\nOn leaves.\n\nChapter 2: Water\nOn water.\n";
    assert_eq!(shape_of(contents), "The Tea Book\n1. Leaves\n2. Water");
}

#[test]
fn a_table_is_an_outline() {
    let text = "# The Tea Book\n\n| Part | Chapter | Title | Summary | Key points |\n|---|---|---|---|---|\n| Leaves | 1 | Green | On green. | rain; sun |\n| Leaves | 2 | Black | | hands |\n| Water | 3 | Wells | | |\n";
    assert_eq!(shape_of(text), "The Tea Book\n# Leaves\n1. Green · rain · sun\n2. Black · hands\n# Water\n3. Wells");
}

#[test]
fn a_column_of_numbered_titles_needs_no_other() {
    let text = "# Tea\n\n| Ch | Who | Summary |\n|---|---|---|\n| 1. Green | Ann | She waits. |\n| 2. Black | Bo | He comes. |\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "Tea\n1. Green\n2. Black");
    assert_eq!(reading.outline.chapters[0].summary, "She waits.\n\nWho: Ann");
}

#[test]
fn text_that_is_no_outline_is_refused_in_a_line() {
    for text in ["Tea\n\nLeaves", "Tea is a drink. It is hot.", "# Tea\n\nA drink.", "Tea\n\nA drink.\n\nIt is hot.\n"]
    {
        let error = super::super::super::parse(text.as_bytes(), super::Kind::Markdown).unwrap_err().in_file("o.md");
        assert!(error.starts_with("o.md: the outline has no chapters; write `# `"), "{error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}

#[test]
fn parts_over_lists_and_a_single_root_are_outlines() {
    let text = "# The Tea Book\n\n**Part I: Leaves**\n\n*   **Chapter 1: Green**\n    *   rain\n*   **Chapter 2: Black**\n\n**Part II: Water**\n\n*   **Chapter 3: Wells**\n";
    assert_eq!(shape_of(text), "The Tea Book\n# Part I: Leaves\n1. Green · rain\n2. Black\n# Part II: Water\n3. Wells");
    let root = "- The Tea Book\n  - Leaves\n    - green\n  - Water\n    - soft\n";
    assert_eq!(shape_of(root), "The Tea Book\n1. Leaves · green\n2. Water · soft");
}

#[test]
fn a_list_below_one_heading_among_others_is_the_chapters() {
    let text = "# The Tea Book\n\n## Idea\n\nTea.\n\n## Capítulos\n\n1. Leaves\n   - green\n2. Water\n\n## Readers\n\n- all\n\n### Age\n\n- old\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "The Tea Book\n1. Leaves · green\n2. Water");
    assert_eq!(reading.outline.description, "#### Idea\n\nTea.\n\n#### Readers\n\n- all\n\n#### Age\n\n- old");
}
