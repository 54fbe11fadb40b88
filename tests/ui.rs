//! Code that must not compile, and the compile errors.

mod errors_page;

#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/*/*.rs");
}
