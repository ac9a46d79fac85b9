//! Reads the limit and the demand that the message of a rate limit names.

/// Returns whether a rate limit can never pass, because the request alone asks for more than the limit allows.
pub(super) fn can_never_pass(message: &str) -> bool {
    let message = message.to_lowercase();
    match (number_after(&message, "limit"), number_after(&message, "requested")) {
        (Some(limit), Some(requested)) => requested > limit,
        // A plan without any quota for a model has this limit.
        (Some(limit), None) => limit == 0,
        (None, _) => false,
    }
}

/// Returns the number that follows a word directly, like `Limit: 30,000`.
fn number_after(message: &str, word: &str) -> Option<u64> {
    message.match_indices(word).find_map(|(at, _)| {
        let rest = message[at + word.len()..].trim_start_matches([' ', ':', '=', '"', '\'']);
        let is_digit = |c: &char| c.is_ascii_digit() || matches!(c, ',' | '_');
        let digits: String = rest.chars().take_while(is_digit).filter(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_request_above_its_limit_can_never_pass() {
        for (message, expected) in [
            ("Request too large on tokens per min (TPM): Limit 6,000, Requested 7012.", true),
            ("Rate limit reached on tokens per min: Limit 6000, Used 5900, Requested 700. Try again in 6s.", false),
            ("Limit: 6000, Requested: 6000", false),
            ("Quota exceeded for metric free_tier_requests, limit: 0, model: large", true),
            ("Rate limit exceeded: limit 20 a minute", false),
            ("requested 7000 tokens", false),
            ("slow down", false),
        ] {
            assert_eq!(can_never_pass(message), expected, "{message}");
        }
    }
}
