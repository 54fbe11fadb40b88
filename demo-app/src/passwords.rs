//! Verifies passwords: argon2id, off the async threads, a few at a time.

use std::{
    cell::RefCell,
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{
        Error,
        phc::{Output, PasswordHash},
    },
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task,
};

use crate::attempts::network;

/// No password opens this hash. It costs what a real one costs, so that the time of an answer does not tell whether a
/// user exists.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$fdedMU5wY4/3/u6E9Nwmsw$EahIvHqV6EN5TQdBqF5Wp8pSQooMxG03C19QNru0QPk";

/// So many wait that the last one's turn comes in about a second.
const WAITING_PER_CORE: usize = 32;

/// One part in so many of the places is for the log-ins of one address, so that it does not lock out others.
const PARTS: usize = 4;

/// Verifies passwords. A verification takes a core and 19 MiB for its time, so there are never more than there are
/// cores; some others wait for their turn, and the rest is told to come back.
#[derive(Clone, Debug)]
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    places_of_address: usize,
    taken: Taken,
}

/// How many places each address has, as far as it has any: there are never more entries than places.
#[derive(Clone, Debug, Default)]
struct Taken(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// Where a password waits for its turn, and is verified.
#[derive(Debug)]
pub(crate) struct Place {
    _permit: OwnedSemaphorePermit,
    network: IpAddr,
    taken: Taken,
}

/// There is no place to wait in.
#[derive(Debug, PartialEq)]
pub(crate) enum NoPlace {
    /// All are taken.
    Busy,
    /// The address has taken its part of them.
    AddressBusy,
}

impl Passwords {
    /// A verifier with one turn for each core.
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::with_turns(cores)
    }

    fn with_turns(turns: usize) -> Self {
        let places = turns * (1 + WAITING_PER_CORE);
        Self {
            turns: Arc::new(Semaphore::new(turns)),
            places: Arc::new(Semaphore::new(places)),
            places_of_address: (places / PARTS).max(1),
            taken: Taken::default(),
        }
    }

    /// A place, if there is one for this client.
    pub(crate) fn place(&self, client: IpAddr) -> Result<Place, NoPlace> {
        let network = network(client);
        let mut taken = self.taken.lock();
        if taken.get(&network).is_some_and(|places| *places >= self.places_of_address) {
            return Err(NoPlace::AddressBusy);
        }
        let permit = Arc::clone(&self.places).try_acquire_owned().map_err(|_| NoPlace::Busy)?;
        *taken.entry(network).or_default() += 1;
        Ok(Place { _permit: permit, network, taken: self.taken.clone() })
    }

    /// Whether `password` is the one behind `hash`; without a hash never, after the same work.
    pub(crate) async fn verify(&self, place: Place, password: String, hash: Option<String>) -> bool {
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.expect("the semaphore is never closed");
        let verification = task::spawn_blocking(move || {
            // Moved in here: the work goes on, and keeps its turn, when the request is given up.
            let _held = (place, turn);
            let matches = matches_hash(&password, hash.as_deref().unwrap_or(NOBODY));
            let matches = matches.unwrap_or_else(|error| {
                tracing::error!(%error, "a stored password hash cannot be used");
                false
            });
            matches && hash.is_some()
        });
        verification.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a password verification did not end");
            false
        })
    }
}

impl Taken {
    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock();
        if let Some(places) = taken.get_mut(&self.network) {
            *places -= 1;
            if *places == 0 {
                taken.remove(&self.network);
            }
        }
    }
}

thread_local! {
    /// Where argon2 works. It is kept for the thread's next turn: freed and allocated anew each time, blocks of this
    /// size and alignment leave gaps, and a flood took twenty times the memory in use.
    static MEMORY: RefCell<Vec<Block>> = const { RefCell::new(Vec::new()) };
}

fn matches_hash(password: &str, hash: &str) -> Result<bool, Error> {
    let hash = PasswordHash::new(hash)?;
    let (Some(salt), Some(expected)) = (&hash.salt, &hash.hash) else {
        return Ok(false);
    };
    let algorithm = Algorithm::try_from(hash.algorithm.as_str())?;
    let version = hash.version.map(Version::try_from).transpose()?.unwrap_or_default();
    let params = Params::try_from(&hash)?;
    let mut output = vec![0; expected.len()];
    MEMORY.with_borrow_mut(|memory| {
        memory.resize(params.block_count(), Block::new());
        Argon2::new(algorithm, version, params).hash_password_into_with_memory(
            password.as_bytes(),
            salt,
            &mut output,
            memory,
        )
    })?;
    // `Output` compares in constant time.
    Ok(Output::new(&output)? == *expected)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn an_unknown_user_costs_what_a_known_one_costs() {
        let cost = |hash: &str| {
            let hash = PasswordHash::new(hash).expect("a PHC string");
            (hash.algorithm.to_string(), hash.version, hash.params.to_string())
        };
        let tutorial_data = include_str!("../migrations/sqlite/0002_tutorial_data.sql");
        let stored: Vec<_> = tutorial_data.split('\'').filter(|text| text.starts_with('$')).collect();
        assert_eq!(stored.len(), 2);
        for hash in stored {
            assert_eq!(cost(hash), cost(NOBODY));
        }
        assert_eq!(cost(NOBODY).0, "argon2id");
    }

    #[tokio::test]
    async fn a_broken_hash_opens_for_nobody() {
        let passwords = Passwords::new();
        let place = passwords.place(CLIENT).expect("nobody else is here");
        assert!(!passwords.verify(place, "secret".into(), Some("secret".into())).await);
    }

    #[tokio::test]
    async fn a_turn_is_kept_until_the_work_is_done() {
        let passwords = Passwords::with_turns(1);
        let place = || passwords.place(CLIENT).expect("few others are here");
        let mut given_up = Box::pin(passwords.verify(place(), "secret".into(), None));
        let pending =
            std::future::poll_fn(|context| std::task::Poll::Ready(given_up.as_mut().poll(context))).await;
        assert!(pending.is_pending());
        drop(given_up);
        assert_eq!(passwords.turns.available_permits(), 0);
        passwords.verify(place(), "secret".into(), None).await;
    }

    #[tokio::test]
    async fn an_address_without_a_place_is_forgotten() {
        let passwords = Passwords::with_turns(1);
        let places: Vec<_> = (0..8).map(|_| passwords.place(CLIENT).expect("a quarter of 33")).collect();
        assert_eq!(passwords.place(CLIENT).map(drop), Err(NoPlace::AddressBusy));
        let other = passwords.place(Ipv4Addr::BROADCAST.into()).expect("another address has its own");
        assert_eq!(passwords.taken.lock().len(), 2);
        drop(places);
        assert_eq!(passwords.taken.lock().len(), 1);
        assert!(!passwords.verify(other, "secret".into(), None).await);
        assert!(passwords.taken.lock().is_empty());
        passwords.place(CLIENT).map(drop).expect("its places are free again");
    }
}
