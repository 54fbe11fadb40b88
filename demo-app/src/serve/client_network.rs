use std::net::IpAddr;

/// Returns the network that one client controls: an IPv4 address, or the first 64 bits of an IPv6 address.
pub(crate) fn network(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() >> 64 << 64).into()),
        address => address,
    }
}
