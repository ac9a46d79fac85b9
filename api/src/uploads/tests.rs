use axum::body::Bytes;
use futures_util::{StreamExt as _, stream};

use super::*;

const TIME: Duration = Duration::from_secs(30);

/// Returns a body that comes in pieces of 1 MB.
fn in_pieces(pieces: usize) -> Body {
    let piece = |_| Ok::<_, std::io::Error>(Bytes::from(vec![7; 1_000_000]));
    Body::from_stream(stream::iter(0..pieces).map(piece))
}

fn digest(bytes: usize) -> Digest {
    Digest::of(vec![7; bytes])
}

#[tokio::test]
async fn a_body_is_read_whole_and_must_be_the_one_that_its_address_names() {
    assert_eq!(received(in_pieces(3), &digest(3_000_000), TIME).await.unwrap().len(), 3_000_000);
    let wrong = received(in_pieces(3), &digest(2_000_000), TIME).await.unwrap_err();
    assert!(wrong.detail().contains("the SHA-256 of the body"), "{wrong:?}");
    assert_eq!(received(in_pieces(20), &digest(MAX_UPLOAD), TIME).await.unwrap().len(), MAX_UPLOAD);
}

#[tokio::test]
async fn a_body_without_a_length_is_read_no_further_than_it_may_go() {
    let endless = stream::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from(vec![7; 1_000_000])));
    let refused = received(Body::from_stream(endless), &digest(1), TIME).await.unwrap_err();
    assert!(refused.detail().contains("a file may have 20000000 bytes"), "{refused:?}");
}

#[tokio::test]
async fn a_body_that_stops_is_not_waited_for() {
    let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]);
    let stops = Body::from_stream(begun.chain(stream::pending()));
    let refused = received(stops, &digest(1), Duration::from_millis(10)).await.unwrap_err();
    assert!(refused.detail().contains("send it faster"), "{refused:?}");
}
