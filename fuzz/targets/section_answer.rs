#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_check::fuzz::section_answer(bytes));
