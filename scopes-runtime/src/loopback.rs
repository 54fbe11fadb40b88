use std::net::IpAddr;

/// Returns whether the host of a URL is this machine, so that nobody can read or change plain HTTP on the way.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
