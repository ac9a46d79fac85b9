//! Holds the audit against a folder of printed prose: how often it raises a false alarm, and how many planted faults it finds.
//!
//! ```text
//! cargo run --release -p bindery-check --example audit -- FOLDER [LANGUAGE]
//! ```
//!
//! The `.md` and `.txt` files of FOLDER, in the order of their names, are the sections of one book. Four of them are a chapter.
//! First the book is audited as it is. Then every tenth section gets a fault of one kind, for one kind after another.

#![expect(clippy::print_stdout, reason = "the program prints its report")]

use std::{collections::BTreeSet, env, fs, io, path::Path, process::ExitCode};

use bindery_check::{
    audit::{Expected, Finding, FindingKind, SecretTerm, audit},
    manuscript::{ChapterSource, SectionSource},
};

/// How many files make a chapter.
const SECTIONS: usize = 4;

/// Every how many sections a fault is planted.
const EVERY: usize = 10;

/// The share of sections in which the audit may find something that is not wrong, in percent.
const FALSE_ALARMS: f64 = 2.0;

/// The share of planted faults that the audit must find, in percent.
const FOUND: f64 = 95.0;

const BANNED: &str = "a rich tapestry of possibilities";
const CANON: &str = "The lighthouse at Wrangholm was finished in 1871 by masons from Ghent.";
const TERM: &str = "millrace";
const SECRET: &str = "Wrangholm ledger";

/// A way to damage a section.
type Plant = fn(&str, &str) -> String;

/// The kinds of faults, each with the way to plant it. The second text is that of an earlier section.
const FAULTS: &[(FindingKind, Plant)] = &[
    (FindingKind::Repeat, |text, earlier| format!("{text}\n\n{}\n", longest_paragraph(earlier))),
    (FindingKind::Banned, |text, _| format!("{text}\n\nIt was {BANNED}, and everybody knew it.\n")),
    (FindingKind::Contradiction, |text, _| {
        format!("{text}\n\nThe lighthouse at Wrangholm was finished in 1878 by masons from Ghent.\n")
    }),
    (FindingKind::Early, |text, _| format!("{text}\n\nThey had found the Wrangholm ledger by then.\n")),
    (FindingKind::Citation, |text, _| format!("{text}\n\nA survey has shown as much (Hartmann & Vries, 2014).\n")),
    (FindingKind::Citation, |text, _| format!("{text}\n\nMore stands at https://www.example.org/studies/17.\n")),
    (FindingKind::Citation, |text, _| format!("{text}\n\nBrandt and Kerr (2016) found as much among clerks.\n")),
    (FindingKind::Citation, |text, _| format!("{text}\n\nThe effect lasts for nine days [3].\n")),
    (FindingKind::Citation, |text, _| format!("{text}\n\n### References\n\n- Brandt, O. (2016). *Night and Bread*.\n")),
    (FindingKind::Citation, |text, _| format!("{text}\n\nAccording to Dr. Jane Roe, “sleep is bread.”\n")),
    (FindingKind::Reference, |text, _| format!("{text}\n\nSection 977.2 tells how the boats were mended.\n")),
    (FindingKind::Reference, |text, _| format!("{text}\n\nChapter 977 tells how the boats were mended.\n")),
    (FindingKind::Name, |text, _| format!("{text}\n\nNobody had been to Wrangholn since the autumn.\n")),
    (FindingKind::Spelling, |text, _| format!("{text}\n\nThey walked along the mill-race until it was dark.\n")),
    (FindingKind::Opening, |text, earlier| format!("{}\n\n{text}", first_sentence(earlier))),
    (FindingKind::Ending, |text, earlier| format!("{text}\n\n{}\n", last_sentence(earlier))),
    (FindingKind::Seam, |text, _| format!("{text}\n\nIn conclusion, all of this was to be expected.\n")),
    (FindingKind::Leak, |text, _| format!("{text}\n\nAs an AI language model, I cannot describe this scene.\n")),
    (FindingKind::Language, |_, _| GERMAN.to_owned()),
];

const GERMAN: &str = "Der Müller ging am frühen Morgen zum Fluss hinunter, um nach dem Wehr zu sehen. Das Wasser stand hoch, \
und es trug Äste und Laub mit sich, die sich vor dem Rechen gesammelt hatten. Er zog sie mit einer langen Stange heraus und \
warf sie ans Ufer. Dann öffnete er die Schütze ein wenig und wartete, bis das Rad sich langsam zu drehen begann. Es knarrte, \
wie es immer knarrte, wenn es über Nacht gestanden hatte, und erst nach einer Weile lief es ruhig und gleichmäßig.\n";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(folder) = arguments.next() else {
        println!("Name a folder of printed prose: audit FOLDER [LANGUAGE]");
        return ExitCode::from(2);
    };
    let language = arguments.next().unwrap_or_else(|| "en".to_owned());
    match sections(Path::new(&folder)) {
        Ok(sections) if sections.len() >= EVERY => report(&sections, &language),
        Ok(_) => {
            println!("{folder} has fewer than {EVERY} sections");
            ExitCode::from(2)
        }
        Err(error) => {
            println!("{folder} cannot be read: {error}");
            ExitCode::from(2)
        }
    }
}

fn sections(folder: &Path) -> io::Result<Vec<String>> {
    let mut paths: Vec<_> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md" || extension == "txt"));
    paths.sort();
    paths.iter().map(fs::read_to_string).collect()
}

fn report(sections: &[String], language: &str) -> ExitCode {
    let clean = findings(sections, language);
    let places = sections_of(&clean);
    for finding in &clean {
        println!("  {:?} in {}: {}", finding.kind, finding.place, finding.advice);
    }
    let alarms = places.len() as f64 * 100.0 / sections.len() as f64;
    println!(
        "{} sections, something found in {}: {alarms:.2} % (at most {FALSE_ALARMS})",
        sections.len(),
        places.len()
    );
    let mut good = alarms <= FALSE_ALARMS;
    for (kind, plant) in FAULTS {
        let mut planted = sections.to_vec();
        let damaged: Vec<usize> = (EVERY - 1..sections.len()).step_by(EVERY).map(|at| spot(*kind, at)).collect();
        for (nth, at) in damaged.iter().enumerate() {
            planted[*at] = plant(&sections[*at], &sections[nth * EVERY]);
        }
        let found = findings(&planted, language);
        let of_kind: Vec<Finding> = found.into_iter().filter(|finding| tells(finding.kind, *kind)).collect();
        let places = sections_of(&of_kind);
        let hit = damaged.iter().filter(|at| places.contains(at)).count();
        let share = hit as f64 * 100.0 / damaged.len() as f64;
        println!("{kind:?}: {hit} of {} found", damaged.len());
        good &= share >= FOUND;
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Returns whether a finding tells of a planted fault. A sentence that opens or ends two sections also stands twice.
fn tells(found: FindingKind, planted: FindingKind) -> bool {
    let edge = matches!(planted, FindingKind::Opening | FindingKind::Ending);
    found == planted || (edge && found == FindingKind::Repeat)
}

/// Returns the section that is damaged. A seam is only where another section of the chapter follows.
fn spot(kind: FindingKind, at: usize) -> usize {
    if kind == FindingKind::Seam && at % SECTIONS == SECTIONS - 1 { at - 1 } else { at }
}

fn findings(sections: &[String], language: &str) -> Vec<Finding> {
    let chapters: Vec<ChapterSource<'_>> = sections
        .chunks(SECTIONS)
        .zip(1..)
        .map(|(texts, number)| ChapterSource {
            number,
            title: "",
            sections: texts.iter().map(|text| SectionSource { heading: "", text }).collect(),
        })
        .collect();
    let secrets = [SecretTerm { term: SECRET.to_owned(), chapter: u32::MAX }];
    let [banned, canon, terms] = [BANNED, CANON, TERM].map(|text| vec![text.to_owned()]);
    audit(
        language,
        &chapters,
        &Expected { banned: &banned, terms: &terms, canon: &canon, secrets: &secrets, ..Expected::default() },
    )
}

fn sections_of(findings: &[Finding]) -> BTreeSet<usize> {
    let section =
        |finding: &Finding| (finding.place.chapter as usize - 1) * SECTIONS + finding.place.section as usize - 1;
    findings.iter().map(section).collect()
}

fn longest_paragraph(text: &str) -> &str {
    text.split("\n\n").max_by_key(|paragraph| paragraph.len()).unwrap_or(text)
}

fn first_sentence(text: &str) -> &str {
    let text = text.trim();
    text.split_inclusive(". ").find(|sentence| sentence.split(' ').count() > 5).unwrap_or(text).trim()
}

fn last_sentence(text: &str) -> &str {
    let text = text.trim();
    text.rsplit(". ").find(|sentence| sentence.split(' ').count() > 5).unwrap_or(text)
}
