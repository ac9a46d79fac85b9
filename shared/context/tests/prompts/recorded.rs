// Prompts that are recorded as files, so that a change of a prompt is seen. The tests of each role that writes prompts include
// this file.

use std::{fs, path::Path};

use bindery_outline::{Kind, Outline, parse};

const EXAMPLES: [&str; 6] = [
    "bread-at-home.md",
    "chiisana-honya.md",
    "das-wasser-der-stadt.md",
    "five-knots.yaml",
    "night-sky.json",
    "slack-water.md",
];

/// Asserts that the prompts of each example of the documentation are those in the folder `prompts` of a role's crate. `renew` names the
/// package and the tests that record them.
pub(crate) fn hold(role: &str, renew: &str, prompts: impl Fn(&Outline) -> String) {
    let examples = Path::new(role).join("../docs/examples");
    for example in EXAMPLES {
        let path = examples.join(example);
        let outline = parse(&fs::read(&path).unwrap(), Kind::of(&path).unwrap()).unwrap();
        hold_one(role, renew, example, &prompts(&outline));
    }
}

/// Asserts that a prompt is the one in the file of this name.
pub(crate) fn hold_one(role: &str, renew: &str, name: &str, prompt: &str) {
    let file = Path::new(role).join("prompts").join(format!("{name}.txt"));
    if std::env::var_os("BINDERY_BLESS").is_some() {
        fs::write(&file, prompt).unwrap();
    }
    assert!(
        fs::read_to_string(&file).is_ok_and(|recorded| recorded == prompt),
        "a prompt is no longer the recorded one; read {file:?}, then renew it with `BINDERY_BLESS=1 cargo test -p {renew}`"
    );
}
