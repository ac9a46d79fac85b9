//! Whose a book is, as the name travels in routing keys and in names of queues.

/// The most bytes of a tenant's name, encoded. A routing key holds it beside the name of an event, and has at most 255.
pub const MAX_TENANT_BYTES: usize = 200;

/// Returns why a tenant's name cannot be carried; `None` where it can be.
pub fn tenant_flaw(tenant: &str) -> Option<String> {
    let bytes = encoded(tenant).len();
    let begins: String = tenant.chars().take(40).collect();
    (bytes > MAX_TENANT_BYTES).then(|| {
        format!(
            "the name of the broker's user, `{begins}…`, has {bytes} bytes in a routing key, and a tenant's may have \
             {MAX_TENANT_BYTES}; submit as a user with a shorter name"
        )
    })
}

/// Returns a tenant's name as one word of a routing key: `.`, `*`, `#` and `%` become `%2E`, `%2A`, `%23` and `%25`, so
/// that no pattern for one tenant's keys matches another's. All other characters stay as they are.
pub fn encoded(tenant: &str) -> String {
    let mut word = String::with_capacity(tenant.len());
    for character in tenant.chars() {
        match character {
            '.' => word.push_str("%2E"),
            '*' => word.push_str("%2A"),
            '#' => word.push_str("%23"),
            '%' => word.push_str("%25"),
            plain => word.push(plain),
        }
    }
    word
}

/// Returns whether a queue's name says that it is a tenant's own: it begins with the encoded name and a dot. No tenant's
/// queues then begin as another's do.
pub fn owns_queue(tenant: &str, queue: &str) -> bool {
    queue.strip_prefix(&encoded(tenant)).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_not_fit_into_a_routing_key_is_refused_with_its_length() {
        assert_eq!(tenant_flaw(&"a".repeat(200)), None);
        let flaw = tenant_flaw(&"a".repeat(236)).unwrap();
        assert!(flaw.contains("has 236 bytes"), "{flaw}");
        assert!(tenant_flaw(&".".repeat(67)).is_some());
    }

    #[test]
    fn a_plain_name_stays_as_it_is_and_every_name_is_one_word_of_its_own() {
        for plain in ["ada", "Ada Lovelace", "ada-1_2", "Zoë", "ada@example"] {
            assert_eq!(encoded(plain), plain);
        }
        assert_eq!(encoded("a.b*#%"), "a%2Eb%2A%23%25");
        assert_ne!(encoded("a.b"), encoded("a%2Eb"));
    }

    #[test]
    fn a_queue_belongs_to_the_tenant_whose_encoded_name_it_begins_with() {
        assert!(owns_queue("ada", "ada.answers"));
        assert!(!owns_queue("ada", "adam.answers") && !owns_queue("ada", "ada"));
        // Ada may write to every queue whose name begins with hers and a dot.
        assert!(owns_queue("ada.b", "ada%2Eb.answers"));
        assert!(!owns_queue("ada.b", "ada.b.answers"));
    }
}
