//! One outline of every kind that is known, with the title, the parts, the chapters, the sections and the points that it has.

use super::{super::super::Kind, shape, shape_of};

/// What kind of outline it is, the outline, and its shape.
const KINDS: [(&str, &str, &str); 41] = [
    (
        "headings with summaries, points and lengths under captions",
        "# Wax\n\n## Chapter 1: **Bees**\n\n**Summary:** They work.\n\n**Key Points:**\n- queens\n\n**Word count:** 2,000\n\n## Chapter 2: Combs\n\n### Summary\n\nSix sides.\n\n### Key Points\n\n- cells\n",
        "Wax\n1. Bees · queens\n2. Combs · cells",
    ),
    (
        "parts over chapters, counted through, with pieces around them",
        "# Wax\n\n## Foreword\n\n## Part One: Hive\n\n### Chapter 1: Bees\n\n### Chapter 2: Combs\n\n## Part Two: House\n\n### Chapter 3: Candles\n\n## Appendix A: Tools\n\n## Glossary\n",
        "Wax\n- Foreword\n# Part One: Hive\n1. Bees\n2. Combs\n# Part Two: House\n3. Candles\n# (none)\n- Appendix A: Tools\n- Glossary",
    ),
    (
        "skipped levels",
        "# Wax\n\n#### Bees\n\n###### Queens\n\n- one\n\n#### Combs\n",
        "Wax\n1. Bees § Queens · one\n2. Combs",
    ),
    ("underlined headings", "Wax\n===\n\nBees\n----\n\n- a\n\nCombs\n-----\n", "Wax\n1. Bees · a\n2. Combs"),
    (
        "titles that come back in every part",
        "# Wax\n\n## Part 1: Spring\n\n### Ida\n\n### Tom\n\n## Part 2: Autumn\n\n### Ida\n\n### Tom\n",
        "Wax\n# Part 1: Spring\n1. Ida\n2. Tom\n# Part 2: Autumn\n3. Ida\n4. Tom",
    ),
    (
        "modules, lessons, and a last chapter without a label",
        "# Wax\n\n## Module 1: Hive\n\n### Lesson 1: Bees\n\n- a\n\n### Quiz\n\n## Module 2: House\n\n### Lesson 2: Candles\n\n## Your Own Candle\n\n- b\n",
        "Wax\n# Module 1: Hive\n1. Lesson 1: Bees · a\n- Quiz\n# Module 2: House\n2. Lesson 2: Candles\n# (none)\n3. Your Own Candle · b",
    ),
    (
        "weeks with what is about the course beside them",
        "# Wax\n\n## Who Teaches\n\nIda.\n\n## Week 1: Bees\n\n- a\n\n## Week 2: Combs\n\n## A Day at the Hives\n\n- b\n\n## How Grades Are Given\n\nFairly.\n\n## Late Work\n\nNo.\n",
        "Wax\n1. Week 1: Bees · a\n2. Week 2: Combs\n3. A Day at the Hives · b",
    ),
    (
        "numbers without marks, with sections",
        "# Wax\n\n## Preface\n\n## 1 Bees\n\n### 1.1 Queens\n\n## 2 Combs\n\n## Answers\n",
        "Wax\n- Preface\n1. Bees § Queens\n2. Combs\n- Answers",
    ),
    ("years as titles", "# Wax\n\n## 1914\n\n- a\n\n## 1939\n", "Wax\n1. 1914 · a\n2. 1939"),
    (
        "questions as titles",
        "# Wax\n\n## Who Builds?\n\n- a\n\n## What For?\n",
        "Wax\n1. Who Builds? · a\n2. What For?",
    ),
    (
        "German",
        "# Wachs\n\n## Vorwort\n\n## Kapitel 1: Bienen\n\n## Drittes Kapitel\n\n## Anhang A: Namen\n",
        "Wachs\n- Vorwort\n1. Bienen\n2. Drittes Kapitel\n- Anhang A: Namen",
    ),
    (
        "French",
        "# Cire\n\n## Avant-propos\n\n## Chapitre I — Abeilles\n\n## Chapitre II — Rayons\n",
        "Cire\n- Avant-propos\n1. Abeilles\n2. Rayons",
    ),
    (
        "Spanish",
        "Cera\n\nCapítulo primero: Abejas\n- a\n\nCapítulo segundo: Panales\n",
        "Cera\n1. Abejas · a\n2. Panales",
    ),
    (
        "Russian",
        "# Воск\n\n## Глава первая. Пчёлы\n\n## Глава вторая. Соты\n\n## Заключение\n",
        "Воск\n1. Пчёлы\n2. Соты\n- Заключение",
    ),
    (
        "Japanese",
        "『蝋』\n\nはじめに\n\n第1章　蜂\n・女王\n・羽\n\n第2章　巣\n",
        "蝋\n- はじめに\n1. 蜂 · 女王 · 羽\n2. 巣",
    ),
    (
        "Chinese",
        "《蜡》\n\n第一章 蜂\n1. 蜂王\n\n第二章 巢\n1. 巢房\n\n后记\n",
        "蜡\n1. 蜂 · 蜂王\n2. 巢 · 巢房\n- 后记",
    ),
    (
        "Arabic",
        "# الشمع\n\n## مقدمة\n\n## الفصل الأول: النحل\n\n## الفصل الثاني: الخلايا\n",
        "الشمع\n- مقدمة\n1. النحل\n2. الخلايا",
    ),
    (
        "a list with parts, chapters, sections and points",
        "# Wax\n\n- Part A: Hive\n  - Bees\n    - Queens\n      - one\n    - Drones\n      - many\n  - Combs\n    - cells\n- Part B: House\n  - Candles\n",
        "Wax\n# Part A: Hive\n1. Bees § Queens · one § Drones · many\n2. Combs · cells\n# Part B: House\n3. Candles",
    ),
    (
        "a numbered list whose long titles are wrapped",
        "Wax\n\n1. Bees, and how they\n   found us\n   - queens\n2. Combs\n",
        "Wax\n1. Bees, and how they found us · queens\n2. Combs",
    ),
    (
        "a list of sections with numbers",
        "Wax\n\n1 Introduction\n1.1 Aims\n2 Bees\n2.1 Queens\n2.1.1 Eggs\n3 Conclusion\nReferences\n",
        "Wax\n1. Introduction § Aims\n2. Bees § Queens · 2.1.1 Eggs\n3. Conclusion\n- References",
    ),
    (
        "headings over lists that go on",
        "# Wax\n\n## Hive\n\n1. Bees\n2. Combs\n\n## House\n\n3. Candles\n",
        "Wax\n# Hive\n1. Bees\n2. Combs\n# House\n3. Candles",
    ),
    (
        "a table with acts, points of view and states",
        "# Wax\n\n| Act | Ch. | Title | POV | Words | Status |\n|---|---|---|---|---|---|\n| I | 1 | Bees | Ida | 900 | done |\n| II | 2 | Combs | Tom | 800 | idea |\n",
        "Wax\n# Act I\n1. Bees\n# Act II\n2. Combs",
    ),
    (
        "a spreadsheet",
        "Chapter,Title,Summary\n1,Bees,\"Queens, drones\"\n2,Combs,Cells\n",
        "Untitled\n1. Bees\n2. Combs",
    ),
    (
        "bold lines with labels over titles",
        "**PART ONE**\n**HIVE**\n\n**Chapter 1**\n**Bees**\n\nText.\n\n**Chapter 2**\n**Combs**\n\n**A Last Word to Keepers**\n\nEnd.\n",
        "Untitled\n# PART ONE: HIVE\n1. Bees\n2. Combs\n# (none)\n- A Last Word to Keepers",
    ),
    (
        "a title page in bold lines",
        "**Wax**\n\n*A Life*\n\nBy Ida Fox\n\n**Introduction**\n\n**Chapter One – Bees**\n\n* a\n\n**Chapter Two – Combs**\n",
        "Wax\n- Introduction\n1. Bees · a\n2. Combs",
    ),
    (
        "capitals",
        "WAX\n\nPROLOGUE\nNight.\n\nCHAPTER ONE\nBEES\nThey fly.\n\nCHAPTER TWO\nCOMBS\n",
        "WAX\n- PROLOGUE\n1. BEES\n2. COMBS",
    ),
    (
        "short lines over paragraphs",
        "Wax\n\nA history.\n\nBees\n\nThey fly.\n\nCombs\n\nThey hold.\n",
        "Wax\n1. Bees\n2. Combs",
    ),
    (
        "short lines alone",
        "Wax\n\nThe Queen\nThe Drone\nThe Keeper\n",
        "Wax\n1. The Queen\n2. The Drone\n3. The Keeper",
    ),
    (
        "an outliner's lines",
        "Manuscript\n\tPart One\n\t\tBees\n\t\tCombs\n\tPart Two\n\t\tCandles\n",
        "Untitled\n# Part One\n1. Bees\n2. Combs\n# Part Two\n3. Candles",
    ),
    (
        "a contents list with page numbers",
        "Wax\n\nContents\n\nIntroduction ....... 1\nChapter 1. Bees .... 3\nChapter 2. Combs ... 9\nIndex ............. 40\n",
        "Wax\n- Introduction\n1. Bees\n2. Combs",
    ),
    (
        "a contents list before the outline",
        "# Wax\n\n## Contents\n\n1. [Bees](#bees)\n2. [Combs](#combs)\n\n## Bees\n\n- a\n\n## Combs\n",
        "Wax\n1. Bees · a\n2. Combs",
    ),
    (
        "mdBook's summary with drafts and three levels",
        "# Summary\n\n[Hello](a.md)\n\n- [Bees](b.md)\n    - [Queens]()\n        - [Eggs](c.md)\n    - [Drones](d.md)\n\n---\n\n# House\n\n- [Candles]()\n\n[Names](e.md)\n",
        "Untitled\n- Hello\n1. Bees § Queens · Eggs § Drones\n# House\n2. Candles\n# (none)\n- Names",
    ),
    (
        "Leanpub's manuscript",
        "{frontmatter}\n\n# Hello\n\n{mainmatter}\n\n{class: part}\n# Hive\n\n# Bees\n\n* a\n\n{backmatter}\n\n# Names\n",
        "Untitled\n- Hello\n# Hive\n1. Bees · a\n# (none)\n- Names",
    ),
    (
        "front matter in YAML",
        "---\ntitle: \"Wax\"\nauthor:\n  - name: Ida Fox\ntoc: true\n---\n\n# Preface {-}\n\n# Bees {#bees}\n\n## Queens\n\n# Combs\n",
        "Wax\n- Preface\n1. Bees § Queens\n2. Combs",
    ),
    (
        "front matter in TOML",
        "+++\ntitle = \"Wax\"\ndraft = true\n+++\n\n## Bees\n\n## Combs\n",
        "Wax\n1. Bees\n2. Combs",
    ),
    (
        "front matter in JSON",
        "{\n  \"title\": \"Wax\",\n  \"draft\": true\n}\n\n## Bees\n\n## Combs\n",
        "Wax\n1. Bees\n2. Combs",
    ),
    (
        "notes of Obsidian",
        "---\ntags: [book]\n---\n# Wax\n\n> [!note] Later\n> Ask.\n\n## [[01 Bees|Bees]] #draft\n\n- [ ] ask [[Ida]]\n\n## Combs ^two\n",
        "Wax\n1. Bees · ask Ida\n2. Combs",
    ),
    (
        "comments as link definitions, and footnotes",
        "[//]: # (draft)\n\n# Wax\n\n## Bees[^1]\n\n- queens[^2]\n\n## Combs\n\n[comment]: <> (later)\n\n[^1]: By Ida.\n[^2]: One a hive.\n",
        "Wax\n1. Bees · queens (One a hive)\n2. Combs",
    ),
    (
        "a repository's file",
        "# README\n\nMy book.\n\n## Wax\n\n### Chapter 1: Bees\n\n- a\n\n### Chapter 2: Combs\n\n## License\n\nFree.\n",
        "Wax\n1. Bees · a\n2. Combs",
    ),
    (
        "an answer of a chat model",
        "Absolutely! Here's an outline for your book about **beeswax** \u{1f41d}\n\n---\n\n# \u{1f41d} **Wax: From Hive to House**\n\n## \u{1f4d6} **Introduction**\n- why\n\n## \u{1f36f} **Chapter 1: Bees**\n- **Summary:** They fly.\n- **Key points:**\n  - queens\n\n## **Chapter 2: Combs**\n- cells\n\n---\n\n\u{2728} **Would you like me to expand a chapter?**\n",
        "Wax: From Hive to House\n- Introduction · why\n1. Bees · queens\n2. Combs · cells",
    ),
    (
        "spaces that do not break, and bullets of word processors",
        "#\u{a0}Wax\n\n##\u{a0}Chapter\u{a0}1: Bees\n\n•\tqueens\n•drones\n\n##\u{a0}Chapter\u{a0}2: Combs\n\n-\u{a0}cells\n",
        "Wax\n1. Bees · queens · drones\n2. Combs · cells",
    ),
];

#[test]
fn every_kind_of_outline_is_read_as_its_writer_means_it() {
    for (kind, text, expected) in KINDS {
        assert_eq!(shape_of(text), expected, "{kind}:\n{text}");
    }
}

#[test]
fn titles_alone_are_chapters_parts_and_sections_in_yaml_and_json() {
    let yaml = "title: Wax\nparts:\n  - title: Hive\n    chapters:\n      - Bees\n      - title: Combs\n        sections: [Cells]\n  - title: House\n    chapters: [Candles]\n";
    let json = r#"{"title":"Wax","chapters":[{"title":"Bees","part":"Hive"},{"title":"Combs","part":"Hive","sections":["Cells"]},{"title":"Candles","part":"House"}]}"#;
    for (text, kind) in [(yaml, Kind::Yaml), (json, Kind::Json)] {
        let reading = super::super::super::read(text.as_bytes(), kind, None).unwrap();
        assert_eq!(shape(&reading), "Wax\n# Hive\n1. Bees\n2. Combs § Cells\n# House\n3. Candles");
    }
}
