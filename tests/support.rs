//! What the tests share: private folders, a model server, processes, and readers of their results.

mod bench;
mod book;
mod book_events;
mod collector;
mod endpoint;
mod epubcheck;
mod finished_parts;
mod fleet;
mod http;
mod ledger;
mod manifests;
mod model_server;
mod onixcheck;
mod probes;
mod process;
mod reach;
mod snapshot;
mod written;

pub(crate) use self::{
    bench::{Bench, argument, differing, differing_files},
    book::{Book, ExpectedChapter, Sections},
    book_events::BookEvent,
    collector::{Collector, Spanned},
    endpoint::{Endpoint, Notified},
    epubcheck::epubcheck,
    finished_parts::FinishedParts,
    fleet::{Fleet, Ordered, Ordering, Route, brisk},
    http::{Caller, Heard, Reply},
    ledger::{Ledger, PartName},
    manifests::{Manifests, containers, each_object, pod, template},
    model_server::{ModelServer, Subject},
    onixcheck::onixcheck,
    probes::{Answer, Probes},
    process::{Ended, Running},
    reach::{Peer, Port, may_connect},
    snapshot::Snapshot,
    written::{Chapter, Outline, six_chapters, three_chapters, three_chapters_in_rare_words},
};
