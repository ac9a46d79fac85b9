#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_outline::fuzz::yaml_outline(bytes));
