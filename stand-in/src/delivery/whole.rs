//! Sends a reply as one JSON document.

use std::future::pending;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream::{StreamExt, iter, once};
use tokio::{task::yield_now, time::sleep};

use super::{Broken, Delivery, Piece, trouble};
use crate::{
    dialect,
    faults::{Interruption, Mishap},
};

/// Sends a reply once all of it is written, or breaks the connection if the server stops before.
pub(crate) async fn whole(delivery: Delivery) -> Response {
    let shutdown = delivery.shutdown.clone();
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Response::new(Body::from_stream(iter([Piece::Err(Broken)]))),
        response = written(delivery) => response,
    }
}

async fn written(delivery: Delivery) -> Response {
    if delivery.mishap == Some(Mishap::Hang) {
        pending::<()>().await;
    }
    let output = delivery.reply.usage.output;
    sleep(delivery.pace.first_token + delivery.pace.duration(output)).await;
    delivery.begin();
    let interruption = match delivery.mishap {
        Some(Mishap::At(_, Interruption::Error)) => {
            return dialect::refusal(delivery.dialect, &trouble());
        }
        Some(Mishap::At(_, interruption)) => Some(interruption),
        _ => None,
    };
    delivery.in_flight.sent(output);
    let document = delivery.dialect.whole(&delivery.reply).to_string();
    let body = match interruption {
        Some(interruption) => interrupted(document, interruption, delivery),
        None => {
            delivery.in_flight.complete();
            Body::from(document)
        }
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Sends half of a document, and then does what interrupts it.
fn interrupted(document: String, interruption: Interruption, delivery: Delivery) -> Body {
    let half = document.len() / 2;
    let half = iter([Piece::Ok(Bytes::from(document).slice(..half))]);
    let rest = once(async move {
        if interruption == Interruption::Stall {
            delivery.shutdown.cancelled().await;
        }
        // hyper drops what it has not flushed when a body fails: let it flush first.
        yield_now().await;
        Piece::Err(Broken)
    });
    match interruption {
        Interruption::Stall | Interruption::Reset => Body::from_stream(half.chain(rest)),
        Interruption::Cut | Interruption::Garbage | Interruption::Error => Body::from_stream(half),
    }
}
