#![no_main]

#[path = "../../shared/format/tests/formats/documents.rs"]
mod documents;
#[path = "../../shared/format/tests/formats/fuzzed.rs"]
mod fuzzed;
#[path = "../../shared/format/tests/formats/manuscripts.rs"]
mod manuscripts;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::rendering(bytes));
