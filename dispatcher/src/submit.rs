//! Taking a request in: accepted once, its plan published.

use bindery_shared::{
    book::request::Request,
    consume::{Ports, publish},
    crash_point,
    ledger::Accepted,
    store::StoreError,
};

/// Accepts a request and publishes what it released. Asking again is safe at any time.
pub async fn submit(ports: &Ports, request: &Request) -> Result<Accepted, StoreError> {
    crash_point("before_accept");
    let accepted = ports.store.accept(request).await?;
    crash_point("after_accept");
    if let Accepted::New(released) | Accepted::Exists(released) = &accepted {
        publish(&*ports.queue, &*ports.store, &request.book_id(), released).await;
    }
    Ok(accepted)
}
