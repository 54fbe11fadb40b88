//! Limits for what one client uses at once.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Gives each client a limited number of slots. Clones share the counts.
#[derive(Clone, Debug)]
pub(crate) struct ClientSlots {
    max_per_client: usize,
    /// The slots in use of each client network. A network without one has no entry.
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// A slot of a client, free again when dropped.
#[derive(Debug)]
pub(crate) struct ClientSlot {
    network: IpAddr,
    slots: ClientSlots,
}

impl ClientSlots {
    pub(crate) fn new(max_per_client: usize) -> Self {
        Self { max_per_client, counts: Arc::default() }
    }

    /// Takes a slot, or returns `None` if the client uses as many as one client may.
    pub(crate) fn take(&self, client: IpAddr) -> Option<ClientSlot> {
        let network = network(client);
        let mut counts = self.lock();
        if counts.get(&network).is_some_and(|count| *count >= self.max_per_client) {
            return None;
        }
        *counts.entry(network).or_default() += 1;
        Some(ClientSlot { network, slots: self.clone() })
    }

    /// Returns the number of networks with an entry.
    #[cfg(test)]
    pub(crate) fn networks(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ClientSlot {
    fn drop(&mut self) {
        let mut counts = self.slots.lock();
        if let Some(count) = counts.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.network);
            }
        }
    }
}

/// Returns the network that one client controls: an IPv4 address, or the first 64 bits of an IPv6 address.
pub(crate) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}
