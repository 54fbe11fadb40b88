#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    scopes_fuzz::properties::parameters::holds(input);
});
