//! Whether KEDA would find the length of the queues where it looks for it.

use bindery_config::Config;
use bindery_domain::phrasing::counted;
use bindery_queue::chapters_counted;

use super::CheckResult;

/// Asks the broker's management API what KEDA asks it. Says nothing where its address is not set.
pub(super) async fn look(config: &Config) -> Option<CheckResult> {
    let access = config.queue.management()?;
    Some(match chapters_counted(&access).await {
        Ok(count) => {
            let chapters = counted(count, "chapter", "chapters");
            CheckResult::well("scaling", format!("{} counts messages; {chapters} wait or are written", access.url))
        }
        Err(error) => CheckResult::bad(
            "scaling",
            error.to_string(),
            "workers do not follow the queue until it does; see docs/runbook/scaler-errors.md",
        ),
    })
}
