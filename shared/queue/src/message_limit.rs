//! How large a message the broker accepts.

use bindery_protocol::{MAX_MESSAGE_BYTES, submission::MAX_BYTES};

/// How the largest message that the broker accepts compares with what Bindery needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageLimit {
    /// The broker accepts every submission, and nothing much larger.
    Suitable,
    /// The broker accepts messages of more than [`MAX_MESSAGE_BYTES`].
    TooHigh,
    /// The broker refuses messages of [`MAX_BYTES`], which a submission may have.
    TooLow,
}

impl MessageLimit {
    /// Returns what is wrong with the limit and how it is set; `None` where it is suitable.
    pub fn fault(self) -> Option<String> {
        let fault = match self {
            Self::Suitable => return None,
            Self::TooHigh => format!(
                "the broker accepts messages of more than {MAX_MESSAGE_BYTES} bytes, and a few large ones can end every \
                 dispatcher"
            ),
            Self::TooLow => format!("the broker refuses messages of {MAX_BYTES} bytes, which a submission may have"),
        };
        Some(format!("{fault}; set `max_message_size = {MAX_MESSAGE_BYTES}` in its rabbitmq.conf and restart it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guides_and_the_brokers_that_come_along_set_the_limit() {
        let setting = format!("max_message_size = {MAX_MESSAGE_BYTES}");
        for (name, text) in [
            ("docs/fleet.md", include_str!("../../../docs/fleet.md")),
            ("docs/production.md", include_str!("../../../docs/production.md")),
            ("deploy/rabbitmq/bindery.conf", include_str!("../../../deploy/rabbitmq/bindery.conf")),
            (
                "deploy/kubernetes/overlays/demo",
                include_str!("../../../deploy/kubernetes/overlays/demo/kustomization.yaml"),
            ),
        ] {
            assert!(text.contains(&setting), "{name} does not say `{setting}`");
        }
    }
}
