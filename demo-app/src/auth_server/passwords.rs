//! Verifies passwords (argon2id) on blocking threads, with a bounded queue.

use std::{cell::RefCell, net::IpAddr, sync::Arc, thread};

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

use crate::client_slots::{ClientSlot, ClientSlots};

/// Verified for unknown users, with the result ignored. It costs as much as a stored hash, so that response times do
/// not reveal which users exist.
const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$fdedMU5wY4/3/u6E9Nwmsw$EahIvHqV6EN5TQdBqF5Wp8pSQooMxG03C19QNru0QPk";

/// The verifications that wait for each core. The last one waits for about 1 s.
const WAITING_PER_CORE: usize = 32;

/// One client gets a quarter of the queue, so that it cannot lock out the others.
const CLIENT_SHARE: usize = 4;

/// Verifies passwords. A verification takes a core and 19 MiB of memory, so at most one runs on each core. Others wait
/// in a queue of bounded length.
#[derive(Clone, Debug)]
pub(crate) struct PasswordVerifier {
    /// One permit for each verification that may run at once.
    running: Arc<Semaphore>,
    /// One permit for each slot of the queue, those of running verifications included.
    queue: Arc<Semaphore>,
    clients: ClientSlots,
}

/// A slot in the queue, held while a password waits and is verified.
#[derive(Debug)]
pub(crate) struct QueueSlot {
    _permit: OwnedSemaphorePermit,
    _client: ClientSlot,
}

/// The queue has no slot for a client.
#[derive(Debug, PartialEq)]
pub(crate) enum QueueError {
    /// All slots are in use.
    Full,
    /// The client uses as many slots as one client may.
    ClientBusy,
}

impl PasswordVerifier {
    /// Creates a verifier that runs one verification on each core at a time.
    pub(crate) fn new() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self::with_concurrency(cores)
    }

    fn with_concurrency(running: usize) -> Self {
        let slots = running * (1 + WAITING_PER_CORE);
        Self {
            running: Arc::new(Semaphore::new(running)),
            queue: Arc::new(Semaphore::new(slots)),
            clients: ClientSlots::new((slots / CLIENT_SHARE).max(1)),
        }
    }

    /// Reserves a slot for a client.
    pub(crate) fn enqueue(&self, client: IpAddr) -> Result<QueueSlot, QueueError> {
        let client = self.clients.take(client).ok_or(QueueError::ClientBusy)?;
        let permit = Arc::clone(&self.queue).try_acquire_owned().map_err(|_| QueueError::Full)?;
        Ok(QueueSlot { _permit: permit, _client: client })
    }

    /// Returns whether the password matches the hash. Without a hash, returns `false` after the same work.
    pub(crate) async fn verify(&self, slot: QueueSlot, password: String, hash: Option<String>) -> bool {
        let running = Arc::clone(&self.running);
        let permit = running.acquire_owned().await.expect("the semaphore is never closed");
        let verification = task::spawn_blocking(move || {
            // The closure owns them, because the work continues after the request is cancelled.
            let _held = (slot, permit);
            let matches = matches_hash(&password, hash.as_deref().unwrap_or(DUMMY_HASH));
            let matches = matches.unwrap_or_else(|error| {
                tracing::error!(%error, "a stored password hash is malformed");
                false
            });
            matches && hash.is_some()
        });
        verification.await.unwrap_or_else(|error| {
            tracing::error!(%error, "a password verification panicked");
            false
        })
    }
}

thread_local! {
    /// The memory of argon2, reused by the thread's later verifications. Allocating it each time fragments the heap: under
    /// load the process took twenty times the memory in use.
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
    use std::{future::poll_fn, net::Ipv4Addr, task::Poll};

    use super::*;

    const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    #[test]
    fn the_dummy_hash_costs_as_much_as_stored_hashes() {
        let cost = |hash: &str| {
            let hash = PasswordHash::new(hash).expect("a PHC string");
            (hash.algorithm.to_string(), hash.version, hash.params.to_string())
        };
        let tutorial_data = include_str!("../../migrations/sqlite/0002_tutorial_data.sql");
        let stored: Vec<_> = tutorial_data.split('\'').filter(|text| text.starts_with('$')).collect();
        assert_eq!(stored.len(), 2);
        for hash in stored {
            assert_eq!(cost(hash), cost(DUMMY_HASH));
        }
        assert_eq!(cost(DUMMY_HASH).0, "argon2id");
    }

    #[tokio::test]
    async fn a_malformed_hash_matches_no_password() {
        let passwords = PasswordVerifier::new();
        let slot = passwords.enqueue(CLIENT).expect("the queue is empty");
        assert!(!passwords.verify(slot, "secret".into(), Some("secret".into())).await);
    }

    #[tokio::test]
    async fn a_cancelled_verification_keeps_its_permit_until_it_ends() {
        let passwords = PasswordVerifier::with_concurrency(1);
        let slot = || passwords.enqueue(CLIENT).expect("the queue is almost empty");
        let mut cancelled = Box::pin(passwords.verify(slot(), "secret".into(), None));
        let poll = poll_fn(|context| Poll::Ready(cancelled.as_mut().poll(context))).await;
        assert!(poll.is_pending());
        drop(cancelled);
        assert_eq!(passwords.running.available_permits(), 0);
        passwords.verify(slot(), "secret".into(), None).await;
    }

    #[tokio::test]
    async fn a_network_without_a_slot_has_no_entry() {
        let passwords = PasswordVerifier::with_concurrency(1);
        let slots: Vec<_> = (0..8).map(|_| passwords.enqueue(CLIENT).expect("a quarter of 33")).collect();
        assert_eq!(passwords.enqueue(CLIENT).map(drop), Err(QueueError::ClientBusy));
        let other = passwords.enqueue(Ipv4Addr::BROADCAST.into()).expect("another address has its own slots");
        assert_eq!(passwords.clients.networks(), 2);
        drop(slots);
        assert_eq!(passwords.clients.networks(), 1);
        assert!(!passwords.verify(other, "secret".into(), None).await);
        assert_eq!(passwords.clients.networks(), 0);
        passwords.enqueue(CLIENT).map(drop).expect("the slots are free again");
    }
}
