use super::*;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn breaker() -> (Arc<Breaker>, Instant) {
    let random = fastrand::Rng::with_seed(1);
    let breaker = Breaker::seeded("openai", BreakerSettings::default(), random);
    (breaker, Instant::now())
}

fn limit(seconds: Option<u64>) -> CallError {
    let retry_after = seconds.map(Duration::from_secs);
    CallError::RateLimited { retry_after }
}

fn paused(breaker: &Breaker, now: Instant) -> Duration {
    match breaker.blocked(now) {
        Some(Blocked::Paused { until, .. }) => until,
        None => Duration::ZERO,
        held => panic!("{held:?}"),
    }
}

#[test]
fn pauses_do_not_grow_while_a_part_of_every_wave_is_let_through() {
    let (breaker, mut now) = breaker();
    for _ in 0..20 {
        let (through, refused) = (breaker.enter(now).unwrap(), breaker.enter(now).unwrap());
        refused.failed(&limit(None), now + SECOND / 100);
        through.flows();
        now += 2 * SECOND;
        assert_eq!(paused(&breaker, now), Duration::ZERO);
    }
    for _ in 0..8 {
        breaker.enter(now).unwrap().failed(&limit(None), now + SECOND / 100);
        now += 2 * MINUTE;
    }
    assert_eq!(breaker.state().limits, 9);
}

#[test]
fn one_calls_retry_after_is_a_floor_for_all() {
    let (breaker, now) = breaker();
    let ticket = breaker.enter(now).unwrap();
    ticket.failed(&limit(Some(8)), now);
    for _ in 0..100 {
        let wait = paused(&breaker, now);
        assert!(wait >= 8 * SECOND && wait <= 10 * SECOND, "{wait:?}");
    }
    assert!(breaker.enter(now + 7 * SECOND).is_err());
    assert!(breaker.enter(now + 8 * SECOND).is_ok());
}

#[test]
fn a_shorter_floor_does_not_shorten_a_longer_one() {
    let (breaker, now) = breaker();
    let [first, second] = [(); 2].map(|()| breaker.enter(now).unwrap());
    first.failed(&limit(Some(30)), now);
    second.failed(&limit(Some(2)), now);
    assert!(paused(&breaker, now) >= 30 * SECOND);
}

#[test]
fn an_overloaded_server_that_says_how_long_is_waited_for() {
    let (breaker, now) = breaker();
    let overloaded = CallError::Overloaded { status: 503, retry_after: Some(SECOND) };
    assert!(breaker.enter(now).unwrap().failed(&overloaded, now));
    assert!(paused(&breaker, now) >= SECOND);
}

#[test]
fn failures_in_a_row_without_a_word_from_the_provider_are_an_outage_that_all_wait_out() {
    let (breaker, mut now) = breaker();
    let failures = [
        CallError::Connection("refused".into()),
        CallError::Overloaded { status: 529, retry_after: None },
        CallError::Connection("reset".into()),
    ];
    for round in 0..3 {
        let waits = failures.each_ref().map(|failure| breaker.enter(now).unwrap().failed(failure, now));
        assert_eq!(waits, [false, false, true]);
        let Some(Blocked::Paused { reason, .. }) = breaker.blocked(now) else { panic!("nobody waits") };
        assert_eq!(reason, "the connection failed: reset");
        now += 2 * MINUTE;
        // Whatever else fails: the outage goes on, and the next pause may be longer.
        assert!(breaker.enter(now).unwrap().failed(&failures[0], now));
        assert_eq!(breaker.state().limits, 2);
        now += 2 * MINUTE;
        let word = breaker.enter(now).unwrap();
        if round == 0 {
            word.answered()
        } else {
            word.flows()
        }
        assert_eq!(breaker.blocked(now), None);
    }
}

#[test]
fn refusals_that_come_before_the_others_text_are_no_outage() {
    let (breaker, now) = breaker();
    let refused = CallError::Overloaded { status: 529, retry_after: None };
    let others: Vec<_> = (0..8).map(|_| breaker.enter(now).unwrap()).collect();
    for _ in 0..8 {
        assert!(!breaker.enter(now).unwrap().failed(&refused, now));
    }
    // The ninth in a row, with eight others under way that have brought nothing.
    assert!(breaker.enter(now).unwrap().failed(&refused, now));
    assert!(others.into_iter().all(|other| other.failed(&refused, now)));
    assert_eq!(breaker.state().under_way, 0);
}

#[test]
fn failures_between_which_the_provider_speaks_are_their_calls_own() {
    let (breaker, now) = breaker();
    let cut = CallError::Truncated("cut".into());
    for _ in 0..10 {
        assert!(!breaker.enter(now).unwrap().failed(&CallError::Connection("reset".into()), now));
        breaker.enter(now).unwrap().flows();
        assert!(!breaker.enter(now).unwrap().failed(&CallError::Connection("reset".into()), now));
        assert!(!breaker.enter(now).unwrap().failed(&cut, now));
    }
    assert_eq!(breaker.blocked(now), None);
}

#[test]
fn limits_without_a_time_back_off_and_calls_that_ran_together_count_once() {
    let (breaker, now) = breaker();
    let together: Vec<_> = (0..50).map(|_| breaker.enter(now).unwrap()).collect();
    for ticket in together {
        ticket.failed(&limit(None), now);
    }
    assert_eq!(breaker.state().limits, 1);
    assert!(paused(&breaker, now) <= Backoff::RATE_LIMIT.base * 5 / 4);
    let mut later = now;
    for limits in 2..10 {
        later += 2 * MINUTE;
        breaker.enter(later).unwrap().failed(&limit(None), later);
        assert_eq!(breaker.state().limits, limits);
    }
    breaker.enter(later + 2 * MINUTE).unwrap().answered();
    assert_eq!(breaker.state().limits, 0);
}

#[test]
fn a_floor_of_nothing_still_backs_off() {
    let (breaker, now) = breaker();
    breaker.enter(now).unwrap().failed(&limit(Some(0)), now);
    assert!(paused(&breaker, now) > Duration::ZERO);
}

#[test]
fn a_bad_key_holds_everyone_until_one_probe_is_answered() {
    let (breaker, now) = breaker();
    let early = breaker.enter(now).unwrap();
    let late = breaker.enter(now).unwrap();
    early.failed(&CallError::BadKey("no".into()), now);
    late.answered();
    let held = breaker.blocked(now + SECOND);
    let Some(Blocked::Held { reason, until }) = held else {
        panic!("a call from before the hold must not lift it: {held:?}");
    };
    assert_eq!((reason.as_str(), until), ("the provider rejects the key: no", 59 * SECOND));

    let probe = breaker.enter(now + MINUTE).unwrap();
    assert!(breaker.enter(now + MINUTE).is_err(), "one probe at a time");
    probe.answered();
    assert!(breaker.enter(now + MINUTE).is_ok());
}

#[test]
fn a_probe_that_fails_or_is_dropped_leaves_the_gate_held() {
    let (breaker, now) = breaker();
    let money = CallError::OutOfMoney("empty".into());
    breaker.enter(now).unwrap().failed(&money, now);
    let mut at = now + MINUTE;
    breaker.enter(at).unwrap().failed(&money, at);
    assert!(breaker.enter(at).is_err());
    at += 2 * MINUTE;
    drop(breaker.enter(at).unwrap());
    assert!(matches!(breaker.blocked(now + SECOND), Some(Blocked::Held { .. })));
    assert!(breaker.enter(at + 2 * MINUTE).is_ok());
}
