//! `bindery webhooks` adds, lists and removes webhooks, and sends again what they did not take.

use std::process::ExitCode;

use bindery_commands::{
    Caller, NewWebhook, WebhookError, add_webhook, own_webhooks, remove_webhook, resend, rotate_secret,
};
use bindery_config::Config;
use bindery_domain::{phrasing::counted, timestamp};
use bindery_protocol::tenant::tenant_flaw;
use bindery_store::{Notice, Webhook};

use crate::{
    app::App,
    cli::{AddWebhookArgs, Global, WebhooksCommand},
    environment::Environment,
    exit::Failure,
    stdout, webhooks,
};

/// Runs the command.
pub(crate) async fn run(
    global: &Global,
    environment: &Environment,
    config: Config,
    command: WebhooksCommand,
) -> Result<ExitCode, Failure> {
    let app = App::open(global, environment, config).await?;
    match command {
        WebhooksCommand::Add(arguments) => add(global, &app, arguments).await?,
        WebhooksCommand::List => list(global, &app).await?,
        WebhooksCommand::Rotate { id } => rotate(global, &app, &id).await?,
        WebhooksCommand::Delete { id } => delete(&app, &id).await?,
        WebhooksCommand::Dead { id } => dead(global, &app, id.as_deref()).await?,
        WebhooksCommand::Resend { id, notice } => send_again(&app, &id, notice.as_deref()).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(global: &Global, app: &App, arguments: AddWebhookArgs) -> Result<(), Failure> {
    let AddWebhookArgs { url, tenant, events, named_only } = arguments;
    let tenant = tenant.unwrap_or_else(|| app.tenant());
    if let Some(flaw) = tenant_flaw(&tenant) {
        return Err(Failure::usage(flaw));
    }
    let new = NewWebhook { tenant, url, events, named_only };
    let added = add_webhook(&*app.ports.store, webhooks::addresses(&app.config), new, bindery_store::now()).await;
    let webhook = added.map_err(|error| match error {
        WebhookError::Store(error) => error.into(),
        fault => Failure::usage(fault),
    })?;
    show_secret(global, &webhook)
}

/// Prints the secret of a webhook.
fn show_secret(global: &Global, webhook: &Webhook) -> Result<(), Failure> {
    let (id, secret) = (&webhook.id, &webhook.secret.0);
    if global.json {
        return stdout::line(serde_json::json!({"id": id, "secret": secret}));
    }
    stdout::line(secret)?;
    eprintln!("This is the only time that the secret is shown. The id of the webhook is {id}.");
    Ok(())
}

async fn list(global: &Global, app: &App) -> Result<(), Failure> {
    let webhooks = all(app).await?;
    if webhooks.is_empty() && !global.json {
        eprintln!("There are no webhooks; `bindery webhooks add` makes one.");
    }
    for webhook in &webhooks {
        let Webhook { id, tenant, url, events, named_only, added_at, disabled, .. } = webhook;
        let disabled = disabled.as_ref().map(|disabled| disabled.reason.as_str());
        if global.json {
            stdout::line(serde_json::json!({
                "id": id, "tenant": tenant, "url": url, "events": events, "named_only": named_only,
                "added_at": timestamp(*added_at), "disabled": disabled,
            }))?;
        } else {
            let events = if events.is_empty() { "all events".to_owned() } else { events.join(",") };
            let books = if *named_only { ", named books only" } else { "" };
            let state = disabled.map_or_else(|| "enabled".to_owned(), |reason| format!("disabled: {reason}"));
            stdout::line(format_args!("{id}  {tenant:<16} {state:<10} {events}{books}  {url}"))?;
        }
    }
    Ok(())
}

async fn rotate(global: &Global, app: &App, id: &str) -> Result<(), Failure> {
    let rotated = rotate_secret(&*app.ports.store, id, bindery_store::now()).await?;
    show_secret(global, &rotated.ok_or_else(|| unknown(id))?)
}

async fn delete(app: &App, id: &str) -> Result<(), Failure> {
    known(app, id).await?;
    remove_webhook(&*app.ports.store, id).await?;
    eprintln!("The webhook {id} is removed: nothing is sent to it any more.");
    Ok(())
}

async fn dead(global: &Global, app: &App, id: Option<&str>) -> Result<(), Failure> {
    let webhooks = match id {
        Some(id) => vec![known(app, id).await?],
        None => all(app).await?,
    };
    let mut dead = Vec::new();
    for webhook in &webhooks {
        dead.extend(app.ports.store.webhooks().dead_notices(&webhook.id).await?);
    }
    if dead.is_empty() && !global.json {
        eprintln!("There are no dead notices.");
    }
    dead.sort_by(|one, other| (one.dead_at, &one.id).cmp(&(other.dead_at, &other.id)));
    for Notice { id, webhook, book, event, attempts, failure, dead_at, .. } in &dead {
        let dead_at = dead_at.map(timestamp);
        if global.json {
            stdout::line(serde_json::json!({
                "id": id, "webhook": webhook, "book": book.as_str(), "event": event, "attempts": attempts,
                "failure": failure, "dead_at": dead_at,
            }))?;
        } else {
            stdout::line(format_args!("{id}  {webhook}  {event:<14} {book}  {failure}"))?;
        }
    }
    Ok(())
}

async fn send_again(app: &App, id: &str, notice: Option<&str>) -> Result<(), Failure> {
    known(app, id).await?;
    let sent = resend(&*app.ports.store, id, notice, bindery_store::now()).await?;
    match (sent, notice) {
        (0, Some(notice)) => {
            return Err(Failure::usage(format!(
                "the webhook {id} has no dead notice with the id `{notice}`; `bindery webhooks dead` lists them"
            )));
        }
        (sent, _) => eprintln!("{} sent again.", counted(sent.into(), "dead notice is", "dead notices are")),
    }
    Ok(())
}

/// Returns the webhooks of all tenants.
async fn all(app: &App) -> Result<Vec<Webhook>, Failure> {
    let operator = Caller { tenant: None, ..Caller::owner("") };
    Ok(own_webhooks(&*app.ports.store, &operator).await?)
}

async fn known(app: &App, id: &str) -> Result<Webhook, Failure> {
    app.ports.store.webhooks().webhook(id).await?.ok_or_else(|| unknown(id))
}

fn unknown(id: &str) -> Failure {
    Failure::usage(format!("no webhook has the id `{id}`; `bindery webhooks list` shows them"))
}
