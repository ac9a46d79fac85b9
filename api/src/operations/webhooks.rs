//! What can be asked about webhooks.

use super::*;
use crate::{
    view::{DeadNoticeView, ResentView, WebhookView},
    webhooks::{self, WebhookOrder},
};

/// The header of a new webhook.
const LOCATION: &[(&str, &str)] = &[("Location", "The path of the webhook.")];

/// An operation that changes a webhook.
fn changing_one(
    path: &'static str,
    name: &'static str,
    summary: &'static str,
    answer: Answer,
    handler: MethodRouter<Arc<Service>>,
) -> Operation {
    Operation { method: "post", scope: Some(KeyScope::Write), ..reading(path, name, summary, answer, handler) }
}

pub(super) fn of_webhooks() -> Vec<Operation> {
    vec![
        Operation {
            body: Some(Body::json(schema::<WebhookOrder>)),
            ..changing_one(
                "/v1/webhooks",
                "addWebhook",
                "Adds a webhook, which is told of the events of your books from now on.",
                Answer::json::<WebhookView>(201, "The webhook, with the secret of its signatures.").with(LOCATION),
                routing::post(webhooks::add),
            )
        },
        reading(
            "/v1/webhooks",
            "listWebhooks",
            "Lists your webhooks.",
            Answer::json::<Vec<WebhookView>>(200, "The webhooks."),
            routing::get(webhooks::list),
        ),
        reading(
            "/v1/webhooks/{id}",
            "getWebhook",
            "Returns a webhook.",
            Answer::json::<WebhookView>(200, "The webhook."),
            routing::get(webhooks::get),
        ),
        Operation {
            method: "delete",
            ..changing_one(
                "/v1/webhooks/{id}",
                "deleteWebhook",
                "Removes a webhook with its dead notices. Nothing is sent to it any more.",
                Answer::empty(204, "The webhook is gone."),
                routing::delete(webhooks::remove),
            )
        },
        changing_one(
            "/v1/webhooks/{id}/rotate",
            "rotateWebhookSecret",
            "Gives a webhook another secret. For a day, notices are signed with the former one as well.",
            Answer::json::<WebhookView>(200, "The webhook, with its new secret."),
            routing::post(webhooks::rotate),
        ),
        reading(
            "/v1/webhooks/{id}/dead",
            "listDeadNotices",
            "Lists the notices of a webhook that were given up.",
            Answer::json::<Vec<DeadNoticeView>>(200, "The notices, the oldest first."),
            routing::get(webhooks::dead),
        ),
        Operation {
            parameters: vec![query("notice", "string", "The id of one notice. Without it, all are sent.")],
            ..changing_one(
                "/v1/webhooks/{id}/resend",
                "resendNotices",
                "Sends the dead notices of a webhook again, and enables the webhook where it is disabled.",
                Answer::json::<ResentView>(200, "How many notices are sent."),
                routing::post(webhooks::send_again),
            )
        },
    ]
}
