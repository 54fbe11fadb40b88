use std::net::IpAddr;

/// Returns whether the host of a URL is `localhost` or a loopback address. Requests to it do not leave the machine, so plain
/// HTTP is safe.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
