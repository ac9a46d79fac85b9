//! The stand-in: the built-in model server for rehearsals, demos, tests and benches.
//!
//! It speaks the real wire protocols, the chat completions of OpenAI at `/v1/chat/completions` and Anthropic's Messages
//! at `/v1/messages`, whole and as a stream, validates requests as the real servers do, and answers the contract that
//! ends a prompt with placeholder prose or JSON of the shape asked for. What it answers depends on nothing but the
//! seed, the prompt and the try, which the request header `x-bindery-try` tells. Only what puts a try off, such as a
//! rate limit, is drawn anew each time the try comes again. It fails on demand in every way a
//! model server can: see [`Faults`].
//!
//! What it has served is told at `/stand-in/stats`, as [`Stats`] in JSON. A stream with nothing to say, as in the faults
//! `hang` and `stall`, sends a ping or a comment twice a second, which a client must not take for progress.
//!
//! A call goes through the files like this: `server.rs` routes it; `call.rs` reads it through its `dialect`, chooses a
//! fault (`faults/injector.rs`), makes the text (`answer.rs` from the contract, `prose.rs` from the grammar of the
//! language), spoils it (`faults/spoil.rs`); and `delivery.rs` sends it at the pace of `timing.rs`.
//!
//! Tokens are counted as one for each CJK character and one for every four other characters. Prose is English, German,
//! French, Spanish, Japanese or Chinese; every other language gets Latin filler around the points.
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
mod ask;
mod cache;
mod call;
mod contract;
mod conversation;
mod delivery;
mod dialect;
mod draw;
mod faults;
mod prose;
mod refusal;
mod server;
mod settings;
mod stats;
mod timing;
mod tokens;
mod turnstile;

pub use faults::{Fault, Faults, FaultsError, Match, Rule, UnknownFault};
pub use server::{StandIn, serve};
pub use settings::Settings;
pub use stats::{Served, Stats};
pub use timing::Timing;
pub use turnstile::Turnstile;
