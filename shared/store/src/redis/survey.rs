//! What the masters report about themselves: whether they may lose data, and how full they are.

use futures_util::future;
use redis::{FromRedisValue, InfoDict};

use super::{connect::Connections, link::OfMaster};
use crate::StoreError;

/// What every master reports about its memory and its persistence.
pub(super) struct Survey {
    masters: Vec<Master>,
}

struct Master {
    /// The master's address; `None` where there is only one server.
    node: Option<String>,
    info: InfoDict,
    save: Option<String>,
}

impl Survey {
    pub(super) async fn take(connections: &Connections) -> Result<Self, StoreError> {
        // Managed servers often forbid reading their settings. The survey then uses INFO alone.
        let mut ask = redis::cmd("CONFIG");
        ask.arg("GET").arg("save");
        let settings = async { Ok(connections.masters(&ask).await.unwrap_or_default()) };
        let (answers, settings) = future::try_join(infos(connections, None), settings).await?;
        // A server that shows its settings, even that it takes no snapshots, answers with the name and the value.
        let save = |node: &Option<String>| {
            let pair = &settings.iter().find(|other| other.node == *node)?.answer;
            redis::from_redis_value::<Vec<String>>(pair.clone()).ok()?.into_iter().nth(1)
        };
        let masters =
            answers.into_iter().map(|OfMaster { node, answer: info }| Master { save: save(&node), node, info });
        Ok(Self { masters: masters.collect() })
    }

    /// Returns what to type if a master may drop keys; `None` where no master does.
    pub(super) fn evicts(&self) -> Option<String> {
        self.masters.iter().find_map(|master| master.evicts().map(|fault| master.named(&fault)))
    }

    /// Returns what the masters do not tell.
    pub(super) fn unknown(&self) -> Vec<String> {
        if self.masters.is_empty() {
            return vec!["it tells nothing of its eviction policy, its memory and its disk (INFO)".to_owned()];
        }
        let named = |master: &Master| master.unknown().into_iter().map(|gap| master.named(gap)).collect::<Vec<_>>();
        self.masters.iter().flat_map(named).collect()
    }

    /// Returns all faults of the masters.
    pub(super) fn faults(&self) -> Vec<String> {
        self.masters.iter().flat_map(|master| master.faults().into_iter().map(|fault| master.named(&fault))).collect()
    }
}

impl Master {
    fn named(&self, fault: &str) -> String {
        self.node.as_ref().map_or_else(|| fault.to_owned(), |node| format!("of its node {node}, {fault}"))
    }

    /// Returns which files the server could not write to its disk. It then refuses writes, unless its settings say otherwise.
    fn unwritten(&self) -> Vec<String> {
        let files = [("rdb_last_bgsave_status", "snapshot"), ("aof_last_write_status", "append-only file")];
        let failed = files.into_iter().filter(|(field, _)| self.info.get::<String>(field).as_deref() == Some("err"));
        let told = |(field, file)| {
            format!(
                "it could not write its {file} ({field}:err), so it may refuse all writes; its log says why, and mostly \
                 its disk is full: make room and type `redis-cli BGSAVE`"
            )
        };
        failed.map(told).collect()
    }

    fn evicts(&self) -> Option<String> {
        let policy: String = self.info.get("maxmemory_policy")?;
        // The policies `volatile-*` drop only keys with a time to live. No key that holds a part of a book has one.
        let fault = format!("its maxmemory-policy is `{policy}`, which drops parts of books when memory runs short");
        let remedy = match self.save {
            Some(_) => {
                "type `redis-cli CONFIG SET maxmemory-policy noeviction` and write the same into its configuration"
            }
            None => "set it to `noeviction` in the settings of the service",
        };
        (policy != "noeviction" && !policy.starts_with("volatile-")).then(|| format!("{fault}; {remedy}"))
    }

    /// Returns whether the server keeps an append-only file. One that loads its file reports it as disabled meanwhile.
    fn appends(&self) -> bool {
        ["aof_enabled", "loading"].iter().any(|field| self.info.get::<u8>(field) == Some(1))
    }

    fn unknown(&self) -> Vec<&'static str> {
        let mut gaps = Vec::new();
        if self.info.get::<String>("maxmemory_policy").is_none() {
            gaps.push("its eviction policy is not known");
        }
        match self.info.get::<u64>("maxmemory") {
            None => gaps.push("the limit of its memory is not known"),
            // Nobody can set a limit on a server that hides its settings. The service may have one of its own.
            Some(0) if self.save.is_none() => gaps.push("it names no limit of its memory"),
            Some(_) => {}
        }
        if self.save.is_none() && !self.appends() {
            gaps.push("it has no append-only file and does not show its settings, so what it keeps is not known");
        }
        gaps
    }

    fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = self.unwritten().into_iter().chain(self.evicts()).collect();
        // A service that hides its settings may keep its data in another way.
        if let (Some(save), false) = (&self.save, self.appends()) {
            let loss = match save.is_empty() {
                false => "it keeps snapshots alone, so a crash loses all books and chapters since the last one",
                true => "it keeps nothing on disk, so a restart loses all books",
            };
            faults.push(format!(
                "{loss}; type `redis-cli CONFIG SET appendonly yes` and write the same into its configuration"
            ));
        }
        if self.save.is_some() && self.info.get::<u64>("maxmemory") == Some(0) {
            faults.push(
                "its maxmemory is not set, so submissions cannot be held back before memory runs out; type \
                 `redis-cli CONFIG SET maxmemory 1gb` with what the machine can spare"
                    .to_owned(),
            );
        }
        faults
    }
}

/// Returns the share of its memory that the fullest master uses, since any master may get the next book; `None` where no
/// master has a limit.
pub(super) async fn fullest(connections: &Connections) -> Result<Option<f64>, StoreError> {
    let shares = infos(connections, None).await?.into_iter().filter_map(|master| share(&master.answer));
    Ok(shares.max_by(f64::total_cmp))
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no more digits than a double has")]
fn share(info: &InfoDict) -> Option<f64> {
    let limit: u64 = info.get("maxmemory").filter(|limit| *limit > 0)?;
    let used: u64 = info.get("used_memory")?;
    Some(used as f64 / limit as f64)
}

/// Returns the id of a master's line of writes.
pub(super) fn replication_id(info: &InfoDict) -> String {
    info.get("master_replid").unwrap_or_default()
}

/// Asks all masters about themselves, or about one section of what they report. The answer is empty where they tell nothing.
pub(super) async fn infos(
    connections: &Connections,
    section: Option<&str>,
) -> Result<Vec<OfMaster<InfoDict>>, StoreError> {
    let mut ask = redis::cmd("INFO");
    ask.arg(section);
    let answers = match connections.masters(&ask).await {
        Err(StoreError::NotAllowed(_)) => return Ok(Vec::new()),
        answers => answers?,
    };
    let read = |OfMaster { node, answer }| match InfoDict::from_redis_value(answer) {
        Ok(info) => Ok(OfMaster { node, answer: info }),
        Err(error) => Err(StoreError::Failed(error.to_string())),
    };
    answers.into_iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(aof: u8, loading: u8, save: &str) -> Vec<String> {
        let info = format!("aof_enabled:{aof}\nloading:{loading}\nmaxmemory:1000\nmaxmemory_policy:noeviction\n");
        Master { node: None, info: InfoDict::new(&info), save: Some(save.to_owned()) }.faults()
    }

    /// Returns a master that hides its settings.
    fn managed(info: &str) -> Master {
        Master { node: None, info: InfoDict::new(info), save: None }
    }

    #[test]
    fn a_policy_that_spares_keys_without_a_time_to_live_is_accepted() {
        for (policy, accepted) in [("noeviction", true), ("volatile-lru", true), ("volatile-ttl", true)]
            .into_iter()
            .chain([("allkeys-lru", false), ("allkeys-random", false)])
        {
            let master = managed(&format!("maxmemory_policy:{policy}\n"));
            assert_eq!(master.evicts().is_none(), accepted, "{policy}");
        }
    }

    #[test]
    fn a_server_that_cannot_write_its_files_is_reported_with_the_field_that_says_so() {
        let of = |bgsave: &str, write: &str| {
            let info = format!("rdb_last_bgsave_status:{bgsave}\naof_last_write_status:{write}\n");
            managed(&info).faults()
        };
        assert_eq!(of("ok", "ok"), [""; 0]);
        let both = of("err", "err");
        let [snapshot, log] = &both[..] else { panic!("{both:?}") };
        assert!(snapshot.contains("snapshot (rdb_last_bgsave_status:err)"), "{snapshot}");
        assert!(log.contains("append-only file (aof_last_write_status:err)"), "{log}");
    }

    #[test]
    fn a_server_that_hides_its_settings_is_not_told_to_change_them() {
        let hidden = managed("aof_enabled:1\nmaxmemory:0\nmaxmemory_policy:noeviction\n");
        assert_eq!(hidden.faults(), [""; 0]);
        assert_eq!(hidden.unknown(), ["it names no limit of its memory"]);
        let evicts = managed("maxmemory_policy:allkeys-lru\n").evicts().unwrap();
        assert!(evicts.contains("settings of the service") && !evicts.contains("CONFIG SET"), "{evicts}");
        let info = InfoDict::new("maxmemory:0\nmaxmemory_policy:noeviction\naof_enabled:1\n");
        let open = Master { node: None, info, save: Some(String::new()) };
        assert!(matches!(&open.faults()[..], [one] if one.contains("CONFIG SET maxmemory")), "{:?}", open.faults());
        assert_eq!(open.unknown(), [""; 0]);
    }

    #[test]
    fn what_a_managed_server_hides_is_unknown_and_no_fault() {
        let master = managed("aof_enabled:0\nmaxmemory:1000\nmaxmemory_policy:volatile-lru\n");
        assert_eq!(master.faults(), [""; 0]);
        assert!(matches!(&master.unknown()[..], [one] if one.contains("what it keeps is not known")));
        assert_eq!(managed("redis_version:7.2\n").unknown().len(), 3);
        let open = managed("aof_enabled:1\nmaxmemory:1000\nmaxmemory_policy:noeviction\n");
        assert_eq!(open.unknown(), [""; 0]);
        assert_eq!(Survey { masters: Vec::new() }.unknown().len(), 1);
    }

    #[test]
    fn a_server_that_loads_its_append_only_file_is_not_said_to_keep_nothing() {
        assert_eq!(faults(0, 1, ""), [""; 0]);
        assert_eq!(faults(1, 0, ""), [""; 0]);
    }

    #[test]
    fn a_server_that_keeps_snapshots_alone_is_reported_with_what_a_crash_loses() {
        let faults = faults(0, 0, "3600 1");
        assert!(matches!(&faults[..], [one] if one.starts_with("it keeps snapshots alone")), "{faults:?}");
    }
}
