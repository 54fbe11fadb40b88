//! Vocabularies, requirements and granted scopes.

mod requirements;
mod vocabulary;
