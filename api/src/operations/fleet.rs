//! What shows an operator the fleet, and looks after its dead letters.

use super::*;
use crate::{
    fleet::{self, DeadLetterOrder},
    view::{DeadLetterList, FleetView, SentAgainView},
};

/// Returns what is for operators of all tenants.
pub(super) fn of_fleet() -> Vec<Operation> {
    let scope = Some(KeyScope::Operate);
    vec![
        Operation {
            scope,
            ..reading(
                "/v1/fleet",
                "getFleet",
                "Shows the fleet to an operator of all tenants: its pace, queues, workers, waits, and the books that stand still.",
                Answer::json::<FleetView>(200, "The fleet."),
                routing::get(fleet::look),
            )
        },
        Operation {
            scope,
            ..reading(
                "/v1/fleet/dead-letters",
                "listDeadLetters",
                "Lists the messages that no process could read, for an operator of all tenants.",
                Answer::json::<DeadLetterList>(200, "The dead letters."),
                routing::get(fleet::dead_letters),
            )
        },
        Operation {
            method: "post",
            scope,
            body: Some(Body::json(schema::<DeadLetterOrder>)),
            ..reading(
                "/v1/fleet/dead-letters/redrive",
                "redriveDeadLetters",
                "Sends dead letters to the queues that they came from: one of them, or all.",
                Answer::json::<Vec<SentAgainView>>(200, "What became of each."),
                routing::post(fleet::send_again),
            )
        },
    ]
}
