//! Do the programs in the guide work unchanged, is the AsyncAPI document valid, and does each link lead to something?

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{Bench, Caller, Fleet, Running};

/// Returns the program in this language of a guide.
pub(crate) fn program_of(guide: &str, language: &str) -> String {
    let guide = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(guide)).unwrap();
    let (_, rest) = guide.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// Runs a program of the guide on a fleet, and checks that it follows a book to the end.
fn follows_a_book_to_its_end(interpreter: &str, language: &str, chapters: usize) {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["all"]);
    let path = fleet.path(&format!("guide.{language}"));
    fs::write(&path, program_of("submit.md", language)).unwrap();
    let run = || {
        let mut command = Command::new(interpreter);
        command.arg(&path).env("AMQP_URL", &fleet.vhost);
        Running::start(command).end().exits(0)
    };
    let ended = run();
    assert!(ended.stdout.starts_with("accepted "), "it said {}", ended.stdout);
    assert_eq!(ended.stdout.matches("bindery.book.chapter_done.v1").count(), chapters, "it said {}", ended.stdout);
    assert!(ended.stdout.trim_end().ends_with("bindery.book.completed.v1"), "it said {}", ended.stdout);
    let again = run().stdout;
    assert_eq!(again.lines().next(), ended.stdout.lines().next(), "it is the same book");
    assert!(again.contains("\ndone file:"), "its files are named although no event comes: {again}");
}

#[test]
fn the_python_program_of_the_guide_submits_a_book_and_follows_it_to_its_end() {
    let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with pika: run tests/run");
    follows_a_book_to_its_end(python.to_str().unwrap(), "python", 2);
}

#[test]
fn the_node_program_of_the_guide_submits_a_book_and_follows_it_to_its_end() {
    assert!(std::env::var_os("NODE_PATH").is_some(), "NODE_PATH is a folder with amqplib: run tests/run");
    follows_a_book_to_its_end("node", "js", 2);
}

#[test]
fn the_program_of_the_guide_to_commands_approves_a_book_and_sees_it_finished() {
    let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with pika: run tests/run");
    let fleet = Fleet::new().serving(&["all"]);
    let path = fleet.path("commands.py");
    fs::write(&path, program_of("commands.md", "python")).unwrap();
    let mut command = Command::new(python);
    command.arg(&path).env("AMQP_URL", &fleet.vhost);
    let told = Running::start(command).end().exits(0).stdout;
    assert!(told.contains("Its plan waits for a review; the command `approve`"), "it said {told}");
    assert!(told.contains("\napproved: True\ndone md epub html"), "it said {told}");
}

/// Runs a program of the guide to the API in a folder of a bench, against an API with a key.
fn runs_against(api: &str, key: &str, interpreter: &str, language: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("guide.{language}"));
    fs::write(&path, program_of("api.md", language)).unwrap();
    let mut command = Command::new(interpreter);
    command.arg(&path).current_dir(folder.path()).env("BINDERY_API", api).env("BINDERY_KEY", key);
    Running::start(command).end().exits(0).stdout
}

/// Makes JavaScript from the program in TypeScript of a guide, and returns its text.
pub(crate) fn javascript_of(guide: &str) -> Vec<u8> {
    assert!(std::env::var_os("NODE_PATH").is_some(), "NODE_PATH is a folder with typescript: run tests/run");
    let folder = tempfile::tempdir().unwrap();
    let typed = folder.path().join("guide.ts");
    fs::write(&typed, program_of(guide, "typescript")).unwrap();
    let plain = Command::new("node").arg("-e").arg(TO_JAVASCRIPT).arg(typed).output().unwrap();
    assert!(plain.status.success(), "{}", String::from_utf8_lossy(&plain.stderr));
    plain.stdout
}

/// Makes JavaScript from TypeScript.
const TO_JAVASCRIPT: &str = "const ts = require('typescript');
const text = require('fs').readFileSync(process.argv[1], 'utf8');
const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
process.stdout.write(ts.transpileModule(text, { compilerOptions: options, reportDiagnostics: true }).outputText);";

/// Runs the program in TypeScript of the guide to the API.
fn runs_typescript_against(api: &str, key: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("guide.mjs");
    fs::write(&path, javascript_of("api.md")).unwrap();
    let mut command = Command::new("node");
    command.arg(&path).env("BINDERY_API", api).env("BINDERY_KEY", key);
    Running::start(command).end().exits(0).stdout
}

#[test]
fn the_programs_of_the_guide_to_the_api_work_on_a_studio_and_on_a_fleet() {
    let bench = Bench::new().set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    let mut studio = bench.start(&["studio"]);
    let on_studio = Caller::at(&studio.says("The studio is at"));
    let mut fleet = Fleet::new();
    fleet.set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    fleet.keep_serving(&["all"]);
    let mut api = fleet.start(&["serve", "api"]);
    let on_fleet = Caller::at(&api.says("The API is at"));
    api.says("Serving");
    fleet.keep(api);
    let made = fleet.run(&["keys", "add", "--tenant", "press"]).exits(0);
    for (caller, key) in [(on_studio, "none"), (on_fleet, made.stdout.trim())] {
        let told = runs_against(&caller.url(), key, "sh", "sh");
        assert_eq!(told.matches("chapter_done").count(), 2, "{told}");
        assert!(told.contains("Five Knots"), "{told}");
        let told = runs_against(&caller.url(), key, "python3", "python");
        assert!(told.starts_with("calls: ") && told.contains("\ndone"), "{told}");
        assert!(told.contains("\nmd True\nepub True\n") && !told.contains("False"), "{told}");
        let told = runs_typescript_against(&caller.url(), key);
        assert_eq!(told.matches("chapter_done").count(), 2, "{told}");
        assert!(told.contains("\ndone\nmd true\nepub true\n"), "{told}");
    }
    studio.interrupt();
    studio.end().exits(0);
}

#[test]
fn the_parser_of_asyncapi_accepts_the_document() {
    assert!(std::env::var_os("NODE_PATH").is_some(), "NODE_PATH is a folder with @asyncapi/parser: run tests/run");
    let mut command = Command::new("node");
    command.args(["tests/support/asyncapi.js", "docs/asyncapi.yaml"]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let ended = Running::start(command).end();
    assert_eq!(ended.code, Some(0), "it said {}{}", ended.stdout, ended.stderr);
}

/// Returns the pages in a folder.
fn pages(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|end| end == "md"))
}

/// Returns the anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -".contains(*c)).collect::<String>().replace(' ', "-")
}

#[test]
fn every_link_of_the_pages_leads_to_something() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.to_owned(), root.join("docs"), root.join("docs/runbook"), root.join("docs/reports")];
    let mut followed = 0;
    for page in folders.iter().flat_map(|folder| pages(folder)) {
        let text = fs::read_to_string(&page).unwrap();
        let anchors: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
        // What stands in backticks is an example.
        let text: String = text.split('`').step_by(2).collect();
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
        for target in targets.filter(|target| !target.is_empty() && !target.contains("://")) {
            assert!(page.parent().unwrap().join(target).exists(), "{}: {target} is not there", page.display());
            followed += 1;
        }
        for place in text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
            assert!(anchors.iter().any(|anchor| anchor == place), "{}: #{place} is not there", page.display());
        }
    }
    assert!(followed > 60, "only {followed} links were found");
}
