//! A report as a person reads it.

use std::{fmt::Write as _, time::Duration};

use bindery_domain::{
    Micros, TaskId,
    phrasing::{Grouped, Phrased, counted, plural},
};
use bindery_ledger::{
    Book, State,
    chain::{Link, Piece},
};
use console::truncate_str;

use super::{Audited, ModelShare, Ran, Report, Row};
use crate::view::Subject;

/// The most chapters with missed targets that are named one by one. `bindery status` names all of them.
const REMARKS: usize = 3;

/// The most cells for one remark. The reader needs to know that there is a remark more than its full text.
const REMARK: usize = 120;

/// Describes how a run ended and what the book took.
pub(super) fn ending(book: &Book, report: &Report, subject: &Subject) -> String {
    let mut lines = Vec::new();
    lines.extend(report.dead.iter().map(|(chapter, reason)| format!("Chapter {chapter} failed: {reason}")));
    lines.extend(remarks(book, report));
    lines.extend(next(book, report));
    lines.extend(figures(book, report, subject).iter().map(Row::to_string));
    lines.iter().fold(String::new(), |told, line| told + line + "\n")
}

fn remarks(book: &Book, report: &Report) -> Vec<String> {
    let told = report.remarks.iter().take(REMARKS);
    let plan = report.plan_remarks.iter().map(|remark| truncate_str(remark, REMARK, "…").into_owned());
    let mut lines: Vec<String> = plan.collect();
    lines.extend(told.map(|(chapter, remarks)| format!("Chapter {chapter} misses a target: {}", first(remarks))));
    if let Some(more) = report.remarks.len().checked_sub(REMARKS).filter(|more| *more > 0) {
        let more = counted(more as u64, "more chapter misses", "more chapters miss");
        lines.push(format!("{more} a target; `bindery status {}` names them.", book.id));
    }
    let bound = book.binding.iter().flat_map(|binding| &binding.remarks);
    lines.extend(bound.map(|remark| format!("{}.", truncate_str(&sentence(remark), REMARK, "…"))));
    lines.extend(report.unrevised.iter().map(|reason| format!("Not changed: {}", truncate_str(reason, REMARK, "…"))));
    if let Some(audit) = &report.audit {
        let given_up = audit.given_up.iter().map(|reason| format!("A repair was given up: {reason}"));
        let left = audit.left.iter().map(|finding| format!("Not mended: {finding}"));
        let told = given_up.chain(left);
        lines.extend(told.take(REMARKS).map(|line| truncate_str(&line, REMARK, "…").into_owned()));
        if let Some(more) = audit.count_left().checked_sub(REMARKS as u64).filter(|more| *more > 0) {
            let more = counted(more, "more finding", "more findings");
            lines.push(format!("{more} of the audit; `bindery status {}` names them.", book.id));
        }
    }
    lines
}

/// Returns a text that begins with a capital letter.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// Returns the first remark on a chapter on one line, with the number of the others.
fn first(remarks: &[String]) -> String {
    let flat =
        remarks.first().map(|remark| remark.split_whitespace().collect::<Vec<_>>().join(" ")).unwrap_or_default();
    let cut = truncate_str(&flat, REMARK, "…");
    match remarks.len() {
        0 | 1 => cut.into_owned(),
        several => format!("{cut} (and {} more)", several - 1),
    }
}

/// Describes what the book waits for and how it can continue; `None` where it is finished.
fn next(book: &Book, report: &Report) -> Option<String> {
    let holds: Vec<String> = book.holds.iter().map(ToString::to_string).collect();
    let (id, state) = (&book.id, book.state);
    Some(match state {
        _ if book.held() => {
            format!("The book {id} is held ({}); `bindery status {id}` says how it goes on.", holds.join(", "))
        }
        State::Done if report.dead.is_empty() => return None,
        State::Done => {
            let missing = counted(report.dead.len() as u64, "chapter", "chapters");
            format!("The book is bound without {missing}; `bindery rewrite {id} --chapter NUMBER` tries one again.")
        }
        State::Failed(_) => format!(
            "The book {id} is {state}{}. {}",
            book.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default(),
            match &report.advice {
                Some(advice) => format!("It would fail again as it is: {advice}. What is written is kept."),
                None => "Run the same command again: only what is missing is written.".to_owned(),
            }
        ),
        State::Cancelled => format!("The book {id} was cancelled; `bindery write --anew` starts it again."),
        State::Accepted | State::Planning | State::Writing | State::Auditing | State::Binding => {
            "Interrupted. Run the same command again: only what is missing is written.".to_owned()
        }
    })
}

/// Returns a book's figures.
pub(crate) fn figures(book: &Book, report: &Report, subject: &Subject) -> Vec<Row> {
    let (length, asked) = (Grouped(report.length), Grouped(subject.length()));
    let chapters = counted(book.chapters.into(), "chapter", "chapters");
    let mut rows = vec![
        Row::new(plural(subject.unit), format!("{length} of {asked} asked for, in {chapters}")),
        Row::new("calls", format!("{}{}", Grouped(report.calls), repeated(report))),
    ];
    if report.models.len() > 1 {
        let told: Vec<String> = report.models.iter().map(ModelShare::told).collect();
        rows.push(Row::new("models", told.join("; ")));
    }
    let scored = |mark| Row::new("score", format!("{mark} of 100; the file NAME.score.html says why"));
    rows.splice(1..1, report.score.map(scored));
    let usage = report.usage;
    let (input, cached, output) = (Grouped(usage.input), Grouped(usage.cached), Grouped(usage.output));
    rows.push(Row::new("tokens", format!("{input} prompt ({cached} cached), {output} output")));
    rows.push(Row::new("cost", spent(book, report, subject)));
    rows.extend(report.drafted.as_ref().map(|drafted| Row::new("drafts", drafted.told())));
    rows.extend(report.audit.as_ref().map(|audit| Row::new("audit", audited(audit))));
    let revised = (report.revised > 0).then(|| counted(report.revised.into(), "chapter", "chapters"));
    rows.extend(revised.map(|chapters| Row::new("revised", chapters)));
    match &report.run {
        Some(run) => rows.extend(timed(report, run)),
        None => {
            rows.push(Row::new("slowest chain", chain(report.slowest_chain, &report.chain)));
            rows.push(Row::new("one by one", Phrased(report.sequential).to_string()));
        }
    }
    rows
}

fn audited(audit: &Audited) -> String {
    if audit.repairs == 0 && audit.left.is_empty() && audit.given_up.is_empty() {
        return "the chapters were read as a whole, and nothing was found".to_owned();
    }
    let repairs = counted(audit.repairs.into(), "chapter mended", "chapters mended");
    let left = match audit.count_left() {
        0 => "nothing left".to_owned(),
        left => format!("{} left", counted(left, "finding", "findings")),
    };
    format!("{repairs}, {left}")
}

fn repeated(report: &Report) -> String {
    let tries = (report.failed_tries > 0).then(|| counted(report.failed_tries, "failed try", "failed tries"));
    let rewrites = (report.rewrites > 0).then(|| counted(report.rewrites, "rewrite", "rewrites"));
    let said: Vec<String> = tries.into_iter().chain(rewrites).collect();
    if said.is_empty() { String::new() } else { format!(", {} among them", said.join(" and ")) }
}

/// Describes the cost, the part of it that was wasted, and the cost that is not known.
fn spent(book: &Book, report: &Report, subject: &Subject) -> String {
    if !subject.priced && report.cost == Micros::ZERO {
        return format!("not known: {} has no price here (model.prices_file)", book.models().names().join(" or "));
    }
    let mut said = report.cost.to_string();
    if let Some(likely) = report.likely.filter(|likely| *likely > Micros::ZERO) {
        let _ = write!(said, " ({likely} was likely)");
    }
    if report.wasted > Micros::ZERO {
        let _ = write!(said, ", {} of it for texts that were not kept", report.wasted);
    }
    if report.unknown_cost > Micros::ZERO {
        let _ = write!(said, ", and up to {} more for calls that were broken off", report.unknown_cost);
    }
    said
}

/// Compares the time of the run with its slowest chain, and with its calls one after another.
fn timed(report: &Report, run: &Ran) -> Vec<Row> {
    let earlier = match report.calls.saturating_sub(run.calls) {
        0 => String::new(),
        earlier => format!(" for this run, after {} before it", counted(earlier, "call", "calls")),
    };
    let mut rows = vec![Row::new("wall time", format!("{}{earlier}", Phrased(run.wall)))];
    if run.slowest_chain.is_zero() {
        return rows;
    }
    let over = run.wall.saturating_sub(run.slowest_chain);
    rows.push(Row::new("slowest chain", chain(run.slowest_chain, &run.chain)));
    rows.push(Row::new("overhead", format!("{} beyond the slowest chain", Phrased(over))));
    let times = run.sequential.as_secs_f64() / run.wall.as_secs_f64().max(0.001);
    rows.push(Row::new("one by one", format!("{}, {times:.1} times the wall time", Phrased(run.sequential))));
    rows
}

fn chain(length: Duration, links: &[Link]) -> String {
    let mut said = Phrased(length).to_string();
    let mut task = None;
    for link in links {
        let begins = task.replace(link.task) != Some(link.task);
        let name = match (link.task, begins) {
            (TaskId::Write(number), true) => format!("chapter {number} "),
            (TaskId::Repair { chapter, .. }, true) => format!("repair of chapter {chapter} "),
            _ => String::new(),
        };
        let part = match link.part {
            Piece::Outline => "outline".to_owned(),
            Piece::Plan => "plan".to_owned(),
            Piece::Brief => "brief".to_owned(),
            Piece::Section(number) => format!("section {number}"),
            Piece::Judgement => "judgement".to_owned(),
            Piece::Facts => "list of facts".to_owned(),
            Piece::Summary => "summary".to_owned(),
        };
        let joint = if said.contains(':') { "," } else { ":" };
        let _ = write!(said, "{joint} {name}{part} {}", Phrased(Duration::from_millis(link.ms)));
    }
    said
}
