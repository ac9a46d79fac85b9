#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_shared::fuzz::markdown_outline(bytes));
