//! All metrics of a process.

mod definition;
mod process;
#[cfg(test)]
mod tests;

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use bindery_domain::{Lane, ModelName};
use prometheus::{
    CounterVec, Encoder as _, Gauge, Histogram, HistogramVec, IntCounterVec, IntGaugeVec, Registry, TextEncoder,
};

use self::{
    definition::{Description, Metric, define_metrics},
    process::Process,
};

/// Buckets for what takes milliseconds: an answer of the store, a confirm of the broker.
const QUICK: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Buckets for what takes seconds to minutes: a model call, a chapter, a wait in a queue.
const SLOW: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1_800.0];

/// Buckets for what takes minutes to hours: a whole book.
const LONG: &[f64] = &[5.0, 15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1_800.0, 3_600.0, 14_400.0, 86_400.0];

define_metrics! {
    /// The metrics of one process. Labels name kinds, never a book or a tenant.
    pub struct Metrics;

    /// Submissions that could be read, by what the ledger made of them: `new`, `repeated` or `conflict`.
    submissions: IntCounterVec = "bindery_submissions_total" ["outcome"];
    /// Public events that the broker confirmed, by name, like `accepted` or `failed`. A repeated event counts again.
    events: IntCounterVec = "bindery_events_total" ["event"];
    /// The time from accepting a book to committing its first binding, including holds.
    book_seconds: Histogram = "bindery_book_seconds" in LONG;
    /// The slowest chain of tasks of the same books: no number of workers makes it shorter.
    book_chain_seconds: Histogram = "bindery_book_chain_seconds" in LONG;
    /// Settled chapters by outcome: `done` or `dead`.
    chapters: IntCounterVec = "bindery_chapters_total" ["outcome"];

    /// Claims by the kind of task and the ledger's answer. Only `go` gives the claimant work to do.
    claims: IntCounterVec = "bindery_claims_total" ["task", "answer"];
    /// Ended leases by the kind of task and their end: `committed`, `duplicate`, `parked`, `drained`, `given_up` or `lost`.
    leases: IntCounterVec = "bindery_leases_total" ["task", "end"];
    /// How long leases lasted, by the kind of task.
    lease_seconds: HistogramVec = "bindery_lease_seconds" ["task"] in SLOW;
    /// Leases that are held now, by the kind of task.
    leases_held: IntGaugeVec = "bindery_leases_held" ["task"];
    /// Parts whose finished text was stored, by the kind of task.
    parts_kept: IntCounterVec = "bindery_parts_kept_total" ["task"];
    /// Parts that a claim found finished and that were not written again, by the kind of task.
    parts_reused: IntCounterVec = "bindery_parts_reused_total" ["task"];
    /// Seconds of calls for parts and of waits between them: `once` brought a text, `again` is for failed tries and rewrites.
    part_seconds: CounterVec = "bindery_part_seconds_total" ["task", "spent"];
    /// Charged tries that failed, by the kind of task and the reason: a class of errors, or a gate.
    tries_failed: IntCounterVec = "bindery_tries_failed_total" ["task", "reason"];
    /// Rewrites of drafts that missed a target, by the kind of task and the target.
    rewrites: IntCounterVec = "bindery_rewrites_total" ["task", "reason"];
    /// Repairs by the sweeper, by reason. A healthy fleet needs none.
    heals: IntCounterVec = "bindery_heals_total" ["reason"];

    /// Deliveries that this process may hold at once, by lane.
    slots: IntGaugeVec = "bindery_slots" ["lane"];
    /// Deliveries that this process holds now, by lane.
    slots_used: IntGaugeVec = "bindery_slots_used" ["lane"];
    /// Deliveries by lane, and whether the message was delivered before.
    deliveries: IntCounterVec = "bindery_deliveries_total" ["lane", "redelivered"];
    /// The time from publishing a message to its delivery, by lane and by the clocks of the two hosts.
    queue_seconds: HistogramVec = "bindery_queue_seconds" ["lane"] in SLOW;
    /// Messages that became dead letters, by the lane they came from.
    dead_letters: IntCounterVec = "bindery_dead_letters_total" ["lane"];
    /// Messages that the broker confirmed, by lane. `event` and `reply` stand for messages to no lane.
    published: IntCounterVec = "bindery_published_total" ["lane"];
    /// Messages that were not confirmed, by lane.
    publish_errors: IntCounterVec = "bindery_publish_errors_total" ["lane"];
    /// The time from publishing a message to its confirmation, by lane.
    publish_seconds: HistogramVec = "bindery_publish_seconds" ["lane"] in QUICK;
    /// Messages that wait in a lane, as this dispatcher last saw them.
    queue_messages: IntGaugeVec = "bindery_queue_messages" ["lane"];

    /// Calls of webhooks by outcome: `taken`, `refused`, `unreachable`, `forbidden`, or `gone`, which disables the webhook.
    webhook_calls: IntCounterVec = "bindery_webhook_calls_total" ["outcome"];
    /// Notices that were given up, since their webhooks took none for too long or are disabled.
    dead_notices: IntCounterVec = "bindery_webhook_dead_notices_total";

    /// How long the store took, by operation.
    store_seconds: HistogramVec = "bindery_store_seconds" ["operation"] in QUICK;
    /// Failures of the store, by operation.
    store_errors: IntCounterVec = "bindery_store_errors_total" ["operation"];
    /// How often this process saw a loss of the store: `emptied` and `went_back` are losses, `new_master` may be one.
    store_setbacks: IntCounterVec = "bindery_store_setbacks_total" ["kind"];
    /// The used share of the store's memory, where it has a limit.
    store_memory: Gauge = "bindery_store_memory_ratio";
    /// Books that are not settled, by state, as this dispatcher last saw them. Those that are held count as `held`.
    books: IntGaugeVec = "bindery_books" ["state"];
    /// Chapters that are still to be written in books that are neither settled nor held, as this dispatcher last saw
    /// them.
    chapters_missing: Gauge = "bindery_chapters_missing";
    /// How long the oldest missing chapter of a book that is not held has been missing, without the time of holds.
    oldest_missing_chapter: Gauge = "bindery_oldest_missing_chapter_seconds";

    /// Model calls by how they ended: `stop`, `length`, or the class of the error.
    model_calls: IntCounterVec = "bindery_model_calls_total" ["provider", "model", "end"];
    /// How long model calls took that brought a text.
    model_call_seconds: HistogramVec = "bindery_model_call_seconds" ["provider", "model"] in SLOW;
    /// The time from sending a model call to the first piece of its text.
    model_first_token_seconds: HistogramVec = "bindery_model_first_token_seconds" ["provider", "model"] in SLOW;
    /// Model calls that run now.
    model_calls_running: IntGaugeVec = "bindery_model_calls_running" ["provider", "model"];
    /// Tokens by kind: `input`, its shares `cached` and `cache_written`, `output`, and its share `reasoning`.
    model_tokens: IntCounterVec = "bindery_model_tokens_total" ["provider", "model", "kind"];
    /// What model calls cost in US dollars, for models whose price is known.
    model_cost: CounterVec = "bindery_model_cost_dollars_total" ["provider", "model"];

    /// Requests to the API, by the pattern of their route, their method, and the class of their status, like `2xx`.
    api_requests: IntCounterVec = "bindery_api_requests_total" ["route", "method", "status"];
    /// The time from a request to the API to the beginning of its answer.
    api_request_seconds: HistogramVec = "bindery_api_request_seconds" ["route", "method"] in QUICK;
    /// Requests to the API that were refused: `no_key`, `not_allowed`, `too_large` or `too_many_requests`.
    api_refused: IntCounterVec = "bindery_api_refused_total" ["reason"];
    /// Bytes of the bodies that the API has sent, by the pattern of the route.
    api_sent_bytes: IntCounterVec = "bindery_api_sent_bytes_total" ["route"];
    /// Event streams of the API that are open now.
    api_streams_open: IntGaugeVec = "bindery_api_streams_open";

    /// Spans by outcome: `sent`, `dropped` because too many were waiting, or `failed` because the collector did not
    /// take them.
    spans: IntCounterVec = "bindery_spans_total" ["outcome"];

    /// 1 where the `broker` or the `store` took a write when it was last tried, 0 where not.
    connected: IntGaugeVec = "bindery_connected" ["to"];
    /// The version of the program.
    build: IntGaugeVec = "bindery_build_info" ["version"];

    /// The resident memory of the process, on Linux.
    process_memory: IntGaugeVec = "process_resident_memory_bytes";
    /// The processor time that the process has used, on Linux.
    process_cpu: CounterVec = "process_cpu_seconds_total";
    /// Files and connections that the process holds open, on Linux.
    process_files: IntGaugeVec = "process_open_fds";
    /// How many files and connections the process may hold open, on Linux.
    process_most_files: IntGaugeVec = "process_max_fds";
    /// When the process started, in seconds since 1970, on Linux.
    process_start: IntGaugeVec = "process_start_time_seconds";
}

/// No label.
pub(super) const NO_LABELS: &[&str] = &[];

/// The gates that a chapter's texts must pass. A plan must pass `structure` alone.
const GATES: [&str; 9] =
    ["empty", "garbled", "language", "length", "meta_talk", "refused", "repetition", "structure", "truncated"];

/// The targets that a section may miss although it passed its gates.
const TARGETS: [&str; 4] = ["coverage", "length", "coverage_and_length", "form"];

/// The most names of models that become labels, since a submission may name any model.
const MODEL_NAMES: usize = 100;

/// The label of all further models, and of what callers may name as they like.
pub(super) const OTHER: &str = "other";

/// The values of a label, of which there are only so many.
#[derive(Default)]
struct BoundedLabel(Mutex<HashSet<String>>);

impl BoundedLabel {
    /// Returns the name as a label, or [`OTHER`] where there are too many names already.
    fn label<'a>(&self, name: &'a str) -> &'a str {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains(name) || (seen.len() < MODEL_NAMES && seen.insert(name.to_owned())) { name } else { OTHER }
    }
}

/// A model as labels.
pub(super) struct ModelLabels {
    pub(super) provider: String,
    pub(super) model: String,
}

impl Metrics {
    /// Sets label values to zero that a person wants to see at zero, or that an alert watches: a rate needs a sample
    /// from before the first increase.
    pub(super) fn with_zeros(self) -> Self {
        for outcome in ["done", "dead"] {
            self.chapters.with_label_values(&[outcome]);
        }
        for reason in ["lease_lapsed", "message_lost", "unpublished", "index"] {
            self.heals.with_label_values(&[reason]);
        }
        for task in ["plan", "write", "bind"] {
            self.parts_kept.with_label_values(&[task]);
            for spent in ["once", "again"] {
                self.part_seconds.with_label_values(&[task, spent]);
            }
            self.tries_failed.with_label_values(&[task, "structure"]);
            for answer in ["done", "busy", "waiting", "not_yet", "solo", "held", "given_up", "closed", "newer"] {
                self.claims.with_label_values(&[task, answer]);
            }
            for end in ["committed", "duplicate", "parked", "drained", "given_up", "lost"] {
                self.leases.with_label_values(&[task, end]);
            }
        }
        for gate in GATES {
            self.tries_failed.with_label_values(&["write", gate]);
        }
        for target in TARGETS {
            self.rewrites.with_label_values(&["write", target]);
        }
        for lane in Lane::ALL {
            self.publish_errors.with_label_values(&[&lane.to_string()]);
        }
        for outcome in ["taken", "refused", "unreachable", "forbidden", "gone"] {
            self.webhook_calls.with_label_values(&[outcome]);
        }
        self.dead_notices.with_label_values(NO_LABELS);
        for operation in ["claim", "renew", "checkpoint", "commit"] {
            self.store_errors.with_label_values(&[operation]);
        }
        for kind in ["emptied", "went_back", "new_master"] {
            self.store_setbacks.with_label_values(&[kind]);
        }
        self
    }

    /// Returns a model's provider and name as labels.
    pub(super) fn model_labels(&self, name: &ModelName) -> ModelLabels {
        match self.models.label(&name.to_string()) {
            OTHER => ModelLabels { provider: OTHER.to_owned(), model: OTHER.to_owned() },
            _ => ModelLabels { provider: name.provider().to_owned(), model: name.model().to_owned() },
        }
    }

    /// Takes over what the system tells of this process.
    fn note(&self, process: &Process) {
        self.process_memory.with_label_values(NO_LABELS).set(process.memory_bytes);
        let cpu = self.process_cpu.with_label_values(NO_LABELS);
        cpu.inc_by((process.cpu_seconds - cpu.get()).max(0.0));
        self.process_files.with_label_values(NO_LABELS).set(process.open_files);
        self.process_most_files.with_label_values(NO_LABELS).set(process.most_files);
        self.process_start.with_label_values(NO_LABELS).set(process.started_at);
    }

    /// Renders all metrics in the text format of Prometheus.
    pub(super) fn render(&self) -> Vec<u8> {
        if let Some(process) = Process::this() {
            self.note(&process);
        }
        let mut text = Vec::new();
        TextEncoder::new()
            .encode(&self.registry.gather(), &mut text)
            .expect("metrics that are defined can be rendered into memory");
        text
    }
}
