//! Are chapters bound in the order of the outline, in whatever order they are finished?

use bindery_stand_in::{PausedChapters, Settings};

use crate::support::{Bench, ModelServer, Outline};

const TITLES: [&str; 5] = ["Staffs", "Moons", "Machines", "Harbours", "Almanacs"];

/// Writes a book whose chapters are released one by one, and returns the order in which they were finished.
fn finished(bench: &Bench, paused: &PausedChapters, release: &[u32]) -> Vec<String> {
    let mut run = bench.begin(&[]);
    bench.model.wait_for("the briefs of all chapters", |stats| stats.by_task.get("brief") == Some(&5));
    let mut done = Vec::new();
    for chapter in release {
        paused.resume(*chapter);
        let event = run.event(|event| event["kind"] == "chapter_done");
        done.push(event["task"].as_str().unwrap().to_owned());
    }
    run.end().exits(0);
    done
}

#[test]
fn chapters_that_finish_in_another_order_are_bound_in_the_order_of_the_outline() {
    for release in [[5, 4, 3, 2, 1], [3, 5, 1, 4, 2]] {
        let paused = PausedChapters::new(1..=5);
        let settings = Settings { paused_chapters: Some(paused.clone()), ..ModelServer::settings() };
        let bench = Bench::on(ModelServer::start(settings));
        let outline = Outline::of(&TITLES);
        bench.outline(&outline);
        let done = finished(&bench, &paused, &release);
        assert_eq!(done, release.map(|chapter| format!("write/{chapter}")));
        bench.holds(&outline);
    }
}
