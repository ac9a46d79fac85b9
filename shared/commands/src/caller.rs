//! Who calls, whose books the caller sees, and what it may do with them.

use bindery_domain::BookId;
use bindery_ledger::Book;
use bindery_store::{KeyScope, Store, StoreError};

/// A caller of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The name of the caller in the log: the id of its key.
    pub name: String,
    /// The tenant whose books the caller sees; `None` for an operator, who sees those of all tenants.
    pub tenant: Option<String>,
    /// What the caller may do.
    pub scopes: Vec<KeyScope>,
}

impl Caller {
    /// Makes the caller that owns the books of this machine and may do everything with them.
    pub fn owner(tenant: &str) -> Self {
        Self { name: "owner".to_owned(), tenant: Some(tenant.to_owned()), scopes: KeyScope::ALL.to_vec() }
    }

    /// Makes the caller who has the password of the store, and so may do everything with all books.
    pub fn operator() -> Self {
        Self { name: "operator".to_owned(), tenant: None, scopes: KeyScope::ALL.to_vec() }
    }

    /// Returns whether the caller may do what a scope allows.
    pub fn may(&self, scope: KeyScope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Returns whether the caller sees a book.
    pub fn sees(&self, book: &Book) -> bool {
        self.sees_tenant(&book.tenant)
    }

    /// Returns whether the caller sees what belongs to a tenant.
    pub(crate) fn sees_tenant(&self, owner: &str) -> bool {
        self.tenant.as_ref().is_none_or(|tenant| tenant == owner)
    }

    /// Finds a book of the caller by its id. A book of another tenant is not found.
    pub async fn find(&self, store: &dyn Store, id: &str) -> Result<Option<Book>, StoreError> {
        let id = BookId::named(id);
        // Any other text must not enter a key of the store.
        if !id.well_formed() {
            return Ok(None);
        }
        Ok(store.book(&id).await?.filter(|book| self.sees(book)))
    }
}
