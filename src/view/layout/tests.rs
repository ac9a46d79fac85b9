use bindery_domain::Unit;
use console::measure_text_width;

use super::*;
use crate::view::Asked;

fn subject(titles: &[&str], length: u32) -> Subject {
    let asked = |title: &&str| Asked { title: (*title).to_owned(), length, sections: 4 };
    Subject { chapters: titles.iter().map(asked).collect(), unit: Unit::Words, priced: true }
}

fn chapter(stage: Stage, length: u64) -> Chapter {
    Chapter { stage, length, tries: 0 }
}

fn tracked(chapters: &[Chapter]) -> Vec<Tracked> {
    chapters.iter().map(|chapter| Tracked { chapter: chapter.clone(), since: Duration::ZERO, trouble: None }).collect()
}

fn scene<'a>(subject: &'a Subject, chapters: &'a [Tracked]) -> Scene<'a> {
    Scene { subject, chapters, state: "writing".to_owned(), figures: Figures::default(), colour: false }
}

fn drawn(subject: &Subject, chapters: &[Chapter], width: usize, height: usize) -> Vec<String> {
    lines(&scene(subject, &tracked(chapters)), Size { width, height })
}

#[test]
fn a_chapter_shows_its_title_its_bar_its_words_and_its_stage() {
    let subject = subject(&["Shaping", "The First Rise"], 3_000);
    let chapters = [Chapter { tries: 2, ..chapter(Stage::Writing, 1_204) }, chapter(Stage::Done, 2_911)];
    let lines = drawn(&subject, &chapters, 100, 30);
    assert_eq!(lines[0], "1  Shaping              ━━━━━━━━━━━━──────────────────  1,204 / 3,000  writing, 2 retries");
    assert_eq!(lines[1], "2  The First Rise       ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  2,911 / 3,000  done");
    assert_eq!(lines[2], "   1 of 2 chapters      ━━━━━━━━━━━━━━━━━━━━──────────  4,115 / 6,000  words, writing");
    assert_eq!(lines[3], "   0 calls  0 tokens/s  cost unknown  0:00");
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_chapter_in_trouble_says_which_try_failed_and_why() {
    let subject = subject(&["Shaping"], 3_000);
    let mut chapters = tracked(&[Chapter { tries: 2, ..chapter(Stage::Writing, 1_204) }]);
    chapters[0].trouble = Some("section 2, try 2 of 5 failed: it breaks off".to_owned());
    let lines = lines(&scene(&subject, &chapters), Size { width: 150, height: 30 });
    assert!(lines[0].ends_with("writing: section 2, try 2 of 5 failed: it breaks off"), "{lines:?}");
}

#[test]
fn sixty_columns_have_room_for_a_bar() {
    let subject = subject(&["Water, Salt and the Arithmetic of Dough"], 3_000);
    let lines = drawn(&subject, &[chapter(Stage::Rewriting, 1_500)], 60, 30);
    assert_eq!(lines[0], "1  Water, Salt …  ━━━━────  1,500 / 3,000  rewriting");
}

#[test]
fn the_books_longer_count_takes_its_room_from_the_books_bar() {
    let subject = subject(&["One"; 40], 3_000);
    let chapters = vec![chapter(Stage::Writing, 1_500); 40];
    let lines = drawn(&subject, &chapters, 90, 50);
    let ends = |line: &str| line.find("writing").or_else(|| line.find("words")).map(|at| line[..at].chars().count());
    assert_eq!(ends(&lines[0]), Some(lines[40].split("words").next().unwrap().chars().count()));
}

#[test]
fn titles_are_cut_by_the_cells_they_take() {
    let subject =
        subject(&["静かな本屋の朝と夜について語る長い題名", "Fermentation and its long discontents at home"], 3_000);
    let chapters = [chapter(Stage::Waiting, 0), chapter(Stage::Waiting, 0)];
    let lines = drawn(&subject, &chapters, 60, 30);
    let before_bar = |line: &str| measure_text_width(line.split('─').next().unwrap());
    assert_eq!(before_bar(&lines[0]), before_bar(&lines[1]));
    assert!(lines[0].contains("静かな本屋の…"), "{}", lines[0]);
}

#[test]
fn no_size_is_exceeded() {
    let titles = ["静かな本屋の朝", "A", "A rather long title that goes on and on", "tab\tand\u{1b}[31mcolour"];
    let subject = subject(&titles, 12_000);
    let stages = [Stage::Waiting, Stage::Parked("の".repeat(90)), Stage::Done, Stage::Failed("x\ny".to_owned())];
    let chapters: Vec<Chapter> = stages.into_iter().map(|stage| chapter(stage, 20_000_000)).collect();
    for width in 0..130 {
        for height in 0..12 {
            let lines = drawn(&subject, &chapters, width, height);
            assert!(lines.len() <= height.saturating_sub(1).max(1), "{width} x {height}: {lines:#?}");
            for line in &lines {
                assert!(measure_text_width(line) <= width.saturating_sub(1), "{width} x {height}: {line:?}");
                assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
    }
}

#[test]
fn with_more_chapters_than_rows_those_under_way_are_shown_and_the_rest_is_counted() {
    let subject = subject(&["One"; 1_000], 3_000);
    let mut chapters = tracked(&vec![chapter(Stage::Waiting, 0); 1_000]);
    for (seconds, tracked) in chapters.iter_mut().take(10).enumerate() {
        tracked.chapter.stage = Stage::Done;
        tracked.since = Duration::from_secs(seconds as u64);
    }
    chapters[700].chapter.stage = Stage::Writing;
    chapters[800].chapter.stage = Stage::Brief;
    let lines = lines(&scene(&subject, &chapters), Size { width: 80, height: 9 });
    let numbers: Vec<&str> = lines.iter().map(|line| line[..4].trim()).collect();
    assert_eq!(numbers, ["8", "9", "10", "701", "801", "", "", ""][..].to_vec());
    assert_eq!(lines[5].trim(), "and 995 more: 7 done, 988 waiting");
}

#[test]
fn a_reason_is_shown_and_colour_is_used_only_where_it_is_wanted() {
    let subject = subject(&["One"], 3_000);
    let chapters = [chapter(Stage::Parked("rate limited\n\u{1b}[2J".to_owned()), 0)];
    let plain = drawn(&subject, &chapters, 100, 30);
    assert!(plain[0].ends_with("parked: rate limited  [2J"), "{}", plain[0]);
    let chapters = tracked(&chapters);
    let scene = Scene { colour: true, ..scene(&subject, &chapters) };
    let coloured = lines(&scene, Size { width: 100, height: 30 });
    assert!(coloured[0].contains("\u{1b}[33mparked"), "{}", coloured[0]);
    assert_eq!(measure_text_width(&coloured[0]), measure_text_width(&plain[0]));
}

#[test]
fn titles_give_way_to_reasons() {
    let subject = subject(&["Water, Salt and the Arithmetic of Dough", "Shaping"], 3_000);
    let reason = "it limits calls, so the next one waits";
    let chapters = [chapter(Stage::Parked(reason.to_owned()), 0), chapter(Stage::Waiting, 0)];
    let lines = drawn(&subject, &chapters, 110, 30);
    assert!(
        lines[0].contains("Water, Salt and the Arithmet…") && lines[0].contains("it limits calls, so the next"),
        "{}",
        lines[0]
    );
}

#[test]
fn before_a_book_is_planned_its_own_lines_stand_alone() {
    let subject = subject(&["One", "Two"], 3_000);
    let lines = drawn(&subject, &[], 100, 30);
    assert_eq!(lines.len(), 2);
    assert!(lines[0].contains("0 of 2 chapters") && lines[0].contains("0 / 6,000"), "{}", lines[0]);
}

#[test]
fn figures_say_what_waits_what_is_not_known_and_what_is_left() {
    let subject = subject(&["One"], 3_000);
    let figures = Figures {
        running: 64,
        waiting: 12,
        tokens_per_second: 2_186,
        cost: None,
        elapsed: Duration::from_secs(83),
        left: Some(Duration::from_millis(41_200)),
    };
    let scene = Scene { figures, ..scene(&subject, &[]) };
    let lines = lines(&scene, Size { width: 100, height: 30 });
    assert_eq!(lines[1].trim(), "64 calls, 12 waiting  2,186 tokens/s  cost unknown  1:23  about 42 s left");
}

#[test]
fn the_time_left_is_no_more_exact_than_an_estimate_can_be() {
    let text = |seconds| left(Duration::from_secs_f64(seconds));
    assert_eq!(text(0.2), "about 1 s left");
    assert_eq!(text(59.5), "about 1 min 0 s left");
    assert_eq!(text(61.0), "about 1 min 5 s left");
    assert_eq!(text(601.0), "about 11 min 0 s left");
    assert_eq!(text(7_201.0), "about 2 h 1 min left");
}
