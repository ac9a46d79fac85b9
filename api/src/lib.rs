//! The HTTP API. It reads the store and the files, publishes submissions to the queue, and keeps nothing of its own, so that any
//! number of processes may serve it.
//!
//! `operations` is the table of everything that can be asked. The routes and the OpenAPI document are both made
//! from it.

mod actions;
mod book;
mod books;
mod bulk;
mod chapters;
mod documents;
mod edition;
mod events;
mod extract;
mod feed;
mod files;
mod fleet;
mod guard;
mod import;
mod key_watch;
mod openapi;
mod operations;
mod orders;
mod page;
mod plan;
mod problem;
mod proxy;
mod rate;
mod reception;
mod serve;
mod service;
mod session;
mod streams;
mod uploads;
mod versions;
mod view;
mod webhooks;

pub use self::{
    documents::{DocumentError, DocumentReader},
    openapi::document,
    proxy::TrustedProxy,
    reception::{Estimate, EstimatedCost, ReadOrder, Reception, ReceptionError},
    serve::{Api, ApiError},
    service::{Access, Service, Settings},
};
