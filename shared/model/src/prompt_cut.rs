//! Finds out that a server has cut the beginning of a prompt, which it does in silence, by the count of tokens that it
//! reports.

use bindery_domain::{ModelName, Usage};

use crate::{Call, remedy};

/// Returns how a user is told that the server has cut the prompt of a call; `None` where nothing shows it.
pub(crate) fn complaint(name: &ModelName, call: &Call, usage: &Usage) -> Option<String> {
    // Some gateways leave the cached tokens out of the count, and some servers report no count.
    let least = least_input(call);
    if usage.input == 0 || usage.cached > 0 || usage.input >= least {
        return None;
    }
    Some(format!(
        "the server read {} tokens of a prompt of at least {least}: it has cut the prompt to its context; {}",
        usage.input,
        remedy::raise_context(name.provider())
    ))
}

/// Returns the fewest tokens that the prompt of a call can make, whatever the tokenizer.
fn least_input(call: &Call) -> u64 {
    let continued = call.continued.as_deref().unwrap_or_default();
    let texts = [call.prefix.as_str(), &call.slice, &call.request, continued];
    let parts: u64 = texts.iter().flat_map(|text| text.chars()).map(parts_of_a_token).sum();
    parts / PARTS
}

/// The parts into which a token is divided here.
const PARTS: u64 = 24;

/// Returns the smallest share of a token that a character takes in long texts.
fn parts_of_a_token(c: char) -> u64 {
    match c {
        // No tokenizer in use joins more than eight characters of prose on average.
        c if c.is_alphabetic() && u32::from(c) < 0x2e80 => 3,
        // A token may hold two ideographs or syllables and more.
        c if c.is_alphabetic() => 8,
        ' ' => 3,
        // Line breaks, digits and marks are joined in runs of any length.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bindery_domain::estimate_tokens;

    use super::*;

    fn call(prefix: &str) -> Call {
        Call {
            prefix: prefix.to_owned(),
            slice: String::new(),
            request: "Write.".to_owned(),
            continued: None,
            schema: None,
            max_tokens: 100,
            attempt: 1,
            cap: Duration::from_secs(1),
            trace_parent: None,
        }
    }

    fn complaint(prefix: &str, usage: Usage) -> Option<String> {
        super::complaint(&"ollama:llama3.2".parse().unwrap(), &call(prefix), &usage)
    }

    #[test]
    fn a_count_far_below_the_prompt_is_told_with_the_remedy() {
        let prompt = "A kettle sings before it boils, and nobody in the kitchen listens. ".repeat(100);
        let told = complaint(&prompt, Usage { input: 512, ..Usage::default() }).unwrap();
        assert!(told.contains("512 tokens") && told.contains("OLLAMA_CONTEXT_LENGTH"), "{told}");
    }

    #[test]
    fn the_counts_of_compact_tokenizers_are_no_complaint() {
        // The second number is about what the most compact tokenizers make of it.
        for (prompt, tokens) in [
            ("Internationalization considerations notwithstanding, administrators configure everything. ", 11),
            ("Der Teekessel beginnt zu singen, bevor das Wasser kocht. ", 15),
            ("Чайник начинает петь раньше, чем закипит вода. ", 13),
            ("水壶在水烧开之前就开始歌唱。", 12),
            ("주전자는 물이 끓기 전에 노래하기 시작한다. ", 17),
            ("| 1 | 2 | 3 |\n|---|---|---|\n", 14),
        ] {
            let input = tokens * 50;
            let prompt = prompt.repeat(50);
            assert!(input <= estimate_tokens(&prompt));
            assert_eq!(complaint(&prompt, Usage { input, ..Usage::default() }), None, "{prompt}");
        }
    }

    #[test]
    fn a_server_that_counts_nothing_or_reads_its_cache_is_not_suspected() {
        let prompt = "word ".repeat(5_000);
        assert_eq!(complaint(&prompt, Usage::default()), None);
        assert_eq!(complaint(&prompt, Usage { input: 9, cached: 5, ..Usage::default() }), None);
    }
}
