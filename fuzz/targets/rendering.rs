#![no_main]

#[path = "../../assembler/tests/formats/documents.rs"]
mod documents;
#[path = "../../assembler/tests/formats/fuzzed.rs"]
mod fuzzed;
#[path = "../../assembler/tests/formats/manuscripts.rs"]
mod manuscripts;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzzed::rendering(bytes));
