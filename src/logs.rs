//! Logs go to stderr. While the live view is shown there, they go above it. A line about work on a book names the
//! book, the task and the span.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fmt::{self, Display},
    panic::{self, PanicHookInfo},
    sync::atomic::{AtomicBool, Ordering},
};

use bindery_config::{LogFormat, LogSettings};
use bindery_domain::TraceParent;
use bindery_runtime::subject::{Subject, subject};
use bindery_telemetry::SPAN_TARGET;
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    EnvFilter, Layer as _,
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::{Format, JsonFields, Writer},
    },
    layer::SubscriberExt as _,
    registry::LookupSpan,
    util::SubscriberInitExt as _,
};

use crate::{environment::Environment, exit::Failure};

/// The targets that are never logged: two libraries with their parsers, and the spans that go to a collector.
const QUIETED: [&str; 4] = ["amq_protocol_tcp", "amq_protocol_uri", "lapin", SPAN_TARGET];

/// Whether each line on stderr is an object of JSON.
static JSON: AtomicBool = AtomicBool::new(false);

/// Says something to the person who started the program; on a JSON log it is a line of the log.
pub(crate) fn say(message: impl Display) {
    if JSON.load(Ordering::Relaxed) {
        tracing::info!("{message}");
    } else {
        eprintln!("{message}");
    }
}

/// Says why the program ends; on a JSON log it is a line of the log. `asked_for_json` says whether the log is to be JSON
/// even before the settings are read, which is all that counts when they cannot be.
pub(crate) fn say_failure(message: impl Display, asked_for_json: bool) {
    if JSON.load(Ordering::Relaxed) {
        tracing::error!("{message}");
    } else if asked_for_json {
        let lines = tracing_subscriber::fmt().json().with_writer(std::io::stderr).finish();
        tracing::subscriber::with_default(lines, || tracing::error!("{message}"));
    } else {
        eprintln!("bindery: {message}");
    }
}

/// Logs a panic as one line, since whoever reads the log reads JSON alone.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    let message = text.unwrap_or("it gives no reason");
    let backtrace = Backtrace::capture();
    let backtrace = Some(&backtrace).filter(|captured| captured.status() == BacktraceStatus::Captured);
    let place = panic.location().map(tracing::field::display);
    tracing::error!(
        panic = message,
        place,
        backtrace = backtrace.map(tracing::field::display),
        "the program has a fault"
    );
}

/// Starts the log as the settings say, and the tracing of spans if there is a collector.
pub(crate) fn start(settings: &LogSettings, environment: &Environment) -> Result<(), Failure> {
    let filter =
        EnvFilter::try_new(&settings.filter).map_err(|error| Failure::usage(format!("log.filter: {error}")))?;
    // At their lowest levels, the libraries log the address of the broker with its password. At higher levels, they
    // repeat what this program logs itself.
    let filter = QUIETED
        .into_iter()
        .fold(filter, |filter, name| filter.add_directive(format!("{name}=off").parse().expect("it is a directive")));
    let screen = environment.screen.clone();
    let lines = tracing_subscriber::fmt::layer().with_ansi(environment.colour).with_writer(move || screen.clone());
    let lines = match settings.format {
        LogFormat::Pretty => {
            let format = Format::default().with_target(false).with_ansi(environment.colour);
            lines.event_format(Signed { format, sign: in_words }).with_filter(filter).boxed()
        }
        LogFormat::Json => {
            let format = Format::default().json();
            lines
                .event_format(Signed { format, sign: as_fields })
                .fmt_fields(JsonFields::new())
                .with_filter(filter)
                .boxed()
        }
    };
    // A layer of `None` counts as one that wants every span, so an absent layer must not be in the list.
    let spans = environment.traces.as_ref().map(|traces| traces.layer().boxed());
    let layers: Vec<_> = [Some(lines), spans].into_iter().flatten().collect();
    tracing_subscriber::registry().with(layers).try_init().map_err(Failure::internal)?;
    if settings.format == LogFormat::Json {
        JSON.store(true, Ordering::Relaxed);
        panic::set_hook(Box::new(log_panic));
    }
    Ok(())
}

/// A log format that adds the subject of the work to each line.
struct Signed<F> {
    format: F,
    /// Adds the subject to a line.
    sign: fn(&mut String, &Subject),
}

impl<S, N, F> FormatEvent<S, N> for Signed<F>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(subject) = subject() else {
            return self.format.format_event(context, writer, event);
        };
        let mut line = String::new();
        self.format.format_event(context, Writer::new(&mut line), event)?;
        line.truncate(line.trim_end().len());
        (self.sign)(&mut line, &subject);
        writeln!(writer, "{line}")
    }
}

fn in_words(line: &mut String, Subject { book, task, trace_parent }: &Subject) {
    line.push_str(&format!(" book={book}"));
    if let Some(task) = task {
        line.push_str(&format!(" task={task}"));
    }
    if let Some(TraceParent { trace, span, .. }) = trace_parent {
        line.push_str(&format!(" trace_id={trace:032x} span_id={span:016x}"));
    }
}

fn as_fields(line: &mut String, Subject { book, task, trace_parent }: &Subject) {
    // The line is one JSON object. Its closing brace is removed, and added again after the fields.
    line.pop();
    line.push_str(&format!(r#","book":"{book}""#));
    if let Some(task) = task {
        line.push_str(&format!(r#","task":"{task}""#));
    }
    if let Some(TraceParent { trace, span, .. }) = trace_parent {
        line.push_str(&format!(r#","trace_id":"{trace:032x}","span_id":"{span:016x}""#));
    }
    line.push('}');
}
