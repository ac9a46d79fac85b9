//! `bindery keys` makes, lists and revokes the keys of callers of the HTTP API.

use std::{process::ExitCode, time::Duration};

use bindery_commands::{IssuedKey, KeyOrder, issue};
use bindery_config::Config;
use bindery_domain::timestamp;
use bindery_protocol::tenant::tenant_flaw;
use bindery_store::{AccessKey, KeyScope};

use crate::{
    app::App,
    cli::{AddKeyArgs, Global, KeysCommand},
    environment::Environment,
    exit::Failure,
    stdout,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    command: KeysCommand,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    match command {
        KeysCommand::Add(arguments) => add(global, &app, arguments).await?,
        KeysCommand::List => list(global, &app).await?,
        KeysCommand::Revoke { id } => revoke(&app, &id).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(global: &Global, app: &App, arguments: AddKeyArgs) -> Result<(), Failure> {
    let AddKeyArgs { tenant, all_tenants: _, scopes, note, lifetime } = arguments;
    if let Some(flaw) = tenant.as_deref().and_then(flaw) {
        return Err(Failure::usage(flaw));
    }
    let mut scopes: Vec<KeyScope> = scopes.into_iter().map(KeyScope::from).collect();
    scopes.sort_unstable();
    scopes.dedup();
    let order = KeyOrder { tenant, scopes, note: note.unwrap_or_default(), lifetime };
    let IssuedKey { key, token } = issue(&*app.ports.store, order, bindery_store::now()).await?;
    let (scopes, tenant) = (names(&key), key.tenant.as_deref());
    tracing::info!(key = key.id, tenant, scopes, "a key was added");
    if global.json {
        return stdout::line(serde_json::json!({"id": key.id, "key": token}));
    }
    stdout::line(token)?;
    eprintln!("This is the only time that the key is shown. Its id is {}; it allows: {scopes}.", key.id);
    Ok(())
}

/// Returns why a tenant cannot have this name; `None` where it can.
fn flaw(tenant: &str) -> Option<String> {
    if tenant.is_empty() || tenant.chars().any(char::is_control) {
        return Some("the name of a tenant has at least one character, and no control characters".to_owned());
    }
    tenant_flaw(tenant)
}

async fn list(global: &Global, app: &App) -> Result<(), Failure> {
    let mut keys = app.ports.store.keys().await?;
    keys.sort_by(|left, right| (left.added_at, &left.id).cmp(&(right.added_at, &right.id)));
    if keys.is_empty() && !global.json {
        eprintln!("There are no keys; `bindery keys add` makes one.");
    }
    for key in &keys {
        if global.json {
            stdout::line(serde_json::json!({
                "id": key.id, "tenant": key.tenant, "scopes": key.scopes, "note": key.note, "added_at": timestamp(key.added_at),
                "expires_at": key.expires_at.map(timestamp), "revoked_at": key.revoked_at.map(timestamp),
            }))?;
        } else {
            let tenant = key.tenant.as_deref().unwrap_or("(all tenants)");
            stdout::line(format_args!("{}  {tenant:<16} {:<28} {:<36} {}", key.id, names(key), fate(key), key.note))?;
        }
    }
    Ok(())
}

fn names(key: &AccessKey) -> String {
    key.scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(",")
}

/// Says until when a key counts.
fn fate(key: &AccessKey) -> String {
    match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", timestamp(at)),
        (None, Some(at)) => format!("until {}", timestamp(at)),
        (None, None) => "no end".to_owned(),
    }
}

async fn revoke(app: &App, id: &str) -> Result<(), Failure> {
    let store = &app.ports.store;
    let unknown = || Failure::usage(format!("no key has the id `{id}`; `bindery keys list` shows them"));
    let key = store.key(id).await?.ok_or_else(unknown)?;
    if key.revoked_at.is_some() {
        return Err(Failure::usage(format!("the key {id} was revoked already; nothing was done")));
    }
    store.put_key(&AccessKey { revoked_at: Some(bindery_store::now()), ..key.clone() }).await?;
    tracing::info!(key = key.id, tenant = key.tenant, "a key was revoked");
    eprintln!("The key {id} is revoked: no request with it is served from now on.");
    Ok(())
}

/// Reads how long a key counts.
pub(crate) fn lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = bindery_domain::duration::parse(text).filter(|lifetime| !lifetime.is_zero());
    lifetime.ok_or_else(|| "must be a number and a unit, like `90d` or `12h`".to_owned())
}
