//! The schemas of types of the ledger, which itself knows nothing of schemas.

use schemars::JsonSchema;

/// The schema of a gap policy.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: the ledger's own type knows nothing of schemas")]
pub(super) enum Gaps {
    Fail,
    Omit,
    Placeholder,
}

/// The schema of an audit mode.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is used: the ledger's own type knows nothing of schemas")]
pub(super) enum Audit {
    Off,
    Report,
    Repair,
}

/// The schema of a preset.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "Preset")]
#[expect(dead_code, reason = "only its schema is used: the ledger's own type knows nothing of schemas")]
pub(super) enum PresetName {
    Draft,
    Standard,
    Careful,
}
