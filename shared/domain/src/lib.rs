//! Plain values that every part of Bindery shares: ids, money, time, digests, lengths, names. Nothing here does I/O.

mod abbreviated;
mod backoff;
mod date;
mod digest;
pub mod duration;
mod id;
mod json;
mod judging;
mod lane;
mod model_name;
mod moment;
mod money;
mod network;
pub mod phrasing;
mod service_url;
mod stage_models;
mod text;
mod tokens;
mod trace_parent;
mod unit;
mod unknown_fields;
mod usage;

pub use self::{
    abbreviated::abbreviated,
    backoff::{Backoff, backoff},
    date::{date, is_date, moment, timestamp, timestamp_to_the_second},
    digest::{Digest, Hashing},
    id::{BookId, TaskId},
    json::{JsonMember, JsonMembers},
    judging::Judging,
    lane::Lane,
    model_name::{ModelName, ModelNameError},
    moment::Moment,
    money::{Micros, MoneyError},
    network::{Network, NetworkError},
    service_url::ServiceUrl,
    stage_models::StageModels,
    text::HashedText,
    tokens::{estimate_tokens, expected_tokens, output_room},
    trace_parent::TraceParent,
    unit::{CHAPTER_LENGTHS, Unit},
    unknown_fields::UnknownFields,
    usage::Usage,
};
