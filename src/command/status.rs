//! `bindery status` prints the state of a book and of its chapters, and what the book waits for.

use std::process::ExitCode;

use bindery_config::Config;
use bindery_domain::{
    Moment,
    phrasing::{Grouped, counted},
    timestamp,
};
use bindery_ledger::{Book, Hold, State, Task, Texts};

use crate::{
    app::App,
    cli::Global,
    environment::Environment,
    exit::Failure,
    identity::{self, Opened},
    report::{self, Report, Row},
    stdout,
    view::{Asked, Chapter, Subject},
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    named: &str,
) -> Result<ExitCode, Failure> {
    let Opened { app, book } = identity::open(global, environment, config, named).await?;
    let tasks = app.ports.store.tasks(&book.id).await?;
    let request = app.ports.store.request(&book.id).await?;
    let request = request.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
    let choices = report::choices(&*app.ports.store, &book.id, &tasks).await?;
    let report = Report::of(&book, &tasks).with_choices(&choices);
    if global.json {
        stdout::line(serde_json::json!({"book": book, "tasks": tasks, "report": report}))?;
        return Ok(ExitCode::SUCCESS);
    }
    let subject = Subject::of(&request.order, app.priced(&book.models()))?;
    stdout::shown(format_args!("\"{}\"  {}", book.title, book.id))?;
    let head = [
        Row::new("outline", book.request_id.as_str()),
        Row::new("model", book.models().names().join(", ")),
        Row::new("state", headline(&book)),
    ];
    let rows = head.into_iter().chain(report::figures(&book, &report, &subject)).chain(kept(&book));
    rows.into_iter().try_for_each(stdout::shown)?;
    stdout::line("")?;
    let chapters = tasks.iter().filter(|task| task.id.chapter().is_some());
    for (number, (task, asked)) in chapters.zip(&subject.chapters).enumerate() {
        lines(number + 1, task, asked, &subject).iter().try_for_each(stdout::shown)?;
    }
    for left in report.audit.iter().flat_map(|audit| audit.given_up.iter().chain(&audit.left)) {
        stdout::shown(format_args!("Not mended: {left}"))?;
    }
    if let Some(beyond) = report.audit.as_ref().map(|audit| audit.left_beyond).filter(|beyond| *beyond > 0) {
        stdout::shown(format_args!("Not mended: {}", counted(beyond.into(), "more finding", "more findings")))?;
    }
    if let Some(next) = next_step(&app, &book, &tasks, bindery_store::now()) {
        stdout::line(format_args!("\n{next}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn headline(book: &Book) -> String {
    let holds: Vec<String> = book.holds.iter().map(ToString::to_string).collect();
    let held = if holds.is_empty() { String::new() } else { format!(", held ({})", holds.join(", ")) };
    let edition = if book.edition > 1 { format!(", edition {}", book.edition) } else { String::new() };
    let reason = book.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{}{held}{edition}{reason}", book.state)
}

/// Returns where the files are and how long the texts stay.
fn kept(book: &Book) -> Vec<Row> {
    let files = book.binding.iter().flat_map(|binding| &binding.files);
    let mut rows: Vec<_> = files.map(|file| Row::new("file", file.url.as_str())).collect();
    rows.extend(match book.texts {
        Texts::Kept => None,
        Texts::Until(at) => Some(Row::new("texts", format!("stay in the store until {}", timestamp(at)))),
        Texts::Leaving(_) | Texts::Left => Some(Row::new("texts", "have left the store")),
    });
    rows
}

/// Returns the line of a chapter, and one line for each target that it misses.
fn lines(number: usize, task: &Task, asked: &Asked, subject: &Subject) -> Vec<String> {
    let chapter = Chapter::of(task, asked, subject.unit, None);
    let (stage, length, target) = (chapter.stage.name(), Grouped(chapter.length), Grouped(asked.length.into()));
    let tries = (chapter.tries > 0).then(|| counted(chapter.tries, "failed try", "failed tries"));
    let notes: Vec<String> = chapter.stage.reason().map(str::to_owned).into_iter().chain(tries).collect();
    let notes = if notes.is_empty() { String::new() } else { format!("  ({})", notes.join("; ")) };
    let mut lines = vec![format!("{number:>5}  {stage:<9} {length:>7} / {target:<7} {}{notes}", asked.title)];
    let remarks = task.result.iter().flat_map(|result| &result.remarks);
    let flat = remarks.map(|remark| remark.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.extend(flat.map(|remark| format!("{:35}{remark}", "")));
    lines
}

/// Describes what the book waits for; `None` where it waits for nothing.
fn next_step(app: &App, book: &Book, tasks: &[Task], now: Moment) -> Option<String> {
    let worker = tasks.iter().filter_map(|task| task.lease.as_ref()).find(|lease| lease.until > now);
    if let Some(lease) = worker {
        return Some(format!("It is being written now, by {}.", lease.worker));
    }
    if app.fleet() {
        return next_step_of_fleet(book);
    }
    if book.held() {
        let cause = book.holds.iter().map(|hold| match hold {
            Hold::Budget => "run `bindery write` with a larger --budget",
            Hold::Review => "look at its plan, then run `bindery approve`",
            Hold::Operator => "run `bindery write` to continue",
        });
        return Some(format!("It is held: {}.", cause.collect::<Vec<_>>().join("; ")));
    }
    match book.state {
        State::Done => None,
        State::Cancelled => Some("It was cancelled; `bindery write --anew` starts it again.".to_owned()),
        _ => Some("Run `bindery write` on its outline to continue; what is finished is not written again.".to_owned()),
    }
}

/// Says what a book waits for that a fleet writes.
fn next_step_of_fleet(book: &Book) -> Option<String> {
    let id = &book.id;
    if book.held() {
        let cause = book.holds.iter().map(|hold| match hold {
            Hold::Budget => "submit it again with a larger budget".to_owned(),
            Hold::Review => format!("look at its plan, then run `bindery approve {id}`"),
            Hold::Operator => format!("run `bindery hold {id} --lift` to let it go on"),
        });
        return Some(format!("It stands still: {}.", cause.collect::<Vec<_>>().join("; ")));
    }
    match book.state {
        State::Done => None,
        State::Cancelled => Some("It was cancelled; to have it, submit its outline under another --id.".to_owned()),
        State::Failed(_) => {
            Some(format!("`bindery redrive {id}` tries it again; what is finished is not written again."))
        }
        _ => Some(format!("The fleet writes it; `bindery why {id}` says what it waits for.")),
    }
}

#[cfg(test)]
mod tests {
    use bindery_domain::{Digest, TaskId, Unit};
    use bindery_ledger::{Standing, TaskResult};

    use super::*;

    #[test]
    fn the_lines_of_a_chapter_show_its_length_its_tries_and_its_missed_targets() {
        let subject = Subject { chapters: Vec::new(), unit: Unit::Words, priced: true };
        let asked = Asked { title: "Shaping".to_owned(), length: 3_000, sections: 4 };
        let mut task = Task::waiting(TaskId::Write(1), 1, 0);
        assert_eq!(lines(1, &task, &asked, &subject), ["    1  waiting         0 / 3,000   Shaping"]);
        task.standing = Standing::Dead;
        task.reason = Some("too often".to_owned());
        task.parts.entry(1).or_default().tries = 5;
        let told = lines(1, &task, &asked, &subject);
        assert_eq!(told, ["    1  failed          0 / 3,000   Shaping  (too often; 5 failed tries)"]);
        task.standing = Standing::Done;
        let (digest, remarks) = (Digest::of("text"), vec!["It is too short.".to_owned()]);
        task.result = Some(TaskResult { remarks, ..TaskResult::new(1, 1, digest, 2_100) });
        let told = lines(12, &task, &asked, &subject);
        assert_eq!(told[0], "   12  done        2,100 / 3,000   Shaping  (5 failed tries)");
        assert_eq!(told[1].trim_start(), "It is too short.");
        assert_eq!(told[1].find("It"), told[0].find("Shaping"));
    }
}
