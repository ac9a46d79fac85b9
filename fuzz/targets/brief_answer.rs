#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_worker::fuzz::brief_answer(bytes));
