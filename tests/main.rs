//! Tests of the whole system: the real program runs as processes, and the test serves the model. Each file asks one question.
//!
//! All files are modules of one test program, so what they share is compiled and linked once, and they run in parallel.

#![expect(clippy::unwrap_used, reason = "all functions here are tests or parts of tests, which clippy cannot know")]

mod alerts;
mod api;
mod audit;
mod author_files;
mod budget;
mod capacity;
mod changes;
mod chaos;
mod commands;
mod compose;
mod consent;
mod crash;
mod dashboards;
mod drafts;
mod examples;
mod failover;
mod faults;
mod files;
mod first_calls;
mod fleet;
mod guides;
mod health;
mod helm;
mod import;
mod judging;
mod kubernetes;
mod metrics;
mod order;
mod outlines;
mod page;
mod policies;
mod presets;
mod press;
mod publication;
mod releases;
mod retention;
mod revise;
mod same_book;
mod schemas;
mod stages;
mod stuck;
mod support;
mod topics;
mod traces;
mod upgrade;
mod uploads;
mod warming;
mod webhooks;
