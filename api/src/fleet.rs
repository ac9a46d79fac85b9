//! What an operator sees of the whole fleet, and what it does with the dead letters.

use std::sync::Arc;

use axum::{Json, extract::State};
use bindery_commands::{Caller, DeadLetterError, DeadLetters};
use bindery_domain::Lane;
use bindery_queue::{Queue, QueueError};
use bindery_store::KeyScope;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    book::advice,
    extract::{Called, JsonBody},
    problem::{Problem, ProblemKind},
    service::{Access, Service},
    view::{DeadLetterList, FleetView, LaneView, SentAgainView},
};

/// Which dead letters are sent again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RedriveDeadLetters")]
pub(crate) struct DeadLetterOrder {
    /// The id of the one that is sent again; all of them, if it is left out.
    #[serde(default)]
    id: Option<String>,
}

/// Returns what the store and the broker tell of the fleet.
pub(crate) async fn look(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
) -> Result<Json<FleetView>, Problem> {
    check(&service, &caller)?;
    let (store, now) = (&*service.ports.store, bindery_store::now());
    let (look, load) = (caller.look_at_fleet(store, now, advice).await?, store.load().await?);
    // A broker that does not answer is what an operator must see, and no reason to show nothing.
    let (lanes, broker_fault) = match lanes(&*service.ports.queue).await {
        Ok(lanes) => (lanes, None),
        Err(error) => (Vec::new(), Some(error.to_string())),
    };
    Ok(Json(FleetView { lanes, broker_fault, store_memory: load.memory, ..FleetView::of(look, now) }))
}

async fn lanes(queue: &dyn Queue) -> Result<Vec<LaneView>, QueueError> {
    let mut lanes = Vec::with_capacity(Lane::ALL.len());
    for lane in Lane::ALL {
        lanes.push(LaneView { name: lane.to_string(), messages: queue.depth(lane).await? });
    }
    Ok(lanes)
}

/// Lists the dead letters.
pub(crate) async fn dead_letters(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
) -> Result<Json<DeadLetterList>, Problem> {
    check(&service, &caller)?;
    let queue = &*service.ports.queue;
    let _alone = service.dead_letters.lock().await;
    let taken = DeadLetters::take(queue, service.settings.broker_time).await?;
    let list = DeadLetterList::of(&taken);
    taken.hand_back(queue).await?;
    Ok(Json(list))
}

/// Sends dead letters to the lanes that they came from.
pub(crate) async fn send_again(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    body: JsonBody,
) -> Result<Json<Vec<SentAgainView>>, Problem> {
    check(&service, &caller)?;
    let DeadLetterOrder { id } = body.read()?;
    let queue = &*service.ports.queue;
    let _alone = service.dead_letters.lock().await;
    let mut taken = DeadLetters::take(queue, service.settings.broker_time).await?;
    let sent = taken.send_again(queue, id.as_deref()).await;
    taken.hand_back(queue).await?;
    Ok(Json(sent?.into_iter().map(SentAgainView::of).collect()))
}

/// Returns whether a caller may see the fleet. One that sees the books of one tenant alone may not. The owner of a studio has the
/// whole of it.
pub(crate) fn may_see(service: &Service, caller: &Caller) -> bool {
    let owns = matches!(service.settings.access, Access::Owner(_));
    caller.may(KeyScope::Operate) && (owns || caller.tenant.is_none())
}

fn check(service: &Service, caller: &Caller) -> Result<(), Problem> {
    if may_see(service, caller) {
        return Ok(());
    }
    let detail = "only an operator of all tenants sees the fleet; use a key of `bindery keys add --all-tenants`";
    Err(Problem::new(ProblemKind::NotAllowed, detail))
}

impl From<DeadLetterError> for Problem {
    fn from(error: DeadLetterError) -> Self {
        match error {
            DeadLetterError::Unknown(_) => Self::new(ProblemKind::NotFound, error.to_string()),
            DeadLetterError::Withheld(_) => Self::new(ProblemKind::Conflict, error.to_string()),
            DeadLetterError::Queue(error) => error.into(),
        }
    }
}
