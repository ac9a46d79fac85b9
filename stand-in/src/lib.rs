//! The stand-in: the built-in model server for rehearsals, demos, tests and benches.
//!
//! It speaks two real wire protocols, each whole and as a stream: the chat completions of OpenAI at
//! `/v1/chat/completions`, and Anthropic's Messages at `/v1/messages`. It validates requests as the real servers do. It
//! answers the contract at the end of a prompt with placeholder prose, or with JSON of the requested shape.
//!
//! The answer depends only on the seed, the prompt and the try, whose number is in the request header `x-bindery-try`.
//! The exception is a fault that charges no try, such as a rate limit: it is drawn anew each time the try comes again.
//! The stand-in fails on demand in every way in which a model server can: see [`Faults`].
//!
//! At `/stand-in/stats` it reports what it has served, as [`Stats`] in JSON. A silent stream, as in the faults `hang` and
//! `stall`, sends a ping or a comment twice a second, which a client must not take for progress.
//!
//! A call passes through the files like this:
//!
//! 1. `server.rs` routes it.
//! 2. `call.rs` reads it through its `dialect` and chooses a fault (`faults/injector.rs`).
//! 3. `answer.rs` makes the text from the contract, and `prose.rs` from the grammar of the language.
//! 4. `faults/spoil.rs` spoils the text.
//! 5. `delivery.rs` sends it at the pace of `timing.rs`.
//!
//! Each CJK character counts as one token, and so do every four other characters. The prose is English, German, French,
//! Spanish, Japanese or Chinese; every other language gets Latin filler around the points.
//!
//! ```
//! use bindery_stand_in::{Settings, StandIn, Timing};
//!
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! let faults = "rate_limited=0.05,reset=0.01".parse().unwrap();
//! let settings = Settings { timing: Timing::instant(), faults, ..Settings::default() };
//! let stand_in = StandIn::start(settings).await.unwrap();
//! assert!(stand_in.base_url().ends_with("/v1"));
//! assert_eq!(stand_in.stats().calls, 0);
//! stand_in.stop().await;
//! # });
//! ```

mod answer;
mod cache;
mod call;
mod contract;
mod conversation;
mod delivery;
mod dialect;
mod faults;
mod paused_chapters;
mod prose;
mod random;
mod refusal;
mod reply;
mod request;
mod schema;
mod server;
mod settings;
mod stats;
mod timing;
mod tokens;

pub use faults::{Fault, Faults, FaultsError, Match, Rule, UnknownFault};
pub use paused_chapters::PausedChapters;
pub use schema::{Schemas, UnknownSchemas};
pub use server::{StandIn, serve};
pub use settings::Settings;
pub use stats::{Served, Stats};
pub use timing::Timing;
