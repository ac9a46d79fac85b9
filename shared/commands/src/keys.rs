//! Making keys, and telling from one who calls.

use std::time::Duration;

use bindery_domain::{Digest, Moment, UnknownFields};
use bindery_store::{AccessKey, KeyScope, Store, StoreError};
use subtle::ConstantTimeEq as _;

use crate::Caller;

/// How a key begins, so that programs which look for leaked secrets find it.
const PREFIX: &str = "bindery";

/// The number of random bytes of a key's id.
const ID_BYTES: usize = 6;

/// The number of random bytes of a key's secret. Nobody can guess 256 bits, so that a plain SHA-256 of them is safe to keep.
const SECRET_BYTES: usize = 32;

/// What a new key is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyOrder {
    /// The tenant whose books its holder sees; `None` for an operator, who sees those of all tenants.
    pub tenant: Option<String>,
    /// What its holder may do.
    pub scopes: Vec<KeyScope>,
    /// A note on its holder, for people.
    pub note: String,
    /// How long it counts; `None` where it does not end by itself.
    pub lifetime: Option<Duration>,
}

/// A new key.
pub struct IssuedKey {
    /// The key as the store keeps it.
    pub key: AccessKey,
    /// The text that its holder sends. It is shown once and kept nowhere.
    pub token: String,
}

/// Makes a key and stores it.
pub async fn issue(store: &dyn Store, order: KeyOrder, now: Moment) -> Result<IssuedKey, StoreError> {
    let [id, secret] = [hex::encode(random_bytes::<ID_BYTES>()?), hex::encode(random_bytes::<SECRET_BYTES>()?)];
    let key = AccessKey {
        secret: Digest::of(&secret),
        tenant: order.tenant,
        scopes: order.scopes,
        note: order.note,
        added_at: now,
        expires_at: order.lifetime.map(|lifetime| now + lifetime),
        revoked_at: None,
        unknown: UnknownFields::default(),
        id,
    };
    store.put_key(&key).await?;
    let token = format!("{PREFIX}_{}_{secret}", key.id);
    Ok(IssuedKey { key, token })
}

/// Returns who calls with a key; `None` where the key does not count.
pub async fn authenticate(store: &dyn Store, token: &str, now: Moment) -> Result<Option<Caller>, StoreError> {
    let Some(Token { id, secret }) = Token::read(token) else { return Ok(None) };
    let Some(key) = store.key(id).await? else { return Ok(None) };
    let given = Digest::of(secret);
    let is_its: bool = given.as_str().as_bytes().ct_eq(key.secret.as_str().as_bytes()).into();
    let counts = is_its && key.counts_at(now);
    Ok(counts.then(|| holder(key)))
}

/// Returns who holds the key with an id, for a proxy that has signed the holder in; `None` where the key does not count.
pub async fn holder_of(store: &dyn Store, id: &str, now: Moment) -> Result<Option<Caller>, StoreError> {
    let key = store.key(id).await?;
    Ok(key.filter(|key| key.counts_at(now)).map(holder))
}

fn holder(key: AccessKey) -> Caller {
    Caller { name: key.id, tenant: key.tenant, scopes: key.scopes }
}

/// What a token holds.
struct Token<'t> {
    id: &'t str,
    secret: &'t str,
}

impl<'t> Token<'t> {
    /// Reads a token; `None` where it has another form.
    fn read(token: &'t str) -> Option<Self> {
        let (id, secret) = token.strip_prefix(PREFIX)?.strip_prefix('_')?.split_once('_')?;
        let is_hex =
            |text: &str, bytes: usize| text.len() == bytes * 2 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        (is_hex(id, ID_BYTES) && is_hex(secret, SECRET_BYTES)).then_some(Self { id, secret })
    }
}

/// Returns bytes that nobody can guess.
pub(crate) fn random_bytes<const BYTES: usize>() -> Result<[u8; BYTES], StoreError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| StoreError::Failed(format!("the system gave no random bytes: {error}")))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bindery_ledger::sample::RULES;
    use bindery_store::{Access, Clock};

    use super::*;

    struct Bench {
        store: Arc<dyn Store>,
        _folder: tempfile::TempDir,
    }

    async fn bench() -> Bench {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
        Bench { store: bindery_store::connect(&access, RULES, Clock::Own).await.unwrap(), _folder: folder }
    }

    fn order(lifetime: Option<Duration>) -> KeyOrder {
        KeyOrder { tenant: Some("press".into()), scopes: vec![KeyScope::Read], note: String::new(), lifetime }
    }

    #[tokio::test]
    async fn a_key_names_its_tenant_and_its_scopes_until_it_ends() {
        let bench = bench().await;
        let issued = issue(&*bench.store, order(Some(Duration::from_millis(10))), Moment(100)).await.unwrap();
        let caller = authenticate(&*bench.store, &issued.token, Moment(109)).await.unwrap().unwrap();
        assert_eq!((caller.tenant.as_deref(), caller.may(KeyScope::Read)), (Some("press"), true));
        assert!(!caller.may(KeyScope::Write));
        assert_eq!(authenticate(&*bench.store, &issued.token, Moment(110)).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_wrong_secret_or_a_revoked_key_names_nobody() {
        let bench = bench().await;
        let IssuedKey { key, token } = issue(&*bench.store, order(None), Moment(100)).await.unwrap();
        let other = issue(&*bench.store, order(None), Moment(100)).await.unwrap();
        let (_, secret) = other.token.rsplit_once('_').unwrap();
        let mixed = format!("bindery_{}_{secret}", key.id);
        for wrong in ["", "bindery", "bindery__", &token[1..], &token[..token.len() - 1], &mixed, &format!("{token}0")]
        {
            assert_eq!(authenticate(&*bench.store, wrong, Moment(101)).await.unwrap(), None, "{wrong}");
        }
        assert!(!serde_json::to_string(&key).unwrap().contains(token.rsplit_once('_').unwrap().1), "it is kept hashed");
        let key_id = key.id.clone();
        bench.store.put_key(&AccessKey { revoked_at: Some(Moment(102)), ..key }).await.unwrap();
        assert_eq!(authenticate(&*bench.store, &token, Moment(103)).await.unwrap(), None);
        let holder = async |id: &str| holder_of(&*bench.store, id, Moment(103)).await.unwrap();
        assert_eq!(holder(&other.key.id).await.map(|caller| caller.name), Some(other.key.id));
        assert_eq!((holder(&key_id).await, holder("nobody").await), (None, None));
    }
}
