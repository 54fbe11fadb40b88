//! The properties, checked by `cargo test`.

#[path = "corpus.rs"]
mod corpus;

use crate::properties::{authorization, decoder, dpop, key_set, parameters};

#[test]
fn an_authorization_header_is_answered_by_its_grammar() {
    corpus::check("authorization", 5000, authorization::holds);
}

#[test]
fn a_token_is_accepted_for_its_header_and_its_claims() {
    corpus::check("decoder", 5000, decoder::holds);
}

#[test]
fn a_proof_is_accepted_once_for_its_header_and_its_claims() {
    corpus::check("dpop", 3000, dpop::holds);
}

#[test]
fn a_parameter_of_a_scope_has_the_value_of_the_path() {
    corpus::check("parameters", 5000, parameters::holds);
}

#[test]
fn a_key_set_has_the_keys_that_can_be_distinguished() {
    corpus::check("key_set", 1500, key_set::holds);
}
