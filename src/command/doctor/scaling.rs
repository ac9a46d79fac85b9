//! Whether KEDA would find the length of the queues where it looks for it.

use bindery_config::Config;
use bindery_domain::phrasing::counted;
use bindery_queue::chapters_counted;

use super::Finding;

/// Asks the broker's management API what KEDA asks it. Says nothing where its address is not set.
pub(super) async fn look(config: &Config) -> Option<Finding> {
    let access = config.queue.management()?;
    Some(match chapters_counted(&access).await {
        Ok(count) => {
            let chapters = counted(count, "chapter", "chapters");
            Finding::well("scaling", format!("{} counts messages; {chapters} wait or are written", access.url))
        }
        Err(error) => Finding::bad(
            "scaling",
            error.to_string(),
            "workers do not follow the queue until it does; see docs/runbook/scaler-errors.md",
        ),
    })
}
