#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_outline::fuzz::json_outline(bytes));
