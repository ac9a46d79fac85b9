#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_worker::fuzz::section_answer(bytes));
