//! How a process sees that the store has lost what it had stored: after a restart, a failover or a restored snapshot.

use bindery_domain::Moment;

/// What a store shows of its own past. Each process remembers the highest one that it has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    /// The store's id, drawn when it is first used.
    pub store: String,
    /// How often the store was asked for its heartbeat, by all processes together. A store of several servers counts in several
    /// places, since each server may lose writes by itself.
    pub counts: Vec<u64>,
    /// The replication ids of its masters. A master that takes over has another one.
    pub masters: String,
    /// When a process last noted that the store had lost something. Others may have raised the counts since then, so that no
    /// count shows it any more.
    pub lost_at: Option<Moment>,
}

/// What became of a store between two heartbeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setback {
    /// It holds nothing of what it held.
    Emptied,
    /// It holds an earlier state again.
    WentBack,
    /// Another master has taken over. It may lack the last writes of the one before.
    NewMaster,
}

impl Heartbeat {
    /// Returns what became of the store since an earlier heartbeat; `None` where it has simply gone on.
    pub fn setback_since(&self, seen: &Self) -> Option<Setback> {
        if self.store != seen.store {
            Some(Setback::Emptied)
        } else if self.counts.iter().zip(&seen.counts).any(|(now, seen)| now <= seen) || self.tells_of_loss_since(seen)
        {
            Some(Setback::WentBack)
        } else if self.masters != seen.masters {
            Some(Setback::NewMaster)
        } else {
            None
        }
    }

    /// Returns whether another process has noted a loss since an earlier heartbeat.
    pub(crate) fn tells_of_loss_since(&self, seen: &Self) -> bool {
        self.lost_at > seen.lost_at
    }
}

impl Setback {
    /// Returns whether it proves that something was lost.
    pub fn is_loss(self) -> bool {
        self != Self::NewMaster
    }

    /// Returns its name, for metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Emptied => "emptied",
            Self::WentBack => "went_back",
            Self::NewMaster => "new_master",
        }
    }
}

/// How well an accepted book is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Durability {
    /// In memory alone: the store writes nothing to a disk, or only snapshots from time to time.
    Memory,
    /// The store does not tell, as managed ones may not.
    Unknown,
    /// The time after which the store writes to its disk has passed. The store cannot confirm it.
    FlushInterval,
    /// The store has confirmed that it is on its disk.
    Disk,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_lost_something_is_told_from_one_that_goes_on() {
        let beat = |store: &str, count, masters: &str| Heartbeat {
            store: store.into(),
            counts: vec![count],
            masters: masters.into(),
            lost_at: None,
        };
        let seen = beat("a", 7, "x");
        for (now, setback) in [
            (beat("a", 8, "x"), None),
            (beat("a", 8, "y"), Some(Setback::NewMaster)),
            (beat("a", 7, "x"), Some(Setback::WentBack)),
            (beat("a", 3, "y"), Some(Setback::WentBack)),
            (beat("b", 9, "x"), Some(Setback::Emptied)),
        ] {
            assert_eq!(now.setback_since(&seen), setback, "{now:?}");
        }
    }

    #[test]
    fn a_loss_that_others_have_noted_is_a_loss_though_the_counts_have_caught_up() {
        let beat = |count, lost_at: Option<u64>| Heartbeat {
            store: "a".into(),
            counts: vec![count],
            masters: "x".into(),
            lost_at: lost_at.map(Moment),
        };
        assert_eq!(beat(9, Some(5)).setback_since(&beat(7, None)), Some(Setback::WentBack));
        assert_eq!(beat(9, Some(5)).setback_since(&beat(7, Some(4))), Some(Setback::WentBack));
        assert_eq!(beat(9, Some(5)).setback_since(&beat(7, Some(5))), None);
    }

    #[test]
    fn a_loss_of_one_of_several_servers_is_a_loss() {
        let beat = |counts: [u64; 3]| {
            let (store, masters) = ("a".into(), "x y z".into());
            Heartbeat { store, counts: counts.into(), masters, lost_at: None }
        };
        assert_eq!(beat([8, 9, 5]).setback_since(&beat([7, 8, 4])), None);
        assert_eq!(beat([8, 8, 5]).setback_since(&beat([7, 8, 4])), Some(Setback::WentBack));
    }
}
