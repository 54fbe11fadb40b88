//! Checks a property on a fuzz target's corpus, and on random changes of it. The unit tests of `scopes-macros` use this file
//! too.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

#[derive(Clone, Debug)]
enum Edit {
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Copy(Index, Index, usize),
}

impl Edit {
    fn apply(&self, text: &mut Vec<u8>) {
        let span = |from: &Index, length: usize, text: &[u8]| {
            let from = from.index(text.len() + 1);
            from..(from + length).min(text.len())
        };
        match self {
            Self::Insert(at, word) => drop(text.splice(span(at, 0, text), word.iter().copied())),
            Self::Remove(from, length) => drop(text.drain(span(from, *length, text))),
            Self::Copy(from, to, length) => {
                let copied = text[span(from, *length, text)].to_vec();
                text.splice(span(to, 0, text), copied);
            }
        }
    }
}

fn edits(words: Vec<Vec<u8>>) -> impl Strategy<Value = Edit> {
    let inserted = prop_oneof![select(words), prop::collection::vec(any::<u8>(), 1..3)];
    prop_oneof![
        (any::<Index>(), inserted).prop_map(|(at, word)| Edit::Insert(at, word)),
        (any::<Index>(), 1..8_usize).prop_map(|(from, length)| Edit::Remove(from, length)),
        (any::<Index>(), any::<Index>(), 1..40_usize)
            .prop_map(|(from, to, length)| Edit::Copy(from, to, length)),
    ]
}

/// Checks that `holds` does not panic for the corpus of `target` and for `cases` changes of it. `holds` returns whether the
/// input is accepted; the corpus must have at least three inputs of each kind.
pub(super) fn check(target: &str, cases: u32, holds: fn(&[u8]) -> bool) {
    let directory = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fuzz"));
    let corpus = fs::read_dir(directory.join("corpus").join(target)).expect("the corpus");
    let corpus = corpus.map(|file| fs::read(file.expect("a file").path()).expect("a file of the corpus"));
    let corpus: Vec<_> = corpus.collect();
    let (accepted, refused): (Vec<_>, Vec<_>) = corpus.iter().partition(|input| holds(input));
    assert!(accepted.len() >= 3 && refused.len() >= 3, "{} and {}", accepted.len(), refused.len());

    let words = fs::read_to_string(directory.join("dictionaries").join(target)).expect("the dictionary");
    let word = |line| syn::parse_str::<syn::LitStr>(line).expect("a string with Rust's escapes").value();
    let words = words.lines().map(|line| word(line).into_bytes()).collect();
    let inputs =
        (select(corpus), prop::collection::vec(edits(words), 0..4)).prop_map(|(mut input, edits)| {
            edits.iter().for_each(|edit| edit.apply(&mut input));
            input
        });
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&inputs, |input| {
        holds(&input);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}
