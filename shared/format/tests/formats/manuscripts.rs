//! Books to render: an ordinary one, books in other scripts, a hostile one and the smallest one.

use bindery_format::{
    Chapter, Contributor, ContributorRole, Disclosure, EditionIsbn, Manuscript, Picture, Publication, Role, Series,
};

/// Returns every book, by name.
pub(crate) fn all() -> Vec<(&'static str, Manuscript)> {
    vec![
        ("ordinary", ordinary()),
        ("published", published()),
        ("arabic", arabic()),
        ("japanese", japanese()),
        ("everything", everything()),
        ("hostile", hostile()),
        ("smallest", smallest()),
    ]
}

/// Returns a book with everything a careful model writes.
pub(crate) fn ordinary() -> Manuscript {
    Manuscript {
        title: "The Keeper of Tides".to_owned(),
        subtitle: Some("How small harbours learned to measure the sea".to_owned()),
        authors: vec!["Ines Calder".to_owned(), "T. Okafor".to_owned()],
        publisher: Some("Longshore Press".to_owned()),
        rights: Some("© 2026 Ines Calder & T. Okafor".to_owned()),
        description: "A book about *tide tables*, for readers who own no boat.".to_owned(),
        notice: Some("This copy was made in a rehearsal. Its text stands for the text of a book.".to_owned()),
        chapters: chapters(&[
            ("The Staff in the Wall", STAFF),
            ("Counting the Moon", MOON),
            ("Chapter 3: Machines that Add Cosines", MACHINES),
        ]),
        ..smallest()
    }
}

/// Returns a book of which everything is said that sells a book.
pub(crate) fn published() -> Manuscript {
    Manuscript { publication: publication(), ..ordinary() }
}

fn publication() -> Publication {
    let isbn = |edition: &str, isbn: &str| EditionIsbn { edition: Some(edition.to_owned()), isbn: isbn.to_owned() };
    let contributor = |name: &str, role| Contributor { name: name.to_owned(), role };
    Publication {
        contributors: ContributorRole::ALL.map(|role| contributor(&format!("R. {} & Co.", role.name()), role)).into(),
        isbns: vec![isbn("epub", "978-3-16-148410-0"), isbn("paperback", "0-306-40615-2")],
        series: Some(Series { name: "Tides <of the North>".to_owned(), number: Some("2".to_owned()) }),
        edition: Some("2nd edition".to_owned()),
        keywords: vec!["tides".to_owned(), "harbours & ports".to_owned()],
        bisac: vec!["SCI052000".to_owned(), "HIS057000".to_owned()],
        thema: vec!["RBKC".to_owned(), "1DDU-GB-E".to_owned()],
        blurb: Some("The sea keeps *time*.\n\nThis book reads it.".to_owned()),
        date: Some("2026-03-31".to_owned()),
        certified_by: Some("Ada & Co.".to_owned()),
        disclosure: Some(Disclosure { model: "openai:gpt-5".to_owned(), words: None }),
        ..Publication::default()
    }
}

/// Returns a book written from right to left, with passages that are not.
pub(crate) fn arabic() -> Manuscript {
    Manuscript {
        title: "حارس المدّ والجزر".to_owned(),
        subtitle: Some("كيف تعلّمت الموانئ الصغيرة قياس البحر".to_owned()),
        authors: vec!["إيناس كالدر".to_owned(), "Tomas Okafor".to_owned()],
        language: "ar".to_owned(),
        description: "كتاب عن جداول المدّ والجزر.".to_owned(),
        notice: Some("هذه نسخة تجريبية.".to_owned()),
        chapters: chapters(&[
            (
                "العمود في الجدار",
                "كان في كلّ ميناء صغير عمود مدرّج يقيس ارتفاع الماء[^1]. اقرأ [المرجع](https://example.org/مدّ?س=1).\n\n\
                 ## القياس الأول\n\n> البحر لا ينتظر أحدًا.\n\nThis paragraph is English, and its full stop stands at its end.\n\n\
                 | الشهر | الارتفاع |\n|:--|--:|\n| يناير | 3.2 |\n| فبراير | 3.4 |\n\n```rust\nlet height = 3.2; // متر\n```\n\n\
                 - أولًا: `read()` تقرأ العمود\n- ثانيًا: دوّن الوقت\n\n[^1]: يسمّى أيضًا مقياس المدّ.\n",
            ),
            ("عدّ القمر", "القمر يعود كلّ يوم متأخّرًا خمسين دقيقة[^1].\n\n[^1]: تقريبًا.\n"),
        ]),
        ..smallest()
    }
}

/// Returns a book in a script without spaces.
pub(crate) fn japanese() -> Manuscript {
    Manuscript {
        title: "潮の番人".to_owned(),
        subtitle: Some("小さな港はいかにして海を測るようになったか".to_owned()),
        authors: vec!["海野 いね".to_owned()],
        language: "ja".to_owned(),
        description: "潮汐表についての本。".to_owned(),
        chapters: chapters(&[
            (
                "第1章　壁の中の標柱",
                "港の岸壁には、**目盛りのついた柱**が埋め込まれていた[^注]。朝と夕に、番人はその高さを帳面に書きつけた。\n\n\
                 ## 最初の記録\n\n「海は待ってくれない」と、老人は言った。詳しくは[次の章](#月を数える)を見よ。\n\n\
                 | 月 | 潮位 |\n|---|--:|\n| 一月 | 3.2 |\n| 二月 | 3.4 |\n\n> 潮は満ち、\n> 潮は引く。\n\n[^注]: 検潮柱ともいう。\n",
            ),
            ("月を数える", "月は毎日およそ五十分遅れて昇る。\n\n## 最初の記録\n\n1. 月を見る。\n2. 時刻を書く。\n"),
        ]),
        ..smallest()
    }
}

/// Returns a book with every kind of text, of chapter and of part.
pub(crate) fn everything() -> Manuscript {
    const ROLES: [Role; 19] = [
        Role::Dedication,
        Role::Epigraph,
        Role::Foreword,
        Role::Preface,
        Role::Introduction,
        Role::Prologue,
        Role::FrontMatter,
        Role::Interlude,
        Role::Exercises,
        Role::Quiz,
        Role::Epilogue,
        Role::Conclusion,
        Role::Afterword,
        Role::Acknowledgements,
        Role::AboutTheAuthor,
        Role::Appendix,
        Role::Glossary,
        Role::Bibliography,
        Role::BackMatter,
    ];
    let mut chapters = chapters(&[("Interest", EVERYTHING), ("Terms", "Words & their meanings.\n\n## More\n\nText.")]);
    chapters[0].part = Some("Part One: <Money>".to_owned());
    chapters[1].part = Some("Part Two".to_owned());
    for (number, role) in (3..).zip(ROLES) {
        let title = format!("{} of the book", role.name());
        let body = "A short text.\n\n## A heading\n\nAnd more of it.".to_owned();
        chapters.push(Chapter {
            number,
            shown_number: None,
            role,
            part: None,
            goals: Vec::new(),
            provenance: None,
            title,
            body,
        });
    }
    Manuscript { title: "Everything".to_owned(), chapters, pictures: vec![harbour()], ..smallest() }
}

/// Returns a picture of one pixel.
pub(crate) fn harbour() -> Picture {
    let bytes = include_bytes!("harbour.png").to_vec();
    Picture::read("images/harbour.png", bytes).expect("the picture is whole")
}

/// Returns a book whose chapters try to leave their place.
pub(crate) fn hostile() -> Manuscript {
    let deep_quotes = format!("{}the bottom\n", "> ".repeat(1_000));
    let deep_lists = format!("{}the bottom\n", "- ".repeat(1_000));
    let deep_emphasis = format!("{}the bottom{}\n", "*a **b ".repeat(1_000), " b** a*".repeat(1_000));
    let deep_brackets = format!("{}x{}\n", "![[".repeat(1_000), "](http://a.example)](b)".repeat(1_000));
    let controls: String =
        (0..32).map(char::from).chain("\u{7f}\u{85}\u{fffe}\u{ffff}\u{202e}\u{feff}".chars()).collect();
    Manuscript {
        title: "\"Tags\" & <Entities> -- 'it's' ]]> #1: *a* \u{0}\u{8}\\ &amp;".to_owned(),
        subtitle: Some("--- # \"yaml\": {no}\n---".to_owned()),
        authors: vec!["Łukasz \"<b>\" Żółć".to_owned(), "山田 太郎".to_owned(), "محمد".to_owned(), " ".to_owned()],
        language: "en_GB".to_owned(),
        publisher: Some("A & B <c>".to_owned()),
        rights: Some("\"©\" & ]]>".to_owned()),
        description: "<script>alert(1)</script> *About* [x](javascript:y) & ]]>\n\n- one\n- two".to_owned(),
        notice: Some("<b>Not</b> & a *book* ]]>\n\n# really".to_owned()),
        chapters: chapters(&[
            ("<script>alert('title')</script>", TAGS),
            ("", ""),
            ("Same", LINKS),
            ("Same", NOTES),
            ("# Headings & \"levels\" #", HEADINGS),
            ("1. A list?", BLOCKS),
            ("Depth", &[deep_quotes, deep_lists, deep_emphasis, deep_brackets].join("\n\n")),
            ("Control\u{1b}[31m characters\r\nand lines", &format!("before {controls} after\u{0}\r\nnext\rline")),
            ("An open fence", "```rust {.x \"onload=\"}\nlet never = closed;\n# no heading\n"),
            ("Behind the fence", "> ```\n> open in a quote"),
            ("The last 😀", "👩‍👩‍👧‍👦 e\u{301} <br> ﷽ \u{1F1E9}\u{1F1EA} `x\u{0}y`"),
        ]),
        ..smallest()
    }
}

/// Returns a book with only what every book has.
pub(crate) fn smallest() -> Manuscript {
    Manuscript {
        title: "Untitled".to_owned(),
        subtitle: None,
        authors: Vec::new(),
        language: "en".to_owned(),
        description: String::new(),
        publisher: None,
        rights: None,
        date: "2026-11-23".to_owned(),
        modified: None,
        identifier: "urn:uuid:6f2c1a54-9d0e-5a8b-8f1d-0c3b7e9a4d21".to_owned(),
        notice: None,
        publication: Publication::default(),
        chapters: Vec::new(),
        pictures: Vec::new(),
        mark: None,
    }
}

/// Returns chapters numbered from 1.
pub(crate) fn chapters(texts: &[(&str, &str)]) -> Vec<Chapter> {
    (1..)
        .zip(texts)
        .map(|(number, (title, body))| Chapter {
            number,
            shown_number: Some(number),
            role: Role::Chapter,
            part: None,
            goals: Vec::new(),
            provenance: None,
            title: (*title).to_owned(),
            body: (*body).to_owned(),
        })
        .collect()
}

const STAFF: &str = include_str!("staff.md");
const MOON: &str = include_str!("moon.md");
const MACHINES: &str = include_str!("machines.md");
const TAGS: &str = include_str!("tags.md");
const LINKS: &str = include_str!("links.md");
const NOTES: &str = include_str!("notes.md");
const HEADINGS: &str = include_str!("headings.md");
const BLOCKS: &str = include_str!("blocks.md");
const EVERYTHING: &str = include_str!("everything.md");
