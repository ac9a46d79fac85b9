//! Sends a reply as one JSON document.

use std::future::pending;

use axum::{
    body::{Body, Bytes},
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::stream::{StreamExt, iter, once};
use tokio::{task::yield_now, time::sleep};

use super::{BodyChunk, ConnectionBroken, Delivery, mid_reply_error};
use crate::{
    dialect,
    faults::{Disruption, Interruption},
};

/// Sends a reply once all of it is written, or breaks the connection if the server stops first.
pub(crate) async fn whole(delivery: Delivery) -> Response {
    let shutdown = delivery.shutdown.clone();
    tokio::select! {
        biased;
        () = shutdown.cancelled() => Response::new(Body::from_stream(iter([BodyChunk::Err(ConnectionBroken)]))),
        response = respond(delivery) => response,
    }
}

async fn respond(delivery: Delivery) -> Response {
    if delivery.disruption == Some(Disruption::Hang) {
        pending::<()>().await;
    }
    let output = delivery.reply.usage.output;
    sleep(delivery.pace.first_token + delivery.pace.duration(output)).await;
    delivery.begin();
    let interruption = match delivery.disruption {
        Some(Disruption::Interrupted { by: Interruption::Error | Interruption::NumericError, .. }) => {
            return dialect::refusal(delivery.dialect, &mid_reply_error());
        }
        Some(Disruption::Interrupted { by, .. }) => Some(by),
        _ => None,
    };
    delivery.in_flight.count_output(output);
    let document = delivery.dialect.document(&delivery.reply).to_string();
    let body = match interruption {
        Some(interruption) => interrupted(document, interruption, delivery),
        None => {
            delivery.in_flight.complete();
            Body::from(document)
        }
    };
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Sends half of a document, and then interrupts it.
fn interrupted(document: String, interruption: Interruption, delivery: Delivery) -> Body {
    let half = document.len() / 2;
    let half = iter([BodyChunk::Ok(Bytes::from(document).slice(..half))]);
    let rest = once(async move {
        if interruption == Interruption::Stall {
            delivery.shutdown.cancelled().await;
        }
        // When a body fails, hyper drops what it has not flushed, so it must flush first.
        yield_now().await;
        BodyChunk::Err(ConnectionBroken)
    });
    match interruption {
        Interruption::Stall | Interruption::Reset => Body::from_stream(half.chain(rest)),
        Interruption::Cut | Interruption::Garbage | Interruption::Error | Interruption::NumericError => {
            Body::from_stream(half)
        }
    }
}
