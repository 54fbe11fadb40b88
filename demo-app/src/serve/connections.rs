//! HTTP connections with limits of size and time.

use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::ServiceExt;
use tracing::warn;

use crate::client_slots::ClientSlots;

/// The most connections at once; further clients wait. Processes may usually open 1024 files, and the database needs some.
const MAX_CONNECTIONS: usize = 900;

/// The most connections of one client. Without a limit, one client could keep all others waiting.
const MAX_CONNECTIONS_PER_CLIENT: usize = MAX_CONNECTIONS / 4;

/// The most bytes of a request's head; the longest token that is decoded has 16 KiB. hyper responds with 431 to longer
/// heads and to more than 100 headers.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// The most time for the head of a request, and for an idle connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The most time for a connection. Without a limit, a client that reads responses slowly keeps a connection for ever.
const MAX_CONNECTION_AGE: Duration = Duration::from_secs(5 * 60);

/// The most time for the request in progress when a connection is to be closed.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);

/// Serves connections until `stop` completes. Then finishes the requests in progress.
pub(crate) async fn serve(mut listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let slots = ClientSlots::new(MAX_CONNECTIONS_PER_CLIENT);
    loop {
        tokio::select! {
            (stream, client) = Listener::accept(&mut listener), if connections.len() < MAX_CONNECTIONS => {
                if let Some(slot) = slots.take(client.ip()) {
                    let connection = serve_connection(stream, client, app.clone(), stopped.clone());
                    connections.spawn(async move {
                        let _slot = slot;
                        connection.await
                    });
                }
            }
            Some(_) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop((listener, stopping));
    let mut aborted = 0;
    while let Some(ended) = connections.join_next().await {
        aborted += usize::from(ended.is_ok_and(|end| end == ConnectionEnd::Aborted));
    }
    if aborted > 0 {
        warn!(
            "aborted {aborted} requests that took longer than {SHUTDOWN_TIMEOUT:?} after the signal to stop"
        );
    }
}

#[derive(PartialEq)]
enum ConnectionEnd {
    Closed,
    Aborted,
}

/// Serves a connection until the client closes it, the server stops, or it reaches its maximum age.
async fn serve_connection(
    stream: TcpStream,
    client: SocketAddr,
    app: Router,
    mut stopped: watch::Receiver<()>,
) -> ConnectionEnd {
    let service = service_fn(|mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(client));
        app.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(MAX_HEAD_BYTES)
        .max_buf_size(2 * MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    // Errors are ignored: the client disconnected or did not send HTTP.
    tokio::select! {
        _ = &mut connection => return ConnectionEnd::Closed,
        _ = stopped.changed() => {}
        () = sleep(MAX_CONNECTION_AGE) => {}
    }
    connection.as_mut().graceful_shutdown();
    match timeout(SHUTDOWN_TIMEOUT, connection).await {
        Ok(_) => ConnectionEnd::Closed,
        Err(_) => ConnectionEnd::Aborted,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use axum::routing::post;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        time::Instant,
    };

    use super::*;
    use crate::serve::request_limits::{REQUEST_TIMEOUT, limit_and_log};

    const HUGE: usize = 64 * 1024 * 1024;

    /// Connects to a server. Tests pause tokio's clock, which then advances whenever all tasks wait.
    async fn connect() -> TcpStream {
        let app = Router::new().route("/", post(async |_: String| "ok").get(async || "x".repeat(HUGE)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, limit_and_log(app), pending()));
        TcpStream::connect(addr).await.expect("the server listens")
    }

    async fn write(client: &mut TcpStream, text: &str) {
        client.write_all(text.as_bytes()).await.expect("the server reads");
    }

    /// Reads until the server closes the connection. Returns the response and the elapsed time.
    async fn read(client: &mut TcpStream) -> (String, Duration) {
        let (mut response, start) = (Vec::new(), Instant::now());
        // The error of a reset connection is ignored: it ends the response too.
        let _ = client.read_to_end(&mut response).await;
        (String::from_utf8(response).expect("text"), start.elapsed())
    }

    #[track_caller]
    fn assert_about(elapsed: Duration, expected: Duration) {
        // tokio's timers have a resolution of 1 ms.
        let (least, most) = (expected - Duration::from_millis(10), expected + Duration::from_millis(10));
        assert!((least..most).contains(&elapsed), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_connection_is_closed() {
        let (response, elapsed) = read(&mut connect().await).await;
        assert_eq!(response, "");
        assert_about(elapsed, HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn connections_over_the_limit_of_a_client_are_closed() {
        let mut first = connect().await;
        let addr = first.peer_addr().expect("an address");
        let mut others = Vec::new();
        for _ in 1..MAX_CONNECTIONS_PER_CLIENT {
            others.push(TcpStream::connect(addr).await.expect("the server listens"));
        }
        let mut refused = TcpStream::connect(addr).await.expect("the server listens");
        let (response, elapsed) = read(&mut refused).await;
        assert_eq!(response, "");
        assert!(elapsed < HEAD_TIMEOUT, "{elapsed:?}");
        let request = "POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        write(&mut first, request).await;
        assert!(read(&mut first).await.0.starts_with("HTTP/1.1 200 "));
        let mut next = TcpStream::connect(addr).await.expect("the server listens");
        write(&mut next, request).await;
        assert!(read(&mut next).await.0.starts_with("HTTP/1.1 200 "));
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_connection_is_closed() {
        let mut client = connect().await;
        write(&mut client, "POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\n\r\n").await;
        let (response, elapsed) = read(&mut client).await;
        assert!(response.starts_with("HTTP/1.1 200 ") && response.ends_with("\r\n\r\nok"), "{response}");
        assert_about(elapsed, HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_head_closes_the_connection() {
        let mut client = connect().await;
        let start = Instant::now();
        write(&mut client, "GET / HTTP/1.1\r\nHost: demo\r\nX: ").await;
        while client.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
        assert!(start.elapsed() < HEAD_TIMEOUT + Duration::from_secs(3), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_body_gets_408() {
        let mut client = connect().await;
        write(&mut client, "POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 1000\r\n\r\n").await;
        let (mut reader, mut writer) = client.into_split();
        tokio::spawn(async move {
            while writer.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let (mut response, start) = (vec![0; 4096], Instant::now());
        let length = reader.read(&mut response).await.expect("a response");
        let response = str::from_utf8(&response[..length]).expect("text");
        assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
        assert!(response.contains("\r\nconnection: close\r\n"), "{response}");
        assert!(response.contains("did not arrive within 20 seconds"), "{response}");
        assert_about(start.elapsed(), REQUEST_TIMEOUT);
        let _ = reader.read_to_end(&mut Vec::new()).await;
        assert_about(start.elapsed(), REQUEST_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_with_an_unread_response_is_closed() {
        let mut client = connect().await;
        write(&mut client, "GET / HTTP/1.1\r\nHost: demo\r\n\r\n").await;
        sleep(MAX_CONNECTION_AGE + SHUTDOWN_TIMEOUT + Duration::from_secs(1)).await;
        let (response, _) = read(&mut client).await;
        assert!(response.starts_with("HTTP/1.1 200 ") && response.len() < HUGE, "{}", response.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_connection_is_closed_at_its_maximum_age() {
        let mut client = connect().await;
        let start = Instant::now();
        let request = b"POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\n\r\n";
        while client.write_all(request).await.is_ok() {
            let mut response = [0; 1024];
            match client.read(&mut response).await {
                Ok(0) | Err(_) => break,
                Ok(length) => assert!(response[..length].starts_with(b"HTTP/1.1 200 ")),
            }
            sleep(Duration::from_secs(1)).await;
        }
        assert!(
            (MAX_CONNECTION_AGE..MAX_CONNECTION_AGE + SHUTDOWN_TIMEOUT).contains(&start.elapsed()),
            "{:?}",
            start.elapsed()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_head_gets_431() {
        let token = |length| format!("Authorization: Bearer {}\r\n", "x".repeat(length));
        for (headers, status) in [
            (token(16 * 1024), "200"),
            (token(MAX_HEAD_BYTES), "431"),
            ("X: x\r\n".repeat(90), "200"),
            ("X: x\r\n".repeat(101), "431"),
        ] {
            let mut client = connect().await;
            let head = format!("POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\n{headers}\r\n");
            write(&mut client, &head).await;
            let (response, _) = read(&mut client).await;
            assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
        }
    }
}
