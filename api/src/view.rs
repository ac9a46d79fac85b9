//! What the API answers with. Each type is also the schema of its JSON.

mod book;
mod chapter;
mod fleet;
mod order;
mod webhook;

pub(crate) use self::{
    book::{BookList, BookSummary, BookView, FileView, PlanView, WhyView, files, summary, view},
    chapter::{ChapterView, ChapterWithText, chapter_view, section_views},
    fleet::{DeadLetterList, FleetView, LaneView, SentAgainView},
    order::{AcceptedView, DryRun, DryRunEstimate, ReadingView, UploadView},
    webhook::{DeadNoticeView, ResentView, WebhookView},
};
