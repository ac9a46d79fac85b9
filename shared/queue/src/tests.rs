//! The port's promises, kept by each adapter. A new adapter is added here as one more module.

use super::{Access, connect};

mod local {
    use std::sync::Arc;

    use crate::{Access, Queue, connect};

    async fn open() -> Arc<dyn Queue> {
        connect(&Access::new("local:")).await.unwrap()
    }

    crate::conformance_tests!(open());
}

mod rabbitmq {
    use std::sync::Arc;

    use bindery_test_servers::Rabbit;

    use crate::{Access, Queue, connect};

    async fn open() -> Arc<dyn Queue> {
        let vhost = tokio::task::spawn_blocking(|| Rabbit::shared().vhost()).await.unwrap();
        connect(&Access::new(&vhost)).await.unwrap()
    }

    crate::conformance_tests!(open());
}

#[tokio::test]
async fn unknown_url_is_named_in_the_error() {
    let refused = connect(&Access::new("carrier-pigeon://coo:hush@roof")).await.err().expect("there is no adapter");
    assert!(refused.to_string().contains("carrier-pigeon://coo:***@roof"));
}

#[test]
fn every_promise_is_listed() {
    let suite = include_str!("conformance.rs");
    let promises = suite.lines().filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next());
    for promise in promises {
        assert!(suite.lines().any(|line| line.trim() == promise), "conformance_tests! does not list {promise}");
    }
}
