#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_protocol::fuzz::task_message(bytes));
