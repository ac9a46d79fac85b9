//! Holds the checks against a folder of printed prose, and says which share of its sections they refuse, where and why.
//!
//! ```text
//! cargo run --release -p bindery-check --example prose -- FOLDER [LANGUAGE]
//! ```
//!
//! Every `.md` and `.txt` file below FOLDER is read and split into sections of the length that the program asks for. A file
//! whose name begins with `bad` holds a fault: it must be refused, or the fault must be cut away. All other files must pass
//! as they are. The language of a file is the tag at an end of its name (`faust.de.md`, `de-faust.md`), else the name of its
//! folder, else LANGUAGE, else English.

#![expect(clippy::print_stdout, reason = "the program prints its report")]

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bindery_check::{Asked, SectionText, gate, targets, tidy};
use bindery_domain::Unit;
use bindery_text::{
    length::{length, unit},
    markdown::{self, Kind},
};

/// The share of printed sections that the checks may refuse, in percent.
const REFUSED: f64 = 0.3;

/// The share of faulty texts that the checks must find, in percent.
const FOUND: f64 = 95.0;

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let Some(folder) = arguments.next() else {
        println!("Name a folder of printed prose: prose FOLDER [LANGUAGE]");
        return ExitCode::from(2);
    };
    let language = arguments.next().unwrap_or_else(|| "en".to_owned());
    match measure(Path::new(&folder), &language) {
        Ok(tally) => tally.report(),
        Err(error) => {
            println!("{folder} cannot be read: {error}");
            ExitCode::from(2)
        }
    }
}

/// What the checks said about all texts.
#[derive(Default)]
struct Tally {
    sections: usize,
    refused: usize,
    changed: usize,
    advised: usize,
    faulty: usize,
    missed: usize,
}

impl Tally {
    fn report(&self) -> ExitCode {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / whole.max(1) as f64;
        let refused = share(self.refused + self.changed, self.sections);
        let found = 100.0 - share(self.missed, self.faulty);
        println!(
            "{} sections of prose: {} refused, {} changed ({refused:.2} %), {} to be written again",
            self.sections, self.refused, self.changed, self.advised
        );
        println!("{} faulty texts: {} found ({found:.1} %)", self.faulty, self.faulty - self.missed);
        ExitCode::from(u8::from(refused > REFUSED || found < FOUND))
    }

    fn judge(&mut self, section: &Section<'_>, language: &str, faulty: bool) {
        let Section { place, text } = section;
        let asked = Asked { language, heading: "", points: &[], length: length(text, language) };
        let tidied = tidy(text, asked.heading, "");
        let changed = first_difference(text.trim(), tidied.trim());
        let read = SectionText::read(&tidied, language);
        let verdict = gate(&read, &asked);
        if faulty {
            self.faulty += 1;
            match (&verdict, changed) {
                (Err(failure), _) => println!("found   {place}: {failure}"),
                (Ok(()), Some(cut)) => println!("cut     {place}: {cut}"),
                (Ok(()), None) => {
                    self.missed += 1;
                    println!("MISSED  {place}");
                }
            }
            return;
        }
        self.sections += 1;
        match (&verdict, changed) {
            (Err(failure), _) => {
                self.refused += 1;
                println!("REFUSED {place}: {}: {failure}", failure.label());
            }
            (Ok(()), Some(cut)) => {
                self.changed += 1;
                println!("CHANGED {place}: {cut}");
            }
            (Ok(()), None) => {}
        }
        let advice = targets(&read, &asked).advice();
        if let Some(first) = advice.first() {
            self.advised += 1;
            println!("advice  {place}: {first}");
        }
    }
}

/// Returns where two texts begin to differ; `None` where they are the same but for headings and rules.
fn first_difference(before: &str, after: &str) -> Option<String> {
    let lines = |text: &str| -> Vec<String> {
        let marks = |line: &&str| !line.is_empty() && !line.trim_matches(['*', '-', '_', ' ']).is_empty();
        text.lines().map(|line| line.trim_matches(['#', ' ', '\t'])).filter(marks).map(str::to_owned).collect()
    };
    let (before, after) = (lines(before), lines(after));
    let same = before.iter().zip(&after).take_while(|(before, after)| before == after).count();
    let line = |lines: &[String]| lines.get(same).map_or("the end".to_owned(), |line| line.chars().take(80).collect());
    (before.len() != same || after.len() != same).then(|| format!("“{}” became “{}”", line(&before), line(&after)))
}

fn measure(folder: &Path, language: &str) -> io::Result<Tally> {
    let mut tally = Tally::default();
    for path in files(folder)? {
        let text = fs::read_to_string(&path)?;
        let text = if path.extension().is_some_and(|extension| extension == "txt") { printed(&text) } else { text };
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        let language = language_of(&path).unwrap_or_else(|| language.to_owned());
        let place = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        let faulty = name.starts_with("bad");
        let sections =
            if faulty { vec![Section { place, text: text.as_str() }] } else { sections(&text, &place, &language) };
        sections.iter().for_each(|section| tally.judge(section, &language, faulty));
    }
    Ok(tally)
}

/// Returns the texts below a folder, in the order of their names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "md" || extension == "txt") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Returns the language that a file's name or its folder's name tells.
fn language_of(path: &Path) -> Option<String> {
    let is_tag = |part: &&str| (2..=3).contains(&part.len()) && part.chars().all(|char| char.is_ascii_lowercase());
    let name = path.file_stem()?.to_str()?;
    let last = name.rsplit_once('.').map(|(_, last)| last);
    let first = name.split(['-', '_']).next().filter(|first| *first != "bad" && first.len() == 2 && *first != "ok");
    let folder = path.parent().and_then(Path::file_name).and_then(|folder| folder.to_str());
    [last, first, folder].into_iter().flatten().find(is_tag).map(str::to_owned)
}

/// Returns the text of a plain file without a library's notes around it and without the indentation that Markdown would
/// read as code.
fn printed(text: &str) -> String {
    let body =
        text.split_once("*** START OF").and_then(|(_, rest)| rest.split_once('\n')).map_or(text, |(_, rest)| rest);
    let body = body.split("*** END OF").next().unwrap_or_default();
    body.lines().map(|line| format!("{}\n", line.trim())).collect()
}

/// A section and where it stands.
struct Section<'a> {
    place: String,
    text: &'a str,
}

/// Splits a text at its headings, and between them after the paragraph that makes a section long enough.
fn sections<'a>(text: &'a str, place: &str, language: &str) -> Vec<Section<'a>> {
    let (least, most) = match unit(language) {
        Unit::Words => (700, 1_600),
        Unit::Characters => (1_400, 3_200),
    };
    let blocks: Vec<_> = markdown::blocks(text).into_iter().filter(|block| block.top).collect();
    let headed = |kind| matches!(kind, Kind::Heading(1 | 2));
    let mut sections: Vec<&str> = Vec::new();
    let mut from = 0;
    let mut chapter = 0;
    for (index, block) in blocks.iter().enumerate() {
        if headed(block.kind) {
            sections.push(&text[from..block.source.start]);
            from = block.source.end;
            chapter = from;
        } else if blocks.get(index + 1).is_some_and(|next| {
            let rest = text[next.source.start..].len();
            let got = length(&text[from..next.source.start], language);
            got >= least && (rest > 1_500 || got > most) && from >= chapter
        }) {
            let end = blocks[index + 1].source.start;
            sections.push(&text[from..end]);
            from = end;
        }
    }
    sections.push(&text[from..]);
    let line = |part: &str| text[..part.as_ptr() as usize - text.as_ptr() as usize].lines().count() + 1;
    let sections = sections.into_iter().filter(|part| length(part, language) >= 20);
    sections.map(|part| Section { place: format!("{place}:{}", line(part)), text: part }).collect()
}
