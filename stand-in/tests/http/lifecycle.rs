//! The statistics, the pace, and the end of a stand-in.

use std::time::{Duration, Instant};

use bindery_stand_in::{Fault, Faults, PausedChapters, Rule, Settings, Stats, Timing, serve};
use tokio::{net::TcpListener, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::client::{
    Stream, chat, complete, complete_try, document, events, http, instant, prompt, section, start, written,
};

#[tokio::test]
async fn calls_are_counted_by_their_subject() {
    let stand_in = instant(Faults::none()).await;
    let body = chat(&prompt(&section(2)));
    let mut used = (0, 0);
    for attempt in [1, 1, 2] {
        let events = events(complete_try(&stand_in, &body, attempt).await).await;
        let usage = events[events.len() - 2].json()["usage"].take();
        used.0 += usage["prompt_tokens"].as_u64().unwrap();
        used.1 += usage["completion_tokens"].as_u64().unwrap();
    }
    let stats = stand_in.stats();
    assert_eq!((stats.input_tokens, stats.output_tokens), used);
    events(complete(&stand_in, &chat("Hello.")).await).await;
    let stats = stand_in.stats();
    assert_eq!((stats.calls, stats.completed, stats.in_flight), (4, 4, 0));
    assert_eq!((stats.by_task["section"], stats.by_task["chat"]), (3, 1));
    let sections: Vec<_> = stats
        .served
        .iter()
        .filter(|served| served.task == "section")
        .map(|served| (served.chapter, served.section, served.attempt, served.calls))
        .collect();
    assert_eq!(sections, [(Some(3), Some(2), 1, 2), (Some(3), Some(2), 2, 1)]);
}

#[tokio::test]
async fn the_statistics_are_served_as_json() {
    let stand_in = instant("cut=1".parse().unwrap()).await;
    events(complete(&stand_in, &chat("Hello.")).await).await;
    let url = stand_in.base_url().replace("/v1", "/stand-in/stats");
    let served = document(http().get(url).send().await.unwrap()).await;
    let stats: Stats = serde_json::from_value(served).unwrap();
    assert_eq!(stats, stand_in.stats());
    assert_eq!(stats.by_fault["cut"], 1);
    assert_eq!((stats.calls, stats.completed), (1, 0));
}

#[tokio::test]
async fn a_call_is_in_flight_until_its_client_leaves() {
    let stand_in = instant(Faults::none().with_rule(Rule::always(Fault::Hang))).await;
    let first = complete(&stand_in, &chat("Hello.")).await;
    let second = complete(&stand_in, &chat("Hello.")).await;
    assert_eq!(stand_in.stats().in_flight, 2);
    drop((first, second));
    // The server notices it when it writes the next sign of life.
    while stand_in.stats().in_flight > 0 {
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(stand_in.stats().peak_in_flight, 2);
}

#[tokio::test]
async fn prompts_are_kept_only_where_the_settings_say_so() {
    let silent = instant(Faults::none()).await;
    events(complete(&silent, &chat("Hello.")).await).await;
    assert!(silent.prompts().is_empty());
    let recording = start(Settings { timing: Timing::instant(), record_prompts: true, ..Settings::default() }).await;
    events(complete(&recording, &chat("Hello.")).await).await;
    assert_eq!(recording.prompts(), ["The book.\n\nHello."]);
}

#[tokio::test]
async fn a_paced_stream_is_slower_and_has_the_same_text() {
    let paced = start(Settings {
        timing: Timing {
            first_token: Duration::from_millis(100),
            sigma: 0.0,
            tokens_per_second: Some(2000.0),
            spread: 0.0,
        },
        ..Settings::default()
    })
    .await;
    let begun = Instant::now();
    let text = written(&paced, &section(1)).await;
    let tokens = text.chars().count() as f64 / 4.0;
    let least = Duration::from_millis(100) + Duration::from_secs_f64((tokens - 1.0) / 2000.0);
    assert!(begun.elapsed() >= least, "{:?}", begun.elapsed());
    assert_eq!(text, written(&instant(Faults::none()).await, &section(1)).await);
}

#[tokio::test]
async fn stopping_breaks_off_streams_and_refuses_new_ones() {
    let stand_in = instant(Faults::none().with_rule(Rule::always(Fault::Stall))).await;
    let url = stand_in.base_url();
    let mut stream = Stream::of(complete(&stand_in, &chat(&prompt(&section(1)))).await);
    stream.next().await.unwrap().expect("the stream begins");
    stand_in.stop().await;
    assert!(!stream.rest().await.is_clean);
    assert!(http().get(format!("{url}/models")).send().await.is_err());
}

#[tokio::test]
async fn a_listener_is_served_until_the_token_is_cancelled() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/models", listener.local_addr().unwrap());
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, Settings::default(), shutdown.clone()));
    assert_eq!(http().get(url).send().await.unwrap().status(), 200);
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_calls_of_a_paused_chapter_are_held_back_until_it_is_resumed() {
    let paused_chapters = PausedChapters::new([3]);
    let settings =
        Settings { timing: Timing::instant(), paused_chapters: Some(paused_chapters.clone()), ..Settings::default() };
    let stand_in = start(settings).await;
    let (held, free) = (chat(&prompt(&section(1))), chat("Hello."));
    let (answered, ()) = tokio::join!(complete(&stand_in, &held), async {
        events(complete(&stand_in, &free).await).await;
        let stats = stand_in.wait_for(|stats| stats.calls == 2).await;
        assert_eq!((stats.completed, stats.in_flight), (1, 1));
        paused_chapters.resume(3);
    });
    assert!(!events(answered).await.is_empty());
    assert_eq!(stand_in.stats().completed, 2);
}
