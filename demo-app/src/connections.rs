//! HTTP connections, each within bounds of size and of time.

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

/// A process may usually have 1024 files open, and the database needs some. Further clients wait to be accepted.
const MAX_CONNECTIONS: usize = 900;

/// A token of the size that is still decoded, 16 KiB, fits. hyper answers 431 to more, and to more than 100 headers.
const MAX_HEAD_BYTES: usize = 32 * 1024;

/// For how long a client may be idle or silent, and for how long the head of a request may take.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// After this time a client has to connect anew, so that none stays for ever by reading its answers slowly.
const MAX_AGE: Duration = Duration::from_secs(5 * 60);

/// For how long the requests of a connection may go on once it is to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serves connections until `stop` ends, and then the requests under way.
pub(crate) async fn serve(mut listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            (stream, client) = Listener::accept(&mut listener), if connections.len() < MAX_CONNECTIONS => {
                connections.spawn(connection(stream, client, app.clone(), stopped.clone()));
            }
            Some(_) = connections.join_next() => {}
            () = &mut stop => break,
        }
    }
    drop((listener, stopping));
    let mut cut_off = 0;
    while let Some(ended) = connections.join_next().await {
        cut_off += usize::from(ended.is_ok_and(|end| end == End::CutOff));
    }
    if cut_off > 0 {
        warn!("requests of {cut_off} clients took longer than {GRACE:?} and were cut off");
    }
}

#[derive(PartialEq)]
enum End {
    Closed,
    CutOff,
}

/// Serves a connection until one side ends it, or the server is to stop, or it is old.
async fn connection(
    stream: TcpStream,
    client: SocketAddr,
    app: Router,
    mut stopped: watch::Receiver<()>,
) -> End {
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
    // An error is the client's: it hung up, or what it sent is no HTTP.
    tokio::select! {
        _ = &mut connection => return End::Closed,
        _ = stopped.changed() => {}
        () = sleep(MAX_AGE) => {}
    }
    connection.as_mut().graceful_shutdown();
    match timeout(GRACE, connection).await {
        Ok(_) => End::Closed,
        Err(_) => End::CutOff,
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
    use crate::requests::{TIMEOUT, bounded_and_logged};

    const HUGE: usize = 64 * 1024 * 1024;

    /// The time is tokio's own, which jumps ahead when all are waiting.
    async fn connected() -> TcpStream {
        let app = Router::new().route("/", post(async |_: String| "ok").get(async || "x".repeat(HUGE)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        tokio::spawn(serve(listener, bounded_and_logged(app), pending()));
        TcpStream::connect(addr).await.expect("it listens")
    }

    async fn write(client: &mut TcpStream, text: &str) {
        client.write_all(text.as_bytes()).await.expect("the server reads");
    }

    /// What comes until the server closes the connection, and when it does.
    async fn read(client: &mut TcpStream) -> (String, Duration) {
        let (mut answer, start) = (Vec::new(), Instant::now());
        // A reset is an end too.
        let _ = client.read_to_end(&mut answer).await;
        (String::from_utf8(answer).expect("text"), start.elapsed())
    }

    #[track_caller]
    fn assert_about(elapsed: Duration, expected: Duration) {
        // tokio's timers are exact to a millisecond.
        let (least, most) = (expected - Duration::from_millis(10), expected + Duration::from_millis(10));
        assert!((least..most).contains(&elapsed), "{elapsed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_nothing_is_let_go() {
        let (answer, elapsed) = read(&mut connected().await).await;
        assert_eq!(answer, "");
        assert_about(elapsed, HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_is_idle_is_let_go() {
        let mut client = connected().await;
        write(&mut client, "POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\n\r\n").await;
        let (answer, elapsed) = read(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nok"), "{answer}");
        assert_about(elapsed, HEAD_TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_byte_by_byte_is_not_waited_for() {
        let mut client = connected().await;
        let start = Instant::now();
        write(&mut client, "GET / HTTP/1.1\r\nHost: demo\r\nX: ").await;
        while client.write_all(b"x").await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
        assert!(start.elapsed() < HEAD_TIMEOUT + Duration::from_secs(3), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_comes_byte_by_byte_is_answered_after_a_while() {
        let mut client = connected().await;
        write(&mut client, "POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 1000\r\n\r\n").await;
        let (mut reader, mut writer) = client.into_split();
        tokio::spawn(async move {
            while writer.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        let (mut answer, start) = (vec![0; 4096], Instant::now());
        let length = reader.read(&mut answer).await.expect("an answer");
        let answer = str::from_utf8(&answer[..length]).expect("text");
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
        assert!(answer.contains("did not arrive within 20 seconds"), "{answer}");
        assert_about(start.elapsed(), TIMEOUT);
        let _ = reader.read_to_end(&mut Vec::new()).await;
        assert_about(start.elapsed(), TIMEOUT);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_reads_is_not_kept() {
        let mut client = connected().await;
        write(&mut client, "GET / HTTP/1.1\r\nHost: demo\r\n\r\n").await;
        sleep(MAX_AGE + GRACE + Duration::from_secs(1)).await;
        let (answer, _) = read(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.len() < HUGE, "{}", answer.len());
    }

    #[tokio::test(start_paused = true)]
    async fn a_busy_client_has_to_connect_anew_some_time() {
        let mut client = connected().await;
        let start = Instant::now();
        let request = b"POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\n\r\n";
        while client.write_all(request).await.is_ok() {
            let mut answer = [0; 1024];
            match client.read(&mut answer).await {
                Ok(0) | Err(_) => break,
                Ok(length) => assert!(answer[..length].starts_with(b"HTTP/1.1 200 ")),
            }
            sleep(Duration::from_secs(1)).await;
        }
        assert!((MAX_AGE..MAX_AGE + GRACE).contains(&start.elapsed()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_head_is_refused() {
        let token = |length| format!("Authorization: Bearer {}\r\n", "x".repeat(length));
        for (headers, status) in [
            (token(16 * 1024), "200"),
            (token(MAX_HEAD_BYTES), "431"),
            ("X: x\r\n".repeat(90), "200"),
            ("X: x\r\n".repeat(101), "431"),
        ] {
            let mut client = connected().await;
            let head = format!("POST / HTTP/1.1\r\nHost: demo\r\nContent-Length: 0\r\n{headers}\r\n");
            write(&mut client, &head).await;
            let (answer, _) = read(&mut client).await;
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        }
    }
}
