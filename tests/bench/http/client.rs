//! 32 connections, each of which sends a request after the response to the last one. They use no HTTP library, so that the
//! benchmark measures the server.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CONNECTIONS: usize = 32;

pub(crate) struct Measured {
    /// Requests per second.
    pub(crate) rate: f64,
    /// In microseconds.
    pub(crate) p99: f64,
}

pub(crate) async fn run(
    address: SocketAddr,
    path: &str,
    authorizations: &[Option<String>],
    status: u16,
    time: Duration,
) -> Measured {
    let requests: std::sync::Arc<[Vec<u8>]> = authorizations
        .iter()
        .map(|authorization| {
            let header =
                authorization.as_ref().map(|value| format!("authorization: {value}\r\n")).unwrap_or_default();
            format!("GET {path} HTTP/1.1\r\nhost: bench\r\n{header}\r\n").into_bytes()
        })
        .collect();
    let start = Instant::now();
    let connections: Vec<_> = (0..CONNECTIONS)
        .map(|number| tokio::spawn(connection(address, requests.clone(), number, status, start + time)))
        .collect();
    let mut latencies = Vec::new();
    for connection in connections {
        latencies.extend(connection.await.expect("no panic"));
    }
    let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let p99 = latencies[latencies.len() * 99 / 100].as_secs_f64() * 1e6;
    Measured { rate, p99 }
}

async fn connection(
    address: SocketAddr,
    requests: std::sync::Arc<[Vec<u8>]>,
    number: usize,
    status: u16,
    end: Instant,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.set_nodelay(true).expect("a TCP option");
    let expected = format!("HTTP/1.1 {status} ");
    let (mut latencies, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    // Connections begin at different tokens, so that they do not all send the same one at once.
    for request in requests.iter().cycle().skip(number * 61 % requests.len()) {
        let start = Instant::now();
        if start >= end {
            break;
        }
        stream.write_all(request).await.expect("it is sent");
        let mut read = 0;
        loop {
            read += stream.read(&mut buffer[read..]).await.expect("an answer");
            if is_whole(&buffer[..read]) {
                break;
            }
        }
        assert!(buffer.starts_with(expected.as_bytes()), "{}", String::from_utf8_lossy(&buffer[..read]));
        latencies.push(start.elapsed());
    }
    latencies
}

/// Returns whether the head is complete, and the body has the length of `content-length`.
fn is_whole(answer: &[u8]) -> bool {
    let Some(head) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { return false };
    let name = b"content-length: ";
    let Some(length) = answer.windows(name.len()).position(|bytes| bytes.eq_ignore_ascii_case(name)) else {
        return true;
    };
    let digits = answer[length + name.len()..].iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| 10 * length + usize::from(digit - b'0'));
    answer.len() >= head + 4 + length
}
