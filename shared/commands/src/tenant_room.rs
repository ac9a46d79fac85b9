//! Whether a tenant may have another open book.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bindery_ledger::Request;
use bindery_store::{Store, StoreError};

/// How long a count is believed.
const FRESH: Duration = Duration::from_secs(1);

/// Counts the open books of tenants. A count is up to a second old, so several processes together may accept a few books more.
pub struct TenantRoom {
    limit: Option<u32>,
    counted: Mutex<Option<Counted>>,
}

/// The open books of each tenant, as they were counted last, with those that this process has taken since.
struct Counted {
    at: Instant,
    open: HashMap<String, u32>,
}

impl TenantRoom {
    /// Makes a counter; without a limit it counts nothing.
    pub fn new(limit: Option<u32>) -> Self {
        Self { limit, counted: Mutex::default() }
    }

    /// Returns why a tenant may not have the book of a request; `None` where it may. A book that is accepted already is no further one.
    pub async fn refusal(&self, store: &dyn Store, request: &Request) -> Result<Option<String>, StoreError> {
        let Some(limit) = self.limit else { return Ok(None) };
        if store.book(&request.book_id()).await?.is_some() || self.open(store, &request.tenant).await? < limit {
            return Ok(None);
        }
        let books = if limit == 1 { "1 open book".to_owned() } else { format!("{limit} open books") };
        Ok(Some(format!(
            "you have {books}, which are all that you may have; order this one when another has finished, or cancel one"
        )))
    }

    /// Notes that this process has taken a book of a tenant.
    pub fn taken(&self, tenant: &str) {
        if let Some(counted) = self.counted().as_mut() {
            *counted.open.entry(tenant.to_owned()).or_default() += 1;
        }
    }

    async fn open(&self, store: &dyn Store, tenant: &str) -> Result<u32, StoreError> {
        let of_tenant = |counted: &Counted| counted.open.get(tenant).copied().unwrap_or_default();
        if let Some(counted) = self.counted().as_ref().filter(|counted| counted.at.elapsed() < FRESH) {
            return Ok(of_tenant(counted));
        }
        let mut counted = Counted { at: Instant::now(), open: HashMap::new() };
        for book in store.open_books().await? {
            *counted.open.entry(book.tenant).or_default() += 1;
        }
        let open = of_tenant(&counted);
        *self.counted() = Some(counted);
        Ok(open)
    }

    fn counted(&self) -> MutexGuard<'_, Option<Counted>> {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bindery_ledger::sample::request;

    use super::*;
    use crate::test_store::store;

    fn ordered(tenant: &str, name: &str) -> Request {
        Request { tenant: tenant.to_owned(), request_id: name.to_owned(), ..request(name, 2) }
    }

    #[tokio::test]
    async fn a_tenant_has_only_so_many_open_books_and_repeats_them_freely() {
        let (store, _folder) = store().await;
        let room = TenantRoom::new(Some(2));
        for name in ["one", "two"] {
            assert_eq!(room.refusal(&*store, &ordered("press", name)).await.unwrap(), None);
            store.accept(&ordered("press", name), None).await.unwrap();
            room.taken("press");
        }
        let refusal = room.refusal(&*store, &ordered("press", "three")).await.unwrap().unwrap();
        assert!(refusal.starts_with("you have 2 open books"), "{refusal}");
        assert_eq!(room.refusal(&*store, &ordered("press", "two")).await.unwrap(), None, "it is no further book");
        assert_eq!(room.refusal(&*store, &ordered("rival", "one")).await.unwrap(), None);
        let another = TenantRoom::new(Some(2));
        assert!(another.refusal(&*store, &ordered("press", "three")).await.unwrap().is_some(), "it is counted");
        assert_eq!(TenantRoom::new(None).refusal(&*store, &ordered("press", "three")).await.unwrap(), None);
    }
}
