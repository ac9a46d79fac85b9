// Prompts that are recorded as files, so that a change of a prompt is seen. The tests of each role that writes prompts include
// this file.

use std::{
    fs,
    path::{Path, PathBuf},
};

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
/// package and the test that records them.
pub(crate) fn hold(role: &str, renew: &str, prompts: impl Fn(&Outline) -> String) {
    let role = Path::new(role);
    let examples = role.join("../docs/examples");
    let mut changed = Vec::new();
    for example in EXAMPLES {
        let (path, file) = (examples.join(example), recorded(role, example));
        let outline = parse(&fs::read(&path).unwrap(), Kind::of(&path).unwrap()).unwrap();
        let prompts = prompts(&outline);
        if std::env::var_os("BINDERY_BLESS").is_some() {
            fs::write(&file, &prompts).unwrap();
        }
        if fs::read_to_string(&file).ok().as_ref() != Some(&prompts) {
            changed.push(file);
        }
    }
    assert!(
        changed.is_empty(),
        "prompts are no longer the recorded ones; read {changed:?}, then renew them with `BINDERY_BLESS=1 cargo test -p {renew}`"
    );
}

fn recorded(role: &Path, example: &str) -> PathBuf {
    role.join("prompts").join(format!("{example}.txt"))
}
