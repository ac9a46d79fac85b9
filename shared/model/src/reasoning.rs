//! Which models reason before they answer.

/// Returns whether a model is known to reason before it answers, by its name.
pub(crate) fn reasons(model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    // A gateway puts the vendor before the name.
    let name = model.rsplit('/').next().unwrap_or(&model);
    let starts = [
        "o1",
        "o3",
        "o4",
        "gpt-5",
        "gpt-oss",
        "gemini-2.5",
        "gemini-3",
        "grok-4",
        "magistral",
        "qwq",
        "qwen3",
        "deepseek-r",
        "deepseek-reasoner",
    ];
    starts.iter().any(|start| name.starts_with(start))
        || ["reasoning", "thinking", "-r1"].iter().any(|part| name.contains(part) && !name.contains("non-reasoning"))
}
