//! Outlines with headings: parts, labels, roles, skipped levels, course plans, lists of contents.

use super::{super::super::*, read_as, shape, shape_of};

#[test]
fn parts_are_told_by_their_labels_or_by_their_level() {
    let expected = "Tea\n- Preface\n# Part One: Leaves\n1. Green · a\n2. Black\n# Part Two: Water\n3. Kettles\n# (none)\n- Afterword";
    let nested = "# Tea\n\n## Preface\n\n## Part One: Leaves\n\n### Chapter 1: Green\n- a\n\n### Chapter 2: Black\n\n\
                  ## Part Two: Water\n\n### Chapter 3: Kettles\n\n## Afterword\n";
    assert_eq!(shape_of(nested), expected);
    let flat = "# Tea\n## Preface\n## Part One: Leaves\n## 1. Green\n- a\n## 2. Black\n## Part Two: Water\n## 3. Kettles\n## Afterword\n";
    assert_eq!(shape_of(flat), expected);
    let upper = "# Tea\n## Preface\n# Part One: Leaves\n## Chapter 1. Green\n- a\n## Chapter 2. Black\n# Part Two: Water\n\
                 ## Chapter 1. Kettles\n# Afterword\n";
    assert_eq!(shape_of(upper), expected);
    let unlabelled = shape_of("# Tea\n\n# Leaves\n\nOn leaves.\n\n## Green\n\n## Black\n\n# Water\n\n## Kettles\n");
    assert_eq!(unlabelled, "Tea\n# Leaves\n1. Green\n2. Black\n# Water\n3. Kettles");
}

#[test]
fn the_text_below_a_part_is_its_summary() {
    let reading = read_as("# Tea\n\n## Part I: Leaves\n\nOn leaves.\n\n### Green\n", None);
    assert_eq!(reading.outline.parts, [Part { title: "Part I: Leaves".into(), summary: "On leaves.".into() }]);
}

#[test]
fn chapter_numbers_in_words_and_in_roman_numerals_are_dropped() {
    let text =
        "# Tea\n## Chapter One: Leaves\n## CHAPTER II – Water\n## Ch. 3: Cups\n## IV. Milk\n## 5) Sugar\n## 1984\n";
    assert_eq!(shape_of(text), "Tea\n1. Leaves\n2. Water\n3. Cups\n4. Milk\n5. Sugar\n6. 1984");
}

#[test]
fn numbers_that_leave_some_out_are_dropped_as_a_whole() {
    let reading = read_as("# Salt\n## 1. The Sea\n## 2. The Mine\n## 4. The Tax\n## 5. The Table\n", None);
    assert_eq!(shape(&reading), "Salt\n1. The Sea\n2. The Mine\n3. The Tax\n4. The Table");
    assert!(reading.notes.iter().any(|note| note.text.contains("counted anew")), "{:?}", reading.notes);
    let years = "# War\n## 1. The Start\n## 1914: The March\n## 1918: The Peace\n";
    assert_eq!(shape_of(years), "War\n1. The Start\n2. 1914: The March\n3. 1918: The Peace");
    let unlike = "# Salt\n## 1. The Sea\n## 3. The Mine\n## The Tax\n";
    assert_eq!(shape_of(unlike), "Salt\n1. The Sea\n2. The Mine\n- The Tax");
}

#[test]
fn a_chapter_without_a_number_among_numbered_ones_has_none() {
    let text = "# Wax\n\n## Before You Begin\n\n- a\n\n## Part I\n\n### Chapter 1: Bees\n\n### Chapter 2: Combs\n\n### A Pause\n\n\
                ## Part II\n\n### Chapter 3: Honey\n\n## Last Words\n\n- b\n";
    let reading = read_as(text, None);
    let expected = "Wax\n- Before You Begin · a\n# Part I\n1. Bees\n2. Combs\n- A Pause\n# Part II\n3. Honey\n# (none)\n- Last Words · b";
    assert_eq!(shape(&reading), expected);
    assert!(
        reading.notes.iter().any(|note| note.text.contains("\"Before You Begin\" and 2 more")),
        "{:?}",
        reading.notes
    );
    let counted = text.replace("Begin\n", "Begin {role=chapter}\n");
    assert!(shape_of(&counted).starts_with("Wax\n1. Before You Begin · a\n"), "{}", shape_of(&counted));
    let plain = "# Wax\n## 1. Bees\n## 2. Combs\n## A\n## B\n## C\n";
    assert_eq!(shape_of(plain), "Wax\n1. Bees\n2. Combs\n3. A\n4. B\n5. C");
}

#[test]
fn numbers_without_a_mark_count_where_all_chapters_have_them_in_order() {
    assert_eq!(shape_of("# Wax\n## 1 Bees\n## 2 Combs\n## Afterword\n"), "Wax\n1. Bees\n2. Combs\n- Afterword");
    assert_eq!(shape_of("# Wax\n## I – Bees\n## II – Combs\n"), "Wax\n1. Bees\n2. Combs");
    assert_eq!(
        shape_of("# 1 Bees\n## 1.1 Queens\n## 1.2 Drones\n# 2 Combs\n"),
        "Untitled\n1. Bees § Queens § Drones\n2. Combs"
    );
    assert_eq!(shape_of("# Wax\n## 1 Bee\n## 12 Drones\n"), "Wax\n1. 1 Bee\n2. 12 Drones");
    assert_eq!(shape_of("# Wax\n## 7 Bees\n## Combs\n"), "Wax\n1. 7 Bees\n2. Combs");
}

#[test]
fn words_and_ordinals_of_many_languages_count() {
    let german = "# Wachs\n## 1. Teil: Bienen\n### 1. Kapitel: Drohnen\n### 2. Kapitel: Waben\n## 2. Teil: Honig\n### 3. Kapitel: Glas\n";
    assert_eq!(shape_of(german), "Wachs\n# 1. Teil: Bienen\n1. Drohnen\n2. Waben\n# 2. Teil: Honig\n3. Glas");
    let korean = "# 밀랍\n## 1부 벌\n### 1장 여왕\n### 2장 수벌\n## 2부 꿀\n### 3장 병\n";
    assert_eq!(shape_of(korean), "밀랍\n# 1부 벌\n1. 여왕\n2. 수벌\n# 2부 꿀\n3. 병");
    let polish = "# Wosk\n## Rozdział pierwszy: Pszczoły\n## Rozdział drugi: Plastry\n";
    assert_eq!(shape_of(polish), "Wosk\n1. Pszczoły\n2. Plastry");
}

#[test]
fn a_label_stands_over_its_title() {
    let text = "# Wax\n\n## Chapter One\n\n### Bees\n\nThey fly.\n\n## Chapter Two\n\n### Combs\n";
    assert_eq!(shape_of(text), "Wax\n1. Bees\n2. Combs");
    // Where there is no title, the number is shown once.
    let numerals = read_as("# Wax\n\n## I\n\nThey fly.\n\n## II\n\nThey rest.\n", None);
    assert!(numerals.to_string().ends_with("\n  1\n  2"), "{numerals}");
}

#[test]
fn lengths_stand_behind_titles() {
    let reading =
        read_as("# Wax\n\n## Chapter 1: Bees (3,000 words)\n\n## Chapter 2: Combs (~800 words) {words=900}\n", None);
    let chapters = reading.outline.chapters.iter().map(|chapter| (chapter.title.as_str(), chapter.words));
    assert_eq!(chapters.collect::<Vec<_>>(), [("Bees", Some(3_000)), ("Combs", Some(900))]);
}

#[test]
fn sections_of_a_chapter_may_be_bold_lines_or_numbered_points() {
    let bold = "# Wax\n\n## Chapter 1: Bees\n\n**1.1 Queens**\n- eggs\n\n**1.2 Drones**\n- wings\n\n## Chapter 2: Combs\n\n**2.1 Cells**\n- six\n";
    assert_eq!(shape_of(bold), "Wax\n1. Bees § Queens · eggs § Drones · wings\n2. Combs § Cells · six");
    let points = "# Wax\n\n## **Chapter 1: Bees**\n- **1.1 Queens**\n  - eggs\n- **1.2 Drones**\n\n## **Chapter 2: Combs**\n- six\n";
    assert_eq!(shape_of(points), "Wax\n1. Bees § Queens · eggs § Drones\n2. Combs · six");
}

#[test]
fn a_lesson_stands_beside_what_is_none() {
    let text = "# Wax\n\n## Module 1: Bees\n\n### Learning objectives\n\n- tell bees apart\n\n### Lesson 1.1: Queens\n\n- eggs\n\n### Lesson 1.2: Drones\n\n\
                ### Quiz\n\n## Module 2: Combs\n\n### Lesson 2.1: Cells\n\n### Lab Report\n\n### Quiz\n";
    let reading = read_as(text, None);
    let expected = "Wax\n# Module 1: Bees\n1. Lesson 1.1: Queens · eggs\n2. Lesson 1.2: Drones\n- Quiz\n# Module 2: Combs\n3. Lesson 2.1: Cells § Lab Report\n- Quiz";
    assert_eq!(shape(&reading), expected);
    assert!(reading.outline.parts[0].summary.contains("- tell bees apart"), "{:?}", reading.outline.parts);
    let flat = "# Wax\n\n## Week 1: Bees\n\n- a\n\n## Midterm\n\n### Rules\n\nOne.\n\n## Week 2: Combs\n\n## Late Days\n\nNone.\n";
    let reading = read_as(flat, None);
    assert_eq!(shape(&reading), "Wax\n1. Week 1: Bees · a\n2. Week 2: Combs");
    assert_eq!(reading.outline.description, "#### Midterm\n\n#### Rules\n\nOne.\n\n#### Late Days\n\nNone.");
    let parts = "# Wax\n\n## Part 1: Bees\n\n### Queens\n\n### To Remember\n\n- x\n\n## Part 2: Combs\n\n### Cells\n\n### To Remember\n\n- y\n";
    assert_eq!(
        shape_of(parts),
        "Wax\n# Part 1: Bees\n1. Queens § To Remember · x\n# Part 2: Combs\n2. Cells § To Remember · y"
    );
}

#[test]
fn pages_around_the_chapters_are_no_numbered_chapters() {
    let text = "# Wax\n\n## Half Title\n\n## Copyright Page\n\n© 2026 Bo Fox\n\n## How to Use This Book\n\nSlowly.\n\n## Bees\n\n- a\n\n## Combs\n\n- b\n\n\
                ## Colophon\n\nSet in Bembo.\n\n## Also by Bo Fox\n\n## Index\n";
    let reading = super::super::super::read(text.as_bytes(), Kind::Markdown, None).unwrap();
    assert_eq!(shape(&reading), "Wax\n- How to Use This Book\n1. Bees · a\n2. Combs · b\n- Colophon");
    assert_eq!(reading.outline.front.rights.as_deref(), Some("© 2026 Bo Fox"));
    assert_eq!(reading.outline.chapters[3].typed_text(), Some("Set in Bembo."));
    for name in ["Half Title", "Also by Bo Fox", "Index", "rights"] {
        assert!(reading.notes.iter().any(|note| note.text.contains(name)), "{name}: {:?}", reading.notes);
    }
}

#[test]
fn an_introduction_that_its_author_numbered_keeps_its_number() {
    assert_eq!(shape_of("# Tea\n## 1. Introduction\n## 2. Leaves\n"), "Tea\n1. Introduction\n2. Leaves");
    assert_eq!(shape_of("# Tea\n## 0. Introduction\n## 1. Leaves\n"), "Tea\n- Introduction\n1. Leaves");
}

#[test]
fn titles_need_not_differ() {
    let sections = "# Tea\n## Leaves\n### Exercise\n- a\n### Exercise\n- b\n";
    assert_eq!(shape_of(sections), "Tea\n1. Leaves § Exercise · a § Exercise · b");
    let parts =
        "# Tea\n# Spring {part}\nGreen.\n## Leaves\n# Summer {part}\n## Sun\n# Spring {part}\nAgain.\n## Water\n";
    assert_eq!(shape_of(parts), "Tea\n# Spring\n1. Leaves\n# Summer\n2. Sun\n# Spring\n3. Water");
    let outline = parse(parts.as_bytes(), Kind::Markdown).unwrap();
    assert_eq!(outline.parts[2].summary, "Again.");
    assert_eq!(parse(to_markdown(&outline).as_bytes(), Kind::Markdown).unwrap(), outline);
    let text = "# Tea\n## Unit 1: Leaves\n- a\n## Exercise\n- b\n## Unit 2: Water\n## Exercise\n- c\n";
    assert_eq!(shape_of(text), "Tea\n1. Unit 1: Leaves · a\n- Exercise · b\n2. Unit 2: Water\n- Exercise · c");
}

#[test]
fn a_level_may_be_skipped() {
    assert_eq!(
        shape_of("# Tea\n\n### Leaves\n\n##### Green\n- a\n\n### Water\n"),
        "Tea\n1. Leaves § Green · a\n2. Water"
    );
    assert_eq!(shape_of("## Tea\n\n### Leaves\n- a\n### Water\n"), "Tea\n1. Leaves · a\n2. Water");
}

#[test]
fn the_weeks_of_a_course_are_its_chapters_and_the_rest_is_description() {
    let text = "# Tea 101\n\n## About\n\nFor all.\n\n## Plan\n\n### Week 1: Leaves\n- a\n\n### Week 2: Water\n\n#### Kettles\n\n## Marks\n\n| a | b |\n|---|---|\n| c | d |\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "Tea 101\n1. Week 1: Leaves · a\n2. Week 2: Water § Kettles");
    let description = &reading.outline.description;
    assert!(description.contains("#### About\n\nFor all.") && description.contains("| c | d |"), "{description}");
    assert_eq!(reading.notes.len(), 3, "{:?}", reading.notes);
}

#[test]
fn what_a_course_says_about_itself_is_no_chapter() {
    let text = "# Tea 101\n\n## Overview\n\nFor all.\n\n## Module 1: Leaves\n- a\n\n## Module 2: Water\n\n## Grading\n\n### Exam\n\nOne.\n";
    let reading = read_as(text, None);
    assert_eq!(shape(&reading), "Tea 101\n1. Module 1: Leaves · a\n2. Module 2: Water");
    assert_eq!(reading.outline.description, "#### Overview\n\nFor all.\n\n#### Grading\n\n#### Exam\n\nOne.");
    let table = "# Tea 101\n\n## About\n\nFor all.\n\n## Weekly Schedule\n\n| Week | Topic |\n|---|---|\n| 1 | Leaves |\n| 2 | Water |\n";
    assert_eq!(shape_of(table), "Tea 101\n1. Leaves\n2. Water");
}

#[test]
fn a_subtitle_and_a_title_may_stand_outside_of_the_levels() {
    let reading = read_as("# Tea\n\n## *From Leaf to Cup*\n\n# Introduction\n\n# Leaves\n", None);
    assert_eq!(reading.outline.front.subtitle.as_deref(), Some("From Leaf to Cup"));
    assert_eq!(shape(&reading), "Tea\n- Introduction\n1. Leaves");
    assert_eq!(shape_of("Tea\n\nLeaves\n------\n- a\n\nWater\n-----\n"), "Tea\n1. Leaves · a\n2. Water");
}

#[test]
fn modules_over_lessons_are_parts() {
    let text = "# Tea\n## Module 1: Leaves\n### Lesson 1: Green\n### Lesson 2: Black\n## Module 2: Water\n### Lesson 3: Kettles\n";
    assert_eq!(
        shape_of(text),
        "Tea\n# Module 1: Leaves\n1. Lesson 1: Green\n2. Lesson 2: Black\n# Module 2: Water\n3. Lesson 3: Kettles"
    );
}

#[test]
fn a_list_of_contents_before_the_outline_goes() {
    let text =
        "# Tea\n\n## Table of Contents\n\n- [Leaves](#leaves)\n- [Water](#water)\n\n## Leaves\n- a\n\n## Water\n";
    assert_eq!(shape_of(text), "Tea\n1. Leaves · a\n2. Water");
}

#[test]
fn the_writer_decides_between_parts_and_chapters() {
    let text = "# Tea\n## Leaves\n### Green\n### Black\n## Water\n### Kettles\n### Wells\n";
    let reading = read_as(text, None);
    assert_eq!(reading.alternative, Some(Shape::Parts));
    assert_eq!(shape(&reading), "Tea\n1. Leaves § Green § Black\n2. Water § Kettles § Wells");
    let parts = shape(&read_as(text, Some(Shape::Parts)));
    assert_eq!(parts, "Tea\n# Leaves\n1. Green\n2. Black\n# Water\n3. Kettles\n4. Wells");
    let labelled = "# Tea\n## Part 1: Leaves\n### Green\n### Black\n";
    assert_eq!(shape(&read_as(labelled, Some(Shape::Chapters))), "Tea\n1. Part 1: Leaves § Green § Black");
}

#[test]
fn roles_and_parts_are_set_in_yaml() {
    let yaml = "title: Tea\nparts:\n  - title: Leaves\n    summary: On leaves.\nchapters:\n  - title: Hello\n    role: preface\n  \
                - title: Green\n    part: Leaves\n  - title: Pots\n    part: Water\n  - title: Introduction\n    role: chapter\n    part: Water\n";
    let outline = parse(yaml.as_bytes(), Kind::Yaml).unwrap();
    assert_eq!(outline.numbers(), [None, Some(1), Some(2), Some(3)]);
    assert_eq!(outline.parts[1], Part { title: "Water".into(), summary: String::new() });
    assert_eq!(parse(to_markdown(&outline).as_bytes(), Kind::Markdown), Ok(outline));
    let torn = yaml.replace("part: Water\n  - title: Introduction", "part: Leaves\n  - title: Introduction");
    assert!(parse(torn.as_bytes(), Kind::Yaml).is_ok());
    let torn = yaml.replace("title: Hello\n", "title: Hello\n    part: Water\n");
    assert!(parse(torn.as_bytes(), Kind::Yaml).unwrap_err().to_string().contains("do not stand next to each other"));
}

#[test]
fn an_outline_without_parts_and_roles_is_written_as_before() {
    let outline = parse(b"# Tea\n\n## Introduction\n\n## Leaves\n", Kind::Markdown).unwrap();
    let json = serde_json::to_string(&outline).unwrap();
    assert_eq!(json, r#"{"title":"Tea","chapters":[{"title":"Introduction"},{"title":"Leaves"}]}"#);
}

#[test]
fn goals_of_a_lesson_are_told_from_its_points() {
    let text = "# Tides\n\n## Ebb\n\nOn ebb.\n\n**Learning goals:**\n\n- tell ebb from flood\n- read a table\n\nThen:\n\n- the moon\n\n### Quiz\n\n- two questions\n\n## Flood\n\n### Lernziele\n\n1. rechnen\n\n### Exercises\n";
    let outline = parse(text.as_bytes(), Kind::Markdown).unwrap();
    let [ebb, flood] = &outline.chapters[..] else { panic!("{outline:?}") };
    assert_eq!(ebb.goals, ["tell ebb from flood", "read a table"]);
    assert_eq!((ebb.points.as_slice(), ebb.summary.as_str()), (&["the moon".to_owned()][..], "On ebb.\n\nThen:"));
    assert_eq!((flood.goals.as_slice(), flood.sections.len()), (&["rechnen".to_owned()][..], 1));
    assert_eq!(BookKind::of(&outline), BookKind::Course);
    assert_eq!(parse(to_markdown(&outline).as_bytes(), Kind::Markdown).unwrap(), outline);
    let yaml = "title: Tides\nchapters:\n  - title: Ebb\n    goals: [tell ebb, read]\n    summary: |\n      Goals:\n\n      - draw\n";
    assert_eq!(parse(yaml.as_bytes(), Kind::Yaml).unwrap().chapters[0].goals, ["draw", "tell ebb", "read"]);
}
