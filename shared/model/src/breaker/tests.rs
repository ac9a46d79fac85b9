use super::*;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);

fn breaker() -> (Arc<Breaker>, Instant) {
    let random = fastrand::Rng::with_seed(1);
    let breaker = Breaker::seeded("openai", BreakerSettings::default(), random);
    (breaker, Instant::now())
}

fn limit(seconds: Option<u64>) -> CallErrorKind {
    let retry_after = seconds.map(Duration::from_secs);
    CallErrorKind::RateLimited { retry_after, detail: String::new() }
}

fn backoff(breaker: &Breaker, now: Instant) -> Duration {
    match breaker.blocked(now) {
        Some(Blocked::BackingOff { wait, .. }) => wait,
        None => Duration::ZERO,
        held => panic!("{held:?}"),
    }
}

#[test]
fn backoff_does_not_grow_while_a_part_of_every_wave_is_answered() {
    let (breaker, mut now) = breaker();
    for _ in 0..20 {
        let (through, refused) = (breaker.admit(now).unwrap(), breaker.admit(now).unwrap());
        refused.failed(&limit(None), now + SECOND / 100);
        through.text_began();
        now += 2 * SECOND;
        assert_eq!(backoff(&breaker, now), Duration::ZERO);
    }
    for _ in 0..8 {
        breaker.admit(now).unwrap().failed(&limit(None), now + SECOND / 100);
        now += 2 * MINUTE;
    }
    assert_eq!(breaker.state().limits_in_row, 9);
}

#[test]
fn a_retry_after_to_one_call_makes_all_calls_wait() {
    let (breaker, now) = breaker();
    let call = breaker.admit(now).unwrap();
    call.failed(&limit(Some(8)), now);
    for _ in 0..100 {
        let wait = backoff(&breaker, now);
        assert!(wait >= 8 * SECOND && wait <= 10 * SECOND, "{wait:?}");
    }
    assert!(breaker.admit(now + 7 * SECOND).is_err());
    assert!(breaker.admit(now + 8 * SECOND).is_ok());
}

#[test]
fn a_shorter_retry_after_does_not_shorten_a_longer_one() {
    let (breaker, now) = breaker();
    let [first, second] = [(); 2].map(|()| breaker.admit(now).unwrap());
    first.failed(&limit(Some(30)), now);
    second.failed(&limit(Some(2)), now);
    assert!(backoff(&breaker, now) >= 30 * SECOND);
}

#[test]
fn an_overloaded_server_that_names_a_time_is_waited_for() {
    let (breaker, now) = breaker();
    let overloaded = CallErrorKind::Overloaded { status: 503, retry_after: Some(SECOND), detail: String::new() };
    assert!(breaker.admit(now).unwrap().failed(&overloaded, now));
    assert!(backoff(&breaker, now) >= SECOND);
}

#[test]
fn failures_in_a_row_without_any_answer_are_an_outage_that_all_calls_wait_out() {
    let (breaker, mut now) = breaker();
    let failures = [
        CallErrorKind::Connection("refused".into()),
        CallErrorKind::Overloaded { status: 529, retry_after: None, detail: String::new() },
        CallErrorKind::Connection("reset".into()),
    ];
    for round in 0..3 {
        let waits = failures.each_ref().map(|failure| breaker.admit(now).unwrap().failed(failure, now));
        assert_eq!(waits, [false, false, true]);
        let Some(Blocked::BackingOff { reason, .. }) = breaker.blocked(now) else { panic!("no call waits") };
        assert_eq!(reason, "the connection failed: reset");
        now += 2 * MINUTE;
        // One more failure shows that the outage goes on, and the next backoff may be longer.
        assert!(breaker.admit(now).unwrap().failed(&failures[0], now));
        assert_eq!(breaker.state().limits_in_row, 2);
        now += 2 * MINUTE;
        let answer = breaker.admit(now).unwrap();
        if round == 0 {
            answer.succeeded()
        } else {
            answer.text_began()
        }
        assert_eq!(breaker.blocked(now), None);
    }
}

#[test]
fn refusals_that_come_before_the_text_of_other_calls_are_no_outage() {
    let (breaker, now) = breaker();
    let refused = CallErrorKind::Overloaded { status: 529, retry_after: None, detail: String::new() };
    let others: Vec<_> = (0..8).map(|_| breaker.admit(now).unwrap()).collect();
    for _ in 0..8 {
        assert!(!breaker.admit(now).unwrap().failed(&refused, now));
    }
    // This is the ninth failure in a row, while eight other calls are in flight without any text.
    assert!(breaker.admit(now).unwrap().failed(&refused, now));
    assert!(others.into_iter().all(|other| other.failed(&refused, now)));
    assert_eq!(breaker.state().in_flight, 0);
}

#[test]
fn failures_with_answers_between_them_are_no_outage() {
    let (breaker, now) = breaker();
    let cut = CallErrorKind::Truncated("cut".into());
    for _ in 0..10 {
        assert!(!breaker.admit(now).unwrap().failed(&CallErrorKind::Connection("reset".into()), now));
        breaker.admit(now).unwrap().text_began();
        assert!(!breaker.admit(now).unwrap().failed(&CallErrorKind::Connection("reset".into()), now));
        assert!(!breaker.admit(now).unwrap().failed(&cut, now));
    }
    assert_eq!(breaker.blocked(now), None);
}

#[test]
fn limits_without_a_time_back_off_and_concurrent_calls_count_once() {
    let (breaker, now) = breaker();
    let together: Vec<_> = (0..50).map(|_| breaker.admit(now).unwrap()).collect();
    for call in together {
        call.failed(&limit(None), now);
    }
    assert_eq!(breaker.state().limits_in_row, 1);
    assert!(backoff(&breaker, now) <= Backoff::RATE_LIMIT.base * 5 / 4);
    let mut later = now;
    for limits in 2..10 {
        later += 2 * MINUTE;
        breaker.admit(later).unwrap().failed(&limit(None), later);
        assert_eq!(breaker.state().limits_in_row, limits);
    }
    breaker.admit(later + 2 * MINUTE).unwrap().succeeded();
    assert_eq!(breaker.state().limits_in_row, 0);
}

#[test]
fn a_retry_after_of_zero_still_backs_off() {
    let (breaker, now) = breaker();
    breaker.admit(now).unwrap().failed(&limit(Some(0)), now);
    assert!(backoff(&breaker, now) > Duration::ZERO);
}

#[test]
fn a_bad_key_holds_all_calls_until_a_probe_is_answered() {
    let (breaker, now) = breaker();
    let early = breaker.admit(now).unwrap();
    let late = breaker.admit(now).unwrap();
    early.failed(&CallErrorKind::BadKey("no".into()), now);
    late.succeeded();
    let held = breaker.blocked(now + SECOND);
    let Some(Blocked::Held { reason, wait }) = held else {
        panic!("a call from before the hold must not lift it: {held:?}");
    };
    assert_eq!((reason.as_str(), wait), ("the provider rejects the key: no", 59 * SECOND));

    let probe = breaker.admit(now + MINUTE).unwrap();
    assert!(breaker.admit(now + MINUTE).is_err(), "one probe at a time");
    probe.succeeded();
    assert!(breaker.admit(now + MINUTE).is_ok());
}

#[test]
fn a_probe_that_fails_or_is_dropped_leaves_the_provider_held() {
    let (breaker, now) = breaker();
    let money = CallErrorKind::OutOfMoney("empty".into());
    breaker.admit(now).unwrap().failed(&money, now);
    let mut at = now + MINUTE;
    breaker.admit(at).unwrap().failed(&money, at);
    assert!(breaker.admit(at).is_err());
    at += 2 * MINUTE;
    drop(breaker.admit(at).unwrap());
    assert!(matches!(breaker.blocked(now + SECOND), Some(Blocked::Held { .. })));
    assert!(breaker.admit(at + 2 * MINUTE).is_ok());
}

#[tokio::test]
async fn the_first_text_of_a_probe_wakes_all_calls_that_wait_for_it() {
    let (breaker, now) = breaker();
    breaker.admit(now).unwrap().failed(&CallErrorKind::BadKey("no".into()), now);
    let probe = breaker.admit(now + MINUTE).unwrap();
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let breaker = Arc::clone(&breaker);
            tokio::spawn(async move {
                assert!(matches!(breaker.blocked(now + MINUTE), Some(Blocked::Probing { .. })));
                breaker.probe_ended(Duration::MAX).await;
                breaker.blocked(now + MINUTE)
            })
        })
        .collect();
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    probe.text_began();
    for call in waiting {
        assert_eq!(call.await.unwrap(), None);
    }
    breaker.probe_ended(Duration::MAX).await;
    drop(probe);
    assert_eq!(breaker.blocked(now + MINUTE), None, "a cancelled call that had text is no failed probe");
}

#[tokio::test]
async fn a_failed_probe_wakes_the_calls_that_wait_for_it() {
    let (breaker, now) = breaker();
    breaker.admit(now).unwrap().failed(&CallErrorKind::BadKey("no".into()), now);
    let probe = breaker.admit(now + MINUTE).unwrap();
    let waiting = tokio::spawn({
        let breaker = Arc::clone(&breaker);
        async move { breaker.probe_ended(Duration::MAX).await }
    });
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    probe.failed(&CallErrorKind::BadKey("still no".into()), now + MINUTE);
    waiting.await.unwrap();
    assert!(matches!(breaker.blocked(now + MINUTE), Some(Blocked::Held { .. })));
}
