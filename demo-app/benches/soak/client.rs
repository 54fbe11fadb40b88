//! Clients that send one request after another, and clients that hold a connection.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{SeedableRng, rngs::StdRng};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::requests::{KINDS, Tokens, choose, request};

/// The responses that a client got.
#[derive(Default)]
pub(crate) struct Results {
    /// The kind of each request and the status of its response; 0 if there was none.
    pub(crate) statuses: Vec<(usize, u16)>,
    /// The latencies of each kind, in microseconds.
    pub(crate) latencies: Vec<Vec<u32>>,
    /// Descriptions of unexpected responses.
    pub(crate) failures: Vec<String>,
    /// The requests that failed because the server had just closed the connection.
    pub(crate) reconnects: usize,
}

/// Sends random requests until `end`. `number` seeds the random numbers.
pub(crate) async fn busy(addr: SocketAddr, tokens: Arc<Tokens>, number: u64, end: Instant) -> Results {
    let mut rng = StdRng::seed_from_u64(number);
    let mut results = Results { latencies: vec![Vec::new(); KINDS.len()], ..Results::default() };
    let mut connection = None;
    while Instant::now() < end {
        let index = choose(KINDS.iter().map(|kind| kind.weight), &mut rng);
        let text = request(&KINDS[index], &tokens, &mut rng);
        let is_new = connection.is_none();
        let mut stream = match connection.take() {
            Some(stream) => stream,
            None => TcpStream::connect(addr).await.expect("the server listens"),
        };
        let start = Instant::now();
        match send(&mut stream, &text).await {
            Ok(Response { status, keeps, .. }) => {
                results.latencies[index].push(start.elapsed().as_micros() as u32);
                results.statuses.push((index, status));
                if !KINDS[index].expected.contains(&status) && results.failures.len() < 3 {
                    results.failures.push(format!("{}: {status} for {text}", KINDS[index].name));
                }
                connection = keeps.then_some(stream);
            }
            Err(_) if !is_new => results.reconnects += 1,
            Err(error) => {
                results.statuses.push((index, 0));
                results.failures.push(format!("{}: {error} for {text}", KINDS[index].name));
            }
        }
    }
    results
}

/// A response.
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Whether the connection can be reused.
    pub(crate) keeps: bool,
    /// The head in lower case.
    pub(crate) head: String,
}

/// Sends a request and reads the response.
pub(crate) async fn send(stream: &mut TcpStream, request: &str) -> io::Result<Response> {
    stream.write_all(request.as_bytes()).await?;
    let mut response = Vec::with_capacity(4096);
    loop {
        let read = timeout(Duration::from_secs(30), stream.read_buf(&mut response)).await??;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(head) = response.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let text = String::from_utf8_lossy(&response[..head]).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        if response.len() >= head + 4 + length {
            let status =
                text.get(9..12).and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
            let keeps = !text.contains("connection: close");
            return Ok(Response { status, keeps, head: text });
        }
    }
}

/// A way to hold a connection without a complete exchange.
#[derive(Clone, Copy)]
pub(crate) enum Hold {
    Silent,
    HeadByteByByte,
    BodyByteByByte,
    ResponseNotRead,
}

impl Hold {
    pub(crate) const ALL: [Self; 4] =
        [Self::Silent, Self::HeadByteByByte, Self::BodyByteByByte, Self::ResponseNotRead];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::HeadByteByByte => "head byte by byte",
            Self::BodyByteByByte => "body byte by byte",
            Self::ResponseNotRead => "response not read",
        }
    }

    /// Returns after how many seconds the server must close the connection.
    pub(crate) fn allowed(self) -> u64 {
        match self {
            Self::Silent | Self::HeadByteByByte => 10,
            Self::BodyByteByByte => 20,
            Self::ResponseNotRead => 310,
        }
    }

    /// Returns what the client sends at once.
    fn request(self) -> &'static str {
        match self {
            Self::Silent => "",
            Self::HeadByteByByte => "GET / HTTP/1.1\r\nhost: demo\r\nx: ",
            Self::BodyByteByByte => {
                "POST /token HTTP/1.1\r\nhost: demo\r\ncontent-length: 9000\r\n\
                 content-type: application/x-www-form-urlencoded\r\n\r\n"
            }
            Self::ResponseNotRead => "GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: demo\r\n\r\n",
        }
    }

    /// Sends the next byte, if any. Returns whether the server has closed the connection.
    async fn is_closed(self, stream: &mut TcpStream) -> bool {
        let has_failed = match self {
            Self::Silent => false,
            // A client that does not read notices the end only when a write fails.
            Self::HeadByteByByte | Self::BodyByteByByte | Self::ResponseNotRead => {
                stream.write_all(b"x").await.is_err()
            }
        };
        let reads = !matches!(self, Self::ResponseNotRead);
        has_failed || reads && matches!(stream.try_read(&mut [0; 1024]), Ok(0))
    }
}

/// Holds connections until `end`. Returns how long the server kept each open.
pub(crate) async fn hold(addr: SocketAddr, way: Hold, end: Instant) -> Vec<Duration> {
    let mut held = Vec::new();
    while Instant::now() < end {
        let start = Instant::now();
        let Ok(mut stream) = TcpStream::connect(addr).await else { continue };
        let _ = stream.write_all(way.request().as_bytes()).await;
        loop {
            if Instant::now() >= end {
                return held;
            }
            sleep(Duration::from_millis(500)).await;
            if way.is_closed(&mut stream).await {
                held.push(start.elapsed());
                break;
            }
        }
    }
    held
}
