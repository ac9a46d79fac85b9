//! Do the commands without a file of their own do what they promise, for people and for programs?

use std::{fs, process::Command};

use crate::support::{Bench, Book, Running, three_chapters};

fn written() -> Bench {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&[]).exits(0);
    bench
}

#[test]
fn books_lists_the_books_in_the_data_folder() {
    let empty = Bench::new();
    empty.run(&["books"]).exits(0).tells(&["There are no books"]);
    let bench = written();
    let listed = bench.run(&["books"]).exits(0).stdout;
    let id = bench.ledger().book("id").as_str().unwrap().to_owned();
    for word in [&id, "done", "3 ch.", "The Keeper of Tides", "book.md"] {
        assert!(listed.contains(word), "{word} is missing in\n{listed}");
    }
    let json = bench.run(&["--json", "books"]).exits(0).values();
    assert_eq!((json.len(), &json[0]["state"]), (1, &"done".into()));
}

#[test]
fn a_book_is_found_by_its_id_the_beginning_of_the_id_or_its_outline() {
    let bench = written();
    let id = bench.ledger().book("id").as_str().unwrap().to_owned();
    for name in [id.as_str(), &id[..5], "book.md", "./book.md"] {
        let told = bench.run(&["status", name]).exits(0).stdout;
        assert!(told.contains(&id) && told.contains("Machines"), "{told}");
    }
    bench.run(&["status", "zzz"]).exits(64).tells(&["no book is called `zzz`", "bindery books"]);
    bench.run(&["status", ""]).exits(64);
}

#[test]
fn get_copies_a_finished_books_files() {
    let bench = written();
    let got = bench.run(&["get", "book.md", "--format", "epub,md", "--out", "shelf"]).exits(0).stdout;
    let paths: Vec<&str> = got.lines().collect();
    assert_eq!(paths.len(), 2, "{got}");
    let bytes = bench.bytes();
    for path in paths {
        let format = path.rsplit_once('.').unwrap().1;
        assert_eq!(fs::read(bench.path(path)).unwrap(), bytes[format], "{path}");
    }
    bench.run(&["get", "book.md", "--format", "pdf"]).exits(64).tells(&["not bound as pdf", "md, epub, html"]);
}

#[test]
fn a_deleted_book_is_gone_with_its_texts_and_files() {
    let bench = written();
    bench.calls_may_be_lost();
    bench.run(&["delete", "book.md"]).exits(4).tells(&["--yes"]);
    bench.run(&["status", "book.md"]).exits(0);
    bench.run(&["delete", "book.md", "--yes"]).exits(0).tells(&["Deleted", "The Keeper of Tides"]);
    bench.run(&["status", "book.md"]).exits(64);
    for folder in ["data/files", "data/locks"] {
        let left: Vec<_> = walk(&bench.path(folder));
        assert!(left.is_empty(), "{left:?}");
    }
    assert!(bench.path("book.md").exists(), "the outline of the author was deleted");
}

#[test]
fn doctor_names_what_is_left_of_books_that_are_gone_and_removes_it() {
    let bench = written();
    // The doctor calls the model too.
    bench.calls_may_be_lost();
    let orphan = "0123456789abcdef01234567";
    let of_orphan = bench.path(&format!("data/files/{orphan}/1.md"));
    fs::create_dir_all(of_orphan.parent().unwrap()).unwrap();
    fs::write(&of_orphan, "a book").unwrap();
    fs::write(bench.path(&format!("data/locks/{orphan}.lock")), "").unwrap();
    let before = walk(&bench.path("data/files")).len();
    let told = bench.run(&["doctor"]).stdout;
    assert!(told.contains("1 deleted book has files") && told.contains("--remove-orphans"), "{told}");
    bench.run(&["doctor", "--remove-orphans"]).exits(4).tells(&["--yes"]);
    assert!(of_orphan.exists());
    let told = bench.run(&["doctor", "--remove-orphans", "--yes"]).exits(0).stdout;
    assert_eq!(told, format!("removed the files of {orphan}\nremoved the lock of {orphan}\n"));
    assert_eq!(walk(&bench.path("data/files")).len(), before - 1, "the book of the store keeps its files");
    bench.run(&["get", "book.md", "--out", "shelf"]).exits(0);
    assert!(!bench.run(&["doctor"]).stdout.contains("orphans"));
}

#[test]
fn orphans_are_not_removed_by_a_store_that_has_no_book() {
    let bench = written();
    let files = walk(&bench.path("data/files"));
    fs::remove_file(bench.path("data/bindery.db")).unwrap();
    bench.run(&["doctor", "--remove-orphans", "--yes"]).exits(4).tells(&["the store has no book at all"]);
    assert_eq!(walk(&bench.path("data/files")), files);
    bench.calls_may_be_lost();
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn no_command_prints_a_key_or_a_password() {
    let bench = Bench::new().set("OPENAI_API_KEY", "sk-SECRET-of-the-shell").set("BINDERY_MODEL__NAME", "openai:gpt-5");
    let bench = bench.set("BINDERY_PROVIDERS__OPENAI__BASE_URL", "http://127.0.0.1:9/v1");
    let silent = |bench: &Bench, code| {
        for command in [&["config"][..], &["--json", "config"], &["doctor"], &["--json", "doctor"], &["books"]] {
            let ended = bench.run(command);
            assert!(!ended.stdout.contains("SECRET") && !ended.stderr.contains("SECRET"), "{command:?}: {ended:?}");
            let is_doctor = command.contains(&"doctor");
            assert_eq!(ended.code, Some(if is_doctor { 1 } else { code }), "{command:?}");
        }
    };
    silent(&bench, 0);
    let shown = bench.run(&["config"]).exits(0).stdout;
    assert!(shown.contains("BINDERY_MODEL__NAME"), "the source of a value is missing in\n{shown}");
    // A password in this address is a mistake, and the error must not repeat the password.
    for variable in ["BINDERY_PROVIDERS__OPENAI__BASE_URL", "BINDERY_STORE__URL", "BINDERY_QUEUE__URL"] {
        silent(&Bench::new().set(variable, "https://keeper:SECRET-of-the-address@127.0.0.1:9/v1"), 64);
    }
}

#[test]
fn wrong_settings_are_reported_with_their_sources() {
    let bench = Bench::new().set("BINDERY_LEDGER__LEESE", "30s");
    bench.file("bindery.toml", "[model]\ncals = 3\n");
    let told = ["ledger.leese", "BINDERY_LEDGER__LEASE", "BINDERY_LEDGER__LEESE", "model.cals", "bindery.toml:2"];
    bench.run(&["config"]).exits(64).tells(&told);
}

#[test]
fn doctor_finds_the_stand_in_well_and_reports_a_missing_key() {
    let bench = Bench::new();
    let well = bench.run(&["doctor"]).exits(0).stdout;
    for word in ["settings", "store", "stand-in:prose answered"] {
        assert!(well.contains(word), "{word} is missing in\n{well}");
    }
    assert!(!well.contains("BAD"), "{well}");
    bench.calls_may_be_lost();
    let ill = Bench::new().set("BINDERY_MODEL__NAME", "openai:gpt-5-mini");
    let told = ill.run(&["doctor"]).exits(1).stdout;
    assert!(told.contains("BAD model") && told.contains("OPENAI_API_KEY"), "{told}");
}

#[test]
fn a_book_is_bound_in_the_formats_of_the_command() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--format", "epub,mobi"]).exits(64).tells(&["mobi"]);
    let printed = bench.write(&["--format", "epub"]).exits(0).stdout;
    assert_eq!(printed, "out/book.epub\nout/book.score.html\nout/book.score.json\n");
    let mut files = walk(&bench.path("out"));
    files.sort();
    assert_eq!(files, ["epub", "score.html", "score.json"].map(|format| bench.path(&format!("out/book.{format}"))));
    assert_eq!(bench.model.stats().by_task["plan"], 1);
}

#[test]
fn no_model_divides_a_chapter_whose_sections_are_fixed_or_which_is_one_section() {
    let mut outline = three_chapters();
    outline.chapters[1] = outline.chapters[1].clone().with_sections();
    let bench = Bench::new();
    let text = outline.text().replace("## Machines", "## Machines {words=400}");
    bench.file("book.md", text);
    let estimate = bench.run(&["--json", "write", "book.md", "--dry-run"]).exits(0).values();
    bench.write(&[]).exits(0);
    let briefs = [1, 2, 3].map(|chapter| bench.model.prompts("brief", chapter).len());
    assert_eq!(briefs, [1, 0, 0]);
    assert_eq!(estimate[0]["calls"], bench.model.stats().calls);
    let book = Book::open(&bench.path("out"), "book");
    let headings: Vec<usize> = book.chapters.iter().map(|chapter| chapter.headings.len()).collect();
    assert_eq!(headings, [2, 2, 0], "a text under the title of its chapter has no heading of its own");
}

#[test]
fn a_book_of_many_chapters_is_planned_by_blocks() {
    let bench = Bench::new();
    // The plan belongs to a book of its own, which is deleted.
    bench.calls_may_be_lost();
    let chapters: String = (1..=90).map(|number| format!("\n## The harbour of town {number}\n")).collect();
    bench.file("many.md", format!("# Ninety harbours\n{chapters}"));
    bench.run(&["plan", "many.md"]).exits(0);
    // A block that opens as another one does is asked for once more.
    let again = bench.model.prompts_with("plan", "The plan is made but for this").len() as u64;
    assert_eq!(
        bench.model.stats().by_task["plan"] - again,
        4,
        "one call for the book, and one for each block of thirty chapters"
    );
    assert!(again <= 3, "no block is asked for a third time");
    let plan: serde_json::Value = serde_json::from_slice(&fs::read(bench.path("many.plan.json")).unwrap()).unwrap();
    assert_eq!(plan["book"]["kind"], "nonfiction");
    let decided = plan["chapters"].as_array().unwrap().iter().filter(|chapter| chapter["adds"].is_string());
    assert_eq!(decided.count(), 90);
}

#[test]
fn a_book_can_be_written_without_a_planning_call() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--no-plan"]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(bench.model.stats().by_task.get("plan"), None);
}

#[test]
fn bash_completes_the_commands() {
    let bench = Bench::new();
    let script = bench.run(&["completions", "bash"]).exits(0).stdout;
    for word in ["_bindery", "complete ", "rewrite", "--dry-run"] {
        assert!(script.contains(word), "{word} is missing");
    }
}

#[test]
fn help_lists_the_exit_codes_and_an_unknown_command_line_is_refused() {
    let bench = Bench::new();
    let help = bench.run(&["--help"]).exits(0).stdout;
    for code in
        ["0    done", "1    the book is not whole", "3    the book is held", "75   another run", "130  interrupted"]
    {
        assert!(help.contains(code), "{code} is missing in\n{help}");
    }
    bench.run(&["wirte", "book.md"]).exits(2).tells(&["write"]);
    bench.run(&["write"]).exits(2);
    bench.run(&["write", "book.md", "--continue", "--anew"]).exits(2);
}

#[test]
fn the_stand_in_answers_other_processes() {
    let bench = Bench::new();
    let mut stand_in = bench.start(&["--json", "stand-in", "--listen", "127.0.0.1:0", "--instant"]);
    let base_url = stand_in.event(|_| true)["base_url"].as_str().unwrap().to_owned();
    let bench = bench.set("BINDERY_PROVIDERS__STAND_IN__BASE_URL", &base_url);
    bench.outline(&three_chapters());
    bench.run(&["doctor"]).exits(0);
    stand_in.interrupt();
    stand_in.end().exits(0);
    bench.run(&["doctor"]).exits(1);
}

#[test]
fn the_stand_in_exits_with_0_after_sigterm() {
    let bench = Bench::new();
    let mut stand_in = bench.start(&["--json", "stand-in", "--listen", "127.0.0.1:0"]);
    stand_in.event(|_| true);
    stand_in.terminate();
    stand_in.end().exits(0);
}

#[test]
fn a_reader_that_closes_the_pipe_causes_no_error() {
    let bench = written();
    for arguments in [&["--json", "status", "book.md"][..], &["completions", "bash"], &["--help"], &["config"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let piped = bench.command(arguments).stdout(writer).output().unwrap();
        let said = String::from_utf8_lossy(&piped.stderr);
        assert!(said.is_empty(), "{arguments:?}: {said}");
    }
}

#[test]
fn a_worker_that_may_not_open_enough_files_says_what_to_type_before_it_connects() {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -n 200; exec \"$0\" serve worker", env!("CARGO_BIN_EXE_bindery")]);
    command.env("BINDERY_MODEL__CALLS", "1000").env("BINDERY_QUEUE__URL", "amqp://nobody@127.0.0.1:1");
    command.env("BINDERY_STORE__URL", "redis://127.0.0.1:1");
    let ended = Running::start(command).end().exits(64);
    ended.tells(&["1068 open files", "may have 200", "`ulimit -Hn 1068`", "model.calls"]);
}
