#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| bindery_queue::fuzz::amqp_properties(bytes));
