//! Whose a book is, as the name travels: in routing keys, and in the names of queues.

/// The most bytes of a tenant's name. A routing key holds it beside the name of an event, and has at most 255.
pub const MAX_TENANT_BYTES: usize = 200;

/// Returns why a tenant's name cannot be carried; `None` where it can be.
pub fn tenant_flaw(tenant: &str) -> Option<String> {
    let bytes = tenant.len();
    let begins: String = tenant.chars().take(40).collect();
    (bytes > MAX_TENANT_BYTES).then(|| {
        format!(
            "the name of the broker's user, `{begins}…`, has {bytes} bytes, and a tenant's may have {MAX_TENANT_BYTES}; \
             submit as a user with a shorter name"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_would_not_fit_into_a_routing_key_is_refused_with_its_length() {
        assert_eq!(tenant_flaw(&"a".repeat(200)), None);
        let flaw = tenant_flaw(&"a".repeat(236)).unwrap();
        assert!(flaw.contains("has 236 bytes"), "{flaw}");
    }
}
