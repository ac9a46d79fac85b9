#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_model::fuzz::anthropic_stream(bytes));
