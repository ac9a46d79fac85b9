//! The scripts. Redis runs each as one step; the client sends a script's text when the server has forgotten it.

use std::sync::LazyLock;

use redis::Script;

pub(super) static READ: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("read.lua")));
pub(super) static WHOLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("whole.lua")));
pub(super) static APPLY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("apply.lua")));
pub(super) static SHED: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("shed.lua")));
pub(super) static TOLD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("told.lua")));
pub(super) static CORRECT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("correct.lua")));
pub(super) static LEAD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("lead.lua")));
