//! Clients: those that send the next request when the last one is answered, and those that hold a connection.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::requests::{KINDS, Tokens, request};

/// What was seen of each kind.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) statuses: Vec<(usize, u16)>,
    /// In microseconds.
    pub(crate) latencies: Vec<Vec<u32>>,
    pub(crate) wrong: Vec<String>,
    /// Requests that met a connection which the server had just closed.
    pub(crate) again: usize,
}

pub(crate) async fn busy(addr: SocketAddr, tokens: Arc<Tokens>, number: u64, end: Instant) -> Seen {
    let mut rng = StdRng::seed_from_u64(number);
    let mut seen = Seen { latencies: vec![Vec::new(); KINDS.len()], ..Seen::default() };
    let mut connection = None;
    while Instant::now() < end {
        let mut chosen = rng.random_range(0..KINDS.iter().map(|kind| kind.weight).sum());
        let index = KINDS.iter().position(|kind| {
            let is_it = chosen < kind.weight;
            chosen = chosen.saturating_sub(kind.weight);
            is_it
        });
        let index = index.expect("one of them");
        let text = request(&KINDS[index], &tokens, &mut rng);
        let is_new = connection.is_none();
        let mut stream = match connection.take() {
            Some(stream) => stream,
            None => TcpStream::connect(addr).await.expect("the server listens"),
        };
        let start = Instant::now();
        match ask(&mut stream, &text).await {
            Ok((status, keeps)) => {
                seen.latencies[index].push(start.elapsed().as_micros() as u32);
                seen.statuses.push((index, status));
                if !KINDS[index].right.contains(&status) && seen.wrong.len() < 3 {
                    seen.wrong.push(format!("{}: {status} for {text}", KINDS[index].name));
                }
                connection = keeps.then_some(stream);
            }
            Err(_) if !is_new => seen.again += 1,
            Err(error) => {
                seen.statuses.push((index, 0));
                seen.wrong.push(format!("{}: {error} for {text}", KINDS[index].name));
            }
        }
    }
    seen
}

/// The status, and whether the connection goes on.
async fn ask(stream: &mut TcpStream, request: &str) -> io::Result<(u16, bool)> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::with_capacity(4096);
    loop {
        let read = timeout(Duration::from_secs(30), stream.read_buf(&mut answer)).await??;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = answer.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|it| it.parse().ok()).unwrap_or(0);
        if answer.len() >= head + 4 + length {
            let status = text.get(9..12).and_then(|it| it.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
            return Ok((status, !text.contains("connection: close")));
        }
    }
}

/// Ways to hold a connection without doing anything with it, and the server's longest patience with each.
pub(crate) const HOLDS: [(&str, u64); 4] =
    [("silent", 10), ("head byte by byte", 10), ("body byte by byte", 20), ("answer not read", 310)];

/// How long each connection was held.
pub(crate) async fn hold(addr: SocketAddr, kind: usize, end: Instant) -> Vec<Duration> {
    let (begin, trickles) = match kind {
        0 => ("", false),
        1 => ("GET / HTTP/1.1\r\nhost: demo\r\nx: ", true),
        2 => (
            "POST /token HTTP/1.1\r\nhost: demo\r\ncontent-length: 9000\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n",
            true,
        ),
        _ => ("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: demo\r\n\r\n", false),
    };
    let mut held = Vec::new();
    while Instant::now() < end {
        let start = Instant::now();
        let Ok(mut stream) = TcpStream::connect(addr).await else { continue };
        let _ = stream.write_all(begin.as_bytes()).await;
        let mut buffer = [0; 1024];
        loop {
            if Instant::now() >= end {
                return held;
            }
            sleep(Duration::from_millis(500)).await;
            // Who does not read cannot see the end either, but is told by a write.
            let closed = match kind {
                3 => stream.write_all(b"x").await.is_err(),
                _ => {
                    let failed = trickles && stream.write_all(b"x").await.is_err();
                    failed || matches!(stream.try_read(&mut buffer), Ok(0))
                }
            };
            if closed {
                held.push(start.elapsed());
                break;
            }
        }
    }
    held
}
