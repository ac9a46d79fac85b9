//! Tests of the dead letters, on a queue in memory.

use std::sync::Arc;

use bindery_queue::Access;

use super::*;

const PATIENCE: Duration = Duration::from_secs(10);

fn letter(headers: &[(&str, &str)]) -> Message {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Message { headers: headers.collect(), ..Message::default() }
}

/// Makes a queue in which these messages became dead letters, each from the lane that is named with it.
async fn queue(dead: &[(&str, Lane)]) -> Arc<dyn Queue> {
    let queue = bindery_queue::connect(&Access::new("local:")).await.unwrap();
    for (id, lane) in dead {
        queue.publish(&(*lane).into(), Message::new(*id, b"?".to_vec())).await.unwrap();
        let mut consumer = queue.consume(*lane, 1).await.unwrap();
        let reason = format!("nobody can read {id}");
        consumer.next().await.unwrap().settle(Verdict::DeadLetter { reason }).await.unwrap();
    }
    queue
}

#[test]
fn a_letter_goes_back_to_its_lane_only_where_its_sender_is_proven() {
    assert_eq!(destination(&letter(&[(DEAD_LANE, "submissions")])).unwrap(), Lane::Submissions);
    assert_eq!(destination(&letter(&[(DEAD_LANE, "chapters"), (UNPROVEN_SENDER, "ada")])).unwrap(), Lane::Chapters);
    let unproven = destination(&letter(&[(DEAD_LANE, "submissions"), (UNPROVEN_SENDER, "ada")])).unwrap_err();
    assert!(unproven.to_string().contains("ada"), "{unproven}");
    destination(&letter(&[(DEAD_LANE, "submissions"), (DEAD_SIZE, "10000000")])).unwrap_err();
    for stray in ["", "dead", "elsewhere"] {
        destination(&letter(&[(DEAD_LANE, stray)])).unwrap_err();
    }
}

#[tokio::test]
async fn a_letter_is_sent_to_its_own_lane_again_and_the_others_are_handed_back() {
    let queue = queue(&[("a", Lane::Chapters), ("b", Lane::Plans)]).await;
    let mut letters = DeadLetters::take(&*queue, PATIENCE).await.unwrap();
    let origins: Vec<_> =
        letters.messages().map(DeadLetterOrigin::of).map(|origin| (origin.lane, origin.reason)).collect();
    assert_eq!(origins, [("chapters", "nobody can read a"), ("plans", "nobody can read b")]);
    let sent = letters.send_again(&*queue, Some("a")).await.unwrap();
    let [SentAgain { id, sender: None, sent: Ok(Lane::Chapters) }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(id, "a");
    letters.hand_back(&*queue).await.unwrap();
    let depth = async |lane| queue.depth(lane).await.unwrap();
    assert_eq!((depth(Lane::Chapters).await, depth(Lane::Dead).await, depth(Lane::Plans).await), (1, 1, 0));
}

#[tokio::test]
async fn a_letter_that_is_not_there_is_named_and_all_go_back() {
    let queue = queue(&[("a", Lane::Chapters)]).await;
    let mut letters = DeadLetters::take(&*queue, PATIENCE).await.unwrap();
    let error = letters.send_again(&*queue, Some("z")).await.unwrap_err();
    assert_eq!(error.to_string(), "no dead letter is called `z`");
    assert_eq!(letters.remove(None).await.unwrap(), 1);
    letters.hand_back(&*queue).await.unwrap();
    assert_eq!(queue.depth(Lane::Dead).await.unwrap(), 0);
}
