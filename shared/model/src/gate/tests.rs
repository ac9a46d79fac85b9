use super::*;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn gate() -> (Arc<Gate>, Instant) {
    let random = fastrand::Rng::with_seed(1);
    let gate = Gate::seeded("openai", GateSettings::default(), random);
    (gate, Instant::now())
}

fn limit(seconds: Option<u64>) -> CallError {
    let retry_after = seconds.map(Duration::from_secs);
    CallError::RateLimited { retry_after }
}

fn paused(gate: &Gate, now: Instant) -> Duration {
    match gate.blocked(now) {
        Some(Blocked::Paused { until, .. }) => until,
        None => Duration::ZERO,
        held => panic!("{held:?}"),
    }
}

#[test]
fn pauses_do_not_grow_while_a_part_of_every_wave_is_let_through() {
    let (gate, mut now) = gate();
    for _ in 0..20 {
        let (through, refused) = (gate.enter(now).unwrap(), gate.enter(now).unwrap());
        refused.failed(&limit(None), now + SECOND / 100);
        through.flows();
        now += 2 * SECOND;
        assert_eq!(paused(&gate, now), Duration::ZERO);
    }
    for _ in 0..8 {
        gate.enter(now).unwrap().failed(&limit(None), now + SECOND / 100);
        now += 2 * MINUTE;
    }
    assert_eq!(gate.state().limits, 9);
}

#[test]
fn one_calls_retry_after_is_a_floor_for_all() {
    let (gate, now) = gate();
    let ticket = gate.enter(now).unwrap();
    ticket.failed(&limit(Some(8)), now);
    for _ in 0..100 {
        let wait = paused(&gate, now);
        assert!(wait >= 8 * SECOND && wait <= 10 * SECOND, "{wait:?}");
    }
    assert!(gate.enter(now + 7 * SECOND).is_err());
    assert!(gate.enter(now + 8 * SECOND).is_ok());
}

#[test]
fn a_shorter_floor_does_not_shorten_a_longer_one() {
    let (gate, now) = gate();
    let [first, second] = [(); 2].map(|()| gate.enter(now).unwrap());
    first.failed(&limit(Some(30)), now);
    second.failed(&limit(Some(2)), now);
    assert!(paused(&gate, now) >= 30 * SECOND);
}

#[test]
fn an_overloaded_server_that_says_how_long_is_waited_for() {
    let (gate, now) = gate();
    let overloaded = CallError::Overloaded { status: 503, retry_after: Some(SECOND) };
    assert!(gate.enter(now).unwrap().failed(&overloaded, now));
    assert!(paused(&gate, now) >= SECOND);
}

#[test]
fn failures_in_a_row_without_a_word_from_the_provider_are_an_outage_that_all_wait_out() {
    let (gate, mut now) = gate();
    let failures = [
        CallError::Connection("refused".into()),
        CallError::Overloaded { status: 529, retry_after: None },
        CallError::Connection("reset".into()),
    ];
    for round in 0..3 {
        let waits = failures.each_ref().map(|failure| gate.enter(now).unwrap().failed(failure, now));
        assert_eq!(waits, [false, false, true]);
        let Some(Blocked::Paused { reason, .. }) = gate.blocked(now) else { panic!("nobody waits") };
        assert_eq!(reason, "the connection failed: reset");
        now += 2 * MINUTE;
        // Whatever else fails: the outage goes on, and the next pause may be longer.
        assert!(gate.enter(now).unwrap().failed(&failures[0], now));
        assert_eq!(gate.state().limits, 2);
        now += 2 * MINUTE;
        let word = gate.enter(now).unwrap();
        if round == 0 {
            word.answered()
        } else {
            word.flows()
        }
        assert_eq!(gate.blocked(now), None);
    }
}

#[test]
fn refusals_that_come_before_the_others_text_are_no_outage() {
    let (gate, now) = gate();
    let refused = CallError::Overloaded { status: 529, retry_after: None };
    let others: Vec<_> = (0..8).map(|_| gate.enter(now).unwrap()).collect();
    for _ in 0..8 {
        assert!(!gate.enter(now).unwrap().failed(&refused, now));
    }
    // The ninth in a row, with eight others under way that have brought nothing.
    assert!(gate.enter(now).unwrap().failed(&refused, now));
    assert!(others.into_iter().all(|other| other.failed(&refused, now)));
    assert_eq!(gate.state().under_way, 0);
}

#[test]
fn failures_between_which_the_provider_speaks_are_their_calls_own() {
    let (gate, now) = gate();
    let cut = CallError::Truncated("cut".into());
    for _ in 0..10 {
        assert!(!gate.enter(now).unwrap().failed(&CallError::Connection("reset".into()), now));
        gate.enter(now).unwrap().flows();
        assert!(!gate.enter(now).unwrap().failed(&CallError::Connection("reset".into()), now));
        assert!(!gate.enter(now).unwrap().failed(&cut, now));
    }
    assert_eq!(gate.blocked(now), None);
}

#[test]
fn limits_without_a_time_back_off_and_calls_that_ran_together_count_once() {
    let (gate, now) = gate();
    let together: Vec<_> = (0..50).map(|_| gate.enter(now).unwrap()).collect();
    for ticket in together {
        ticket.failed(&limit(None), now);
    }
    assert_eq!(gate.state().limits, 1);
    assert!(paused(&gate, now) <= Backoff::RATE_LIMIT.base * 5 / 4);
    let mut later = now;
    for limits in 2..10 {
        later += 2 * MINUTE;
        gate.enter(later).unwrap().failed(&limit(None), later);
        assert_eq!(gate.state().limits, limits);
    }
    gate.enter(later + 2 * MINUTE).unwrap().answered();
    assert_eq!(gate.state().limits, 0);
}

#[test]
fn a_floor_of_nothing_still_backs_off() {
    let (gate, now) = gate();
    gate.enter(now).unwrap().failed(&limit(Some(0)), now);
    assert!(paused(&gate, now) > Duration::ZERO);
}

#[test]
fn a_bad_key_holds_everyone_until_one_probe_is_answered() {
    let (gate, now) = gate();
    let early = gate.enter(now).unwrap();
    let late = gate.enter(now).unwrap();
    early.failed(&CallError::BadKey("no".into()), now);
    late.answered();
    let held = gate.blocked(now + SECOND);
    let Some(Blocked::Held { reason, until }) = held else {
        panic!("a call from before the hold must not lift it: {held:?}");
    };
    assert_eq!((reason.as_str(), until), ("the provider rejects the key: no", 59 * SECOND));

    let probe = gate.enter(now + MINUTE).unwrap();
    assert!(gate.enter(now + MINUTE).is_err(), "one probe at a time");
    probe.answered();
    assert!(gate.enter(now + MINUTE).is_ok());
}

#[test]
fn a_probe_that_fails_or_is_dropped_leaves_the_gate_held() {
    let (gate, now) = gate();
    let money = CallError::OutOfMoney("empty".into());
    gate.enter(now).unwrap().failed(&money, now);
    let mut at = now + MINUTE;
    gate.enter(at).unwrap().failed(&money, at);
    assert!(gate.enter(at).is_err());
    at += 2 * MINUTE;
    drop(gate.enter(at).unwrap());
    assert!(matches!(gate.blocked(now + SECOND), Some(Blocked::Held { .. })));
    assert!(gate.enter(at + 2 * MINUTE).is_ok());
}
