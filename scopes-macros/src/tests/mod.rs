//! Tests of what the macros expand to. The compiler's view of the macros is tested in the package `scopes-tests`.

#[path = "../../../tests/fuzz/corpus.rs"]
mod corpus;
mod expansions;
mod mistakes;
mod properties;

#[test]
fn a_requirement_expands_to_the_scopes_that_are_written() {
    corpus::check("requirement", 2000, properties::requirement::holds);
}

#[test]
fn a_vocabulary_expands_to_the_scopes_that_are_written() {
    corpus::check("vocabulary", 1000, properties::vocabulary::holds);
}
