#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_dispatcher::fuzz::plan_answer(bytes));
