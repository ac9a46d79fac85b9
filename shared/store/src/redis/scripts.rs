//! The scripts. Redis runs each of them as one atomic step.

use std::sync::LazyLock;

use redis::{Cmd, ErrorKind, FromRedisValue, RedisResult, ServerErrorKind};

use super::link::{Answered, Link};

pub(super) static READ: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("read.lua")));
pub(super) static WHOLE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("whole.lua")));
pub(super) static APPLY: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("apply.lua")));
pub(super) static RESERVE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("reserve.lua")));
pub(super) static SHED: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("shed.lua")));
pub(super) static MARK_PUBLISHED: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("mark_published.lua")));
pub(super) static CORRECT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("correct.lua")));
pub(super) static REPLACE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("replace.lua")));
pub(super) static REPLACE_FIELD: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("replace_field.lua")));
pub(super) static ADD_NOTICES: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("add_notices.lua")));
pub(super) static REPLACE_NOTICE: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("replace_notice.lua")));
pub(super) static TAKE_DUE_NOTICES: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("take_due_notices.lua")));
pub(super) static ADD_LIVE_TEXTS: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("add_live_texts.lua")));
pub(super) static END_LIVE_TEXTS: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("end_live_texts.lua")));
pub(super) static HEAR_LIVE_TEXTS: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("hear_live_texts.lua")));
pub(super) static TAKE_LEADER_LOCK: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("take_leader_lock.lua")));

pub(super) struct Script {
    text: &'static str,
    hash: String,
}

impl Script {
    fn new(text: &'static str) -> Self {
        Self { text, hash: redis::Script::new(text).get_hash().to_owned() }
    }
}

/// A script with its keys and arguments.
pub(super) struct Call<'a> {
    pub(super) script: &'a Script,
    pub(super) keys: Vec<String>,
    pub(super) args: Vec<Vec<u8>>,
}

impl Call<'_> {
    /// Runs the script on the server of its keys, and then the following commands. A server that does not know the script, as
    /// after a restart, is sent its text. Only that server is, since another node of a cluster may be down.
    pub(super) async fn run<T: FromRedisValue>(&self, link: &mut Link, following: &[Cmd]) -> RedisResult<Answered<T>> {
        let Self { script, keys, args } = self;
        let command = |name: &str, named: &str| {
            let mut command = Cmd::with_capacity(3 + keys.len() + args.len(), script.text.len());
            command.arg(name).arg(named).arg(keys.len()).arg(keys).arg(args);
            command
        };
        let answered = match link.first(command("EVALSHA", &script.hash), following).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                link.first(command("EVAL", script.text), following).await
            }
            outcome => outcome,
        };
        let Answered { answer, followed } = answered?;
        Ok(Answered { answer: redis::from_redis_value(answer)?, followed })
    }
}
