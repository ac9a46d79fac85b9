//! Tests that the published contract, `docs/asyncapi.yaml` with its schemas, agrees with the types.

use std::path::{Path, PathBuf};

use bindery_protocol::{
    book_event::{BookEvent, PUBLIC_EVENTS},
    command::{BookCommand, COMMAND, CommandAnswer, DONE, REFUSED},
    problem::Problem,
    submission::{ACCEPTED, CloudEvent, REJECTED, Receipt, SUBMIT, Submission},
};
use schemars::{JsonSchema, schema_for};
use serde_json::Value;

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

fn current<T: JsonSchema>() -> Value {
    schema_for!(CloudEvent<T>).to_value()
}

#[test]
fn the_published_schemas_are_those_of_the_types() {
    let schemas = [
        ("schemas/submission.json", current::<Submission>()),
        ("schemas/receipt.json", current::<Receipt>()),
        ("schemas/news.json", current::<BookEvent>()),
        ("schemas/command.json", current::<BookCommand>()),
        ("schemas/command-answer.json", current::<CommandAnswer>()),
        ("schemas/command-refusal.json", current::<Problem>()),
    ];
    for (name, current) in schemas {
        let path = docs(name);
        if std::env::var_os("BINDERY_BLESS").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&current).unwrap() + "\n").unwrap();
        }
        let published: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert!(
            published == current,
            "docs/{name} is stale; renew it with `BINDERY_BLESS=1 cargo test -p bindery-protocol published_schemas`"
        );
    }
}

#[test]
fn the_published_contract_names_every_message_that_the_program_sends_and_takes() {
    let text = std::fs::read_to_string(docs("asyncapi.yaml")).unwrap();
    let contract: Value = serde_saphyr::from_str(&text).unwrap();
    assert_eq!(contract["asyncapi"], "3.0.0");
    let mut kinds: Vec<String> = PUBLIC_EVENTS
        .iter()
        .map(|name| format!("bindery.book.{name}.v1"))
        .chain([SUBMIT, ACCEPTED, REJECTED, COMMAND, DONE, REFUSED].map(str::to_owned))
        .collect();
    let messages = contract["components"]["messages"].as_object().unwrap();
    let mut published: Vec<String> =
        messages.values().map(|message| message["name"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    published.sort();
    assert_eq!(published, kinds);
    for reference in
        text.split("$ref: ").skip(1).map(|rest| rest.lines().next().unwrap().trim_matches(['"', '\'', ' ']))
    {
        match reference.split_once('#') {
            Some(("", pointer)) => assert!(contract.pointer(pointer).is_some(), "{reference} leads nowhere"),
            _ => assert!(docs(reference).exists(), "{reference} leads nowhere"),
        }
    }
}
