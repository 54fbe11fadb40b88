//! Rate limits of wrong passwords, and the queue of log-ins.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use demo_app::Database;
use tokio::{
    sync::mpsc,
    task::{JoinSet, spawn_blocking},
    time::{Duration, advance, pause, resume, sleep},
};

use crate::support::{Demo, TestResponse};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// Returns an address that no other test client uses.
fn other_address(number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(198, 51, high, low).into()
}

async fn try_password(demo: &Demo, username: &str, password: &str, client: IpAddr) -> TestResponse {
    let request = Request::post("/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(ConnectInfo(SocketAddr::new(client, 50_000)));
    let form = format!("grant_type=password&username={username}&password={password}&scope=me");
    demo.send(request.body(Body::from(form)).unwrap()).await
}

async fn guess(demo: &Demo, username: &str, client: IpAddr) -> TestResponse {
    try_password(demo, username, "wrong", client).await
}

async fn can_log_in(demo: &Demo, client: IpAddr) -> bool {
    try_password(demo, "johndoe", "secret", client).await.status == StatusCode::OK
}

/// Asserts that the response is a 429 and returns its `Retry-After`, in seconds.
#[track_caller]
fn assert_rate_limited(response: &TestResponse) -> u64 {
    assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS, "{}", response.text());
    assert_eq!(response.header("content-type"), Some("application/json"));
    assert_eq!(response.header("cache-control"), Some("no-store"));
    let seconds = response.header("retry-after").unwrap().parse().unwrap();
    let body = response.json();
    assert_eq!(body["error"], "slow_down");
    let expected = format!("Too many wrong passwords. Try again in {seconds} seconds.");
    assert_eq!(body["error_description"], expected);
    seconds
}

/// Guesses until a guess is refused. On a slow machine more guesses are allowed, because the first ones expire.
async fn first_refusal(demo: &Demo, guesses: impl Iterator<Item = (String, IpAddr)>) -> TestResponse {
    for (username, client) in guesses {
        let response = guess(demo, &username, client).await;
        if response.status == StatusCode::TOO_MANY_REQUESTS {
            return response;
        }
    }
    panic!("no guess was refused");
}

/// Advances tokio's clock. It runs again afterwards, because a paused clock triggers the timeouts of the database.
async fn advance_clock(seconds: u64) {
    pause();
    advance(Duration::from_secs(seconds)).await;
    resume();
}

#[tokio::test]
async fn an_address_guesses_a_users_password_five_times_and_then_twice_a_minute() {
    let demo = Demo::new().await;
    for username in ["johndoe", "unknown"] {
        for _ in 0..5 {
            assert_eq!(guess(&demo, username, HOME).await.status, StatusCode::BAD_REQUEST);
        }
        let seconds = assert_rate_limited(&guess(&demo, username, HOME).await);
        assert!((25..=31).contains(&seconds), "{seconds}");
    }
    assert!(!can_log_in(&demo, HOME).await, "the limit applies to the right password too");
    assert!(can_log_in(&demo, other_address(0)).await);
    advance_clock(31).await;
    assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::BAD_REQUEST);
    assert_rate_limited(&guess(&demo, "johndoe", HOME).await);
    advance_clock(31).await;
    assert!(can_log_in(&demo, HOME).await);
}

#[tokio::test]
async fn right_passwords_neither_count_nor_reset_the_limit() {
    let demo = Demo::new().await;
    for _ in 0..4 {
        assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::BAD_REQUEST);
    }
    for _ in 0..10 {
        assert!(can_log_in(&demo, HOME).await);
    }
    assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::BAD_REQUEST);
    assert_rate_limited(&guess(&demo, "johndoe", HOME).await);
}

#[tokio::test]
async fn the_limit_applies_to_concurrent_wrong_passwords_only() {
    let demo = Demo::new().await;
    let at_once = async |password: &'static str| {
        let mut attempts = JoinSet::new();
        // The queue has a slot for each of them.
        for _ in 0..slots_of_an_address() {
            let demo = demo.clone();
            attempts.spawn(async move { try_password(&demo, "johndoe", password, HOME).await.status });
        }
        attempts.join_all().await
    };
    assert!(at_once("secret").await.iter().all(|status| *status == StatusCode::OK));
    let statuses = at_once("wrong").await;
    let verified = statuses.iter().filter(|status| **status == StatusCode::BAD_REQUEST).count();
    assert_eq!(verified, 5, "{statuses:?}");
    assert!(!statuses.contains(&StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn an_address_has_a_limit_for_all_users_together() {
    let demo = Demo::new().await;
    for number in 0..20 {
        let response = guess(&demo, &format!("user{number}"), HOME).await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST);
    }
    let refused = first_refusal(&demo, (20..1000).map(|number| (format!("user{number}"), HOME))).await;
    assert!(assert_rate_limited(&refused) <= 4);
    assert!(can_log_in(&demo, other_address(0)).await);
    advance_clock(4).await;
    assert!(can_log_in(&demo, HOME).await);
}

#[tokio::test]
async fn many_addresses_guess_a_users_password_once_a_second_and_do_not_lock_the_user_out() {
    let demo = Demo::new().await;
    assert!(can_log_in(&demo, HOME).await);
    for number in 0..50 {
        assert_eq!(guess(&demo, "johndoe", other_address(number)).await.status, StatusCode::BAD_REQUEST);
    }
    let attackers = (50..1000).map(|number| ("johndoe".to_owned(), other_address(number)));
    let refused = first_refusal(&demo, attackers).await;
    assert!(assert_rate_limited(&refused) <= 2);
    assert!(can_log_in(&demo, HOME).await);
    assert_eq!(guess(&demo, "alice", other_address(0)).await.status, StatusCode::BAD_REQUEST);
    advance_clock(2).await;
    assert!(can_log_in(&demo, other_address(1000)).await);
}

#[tokio::test]
async fn an_ipv6_network_counts_as_one_address() {
    let demo = Demo::new().await;
    let host = |number| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, number));
    for number in 0..5 {
        assert_eq!(guess(&demo, "johndoe", host(number)).await.status, StatusCode::BAD_REQUEST);
    }
    assert_rate_limited(&guess(&demo, "johndoe", host(5)).await);
    let mapped = Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped().into();
    for client in [HOME, mapped, HOME, mapped, HOME] {
        assert_eq!(guess(&demo, "alice", client).await.status, StatusCode::BAD_REQUEST);
    }
    assert_rate_limited(&guess(&demo, "alice", mapped).await);
}

#[tokio::test]
async fn a_guess_that_is_not_verified_does_not_count() {
    let database = Database::open(":memory:").await.unwrap();
    let demo = Demo::on(database.clone());
    database.close().await;
    for _ in 0..10 {
        assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn clients_without_an_address_share_the_limits() {
    let demo = Demo::new().await;
    for _ in 0..5 {
        let response = demo.request_token("johndoe", "wrong", "me").await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST);
    }
    assert_rate_limited(&demo.request_token("johndoe", "secret", "me").await);
}

/// Returns a quarter of the queue, which is the share of one address.
fn slots_of_an_address() -> usize {
    33 * std::thread::available_parallelism().unwrap().get() / 4
}

#[tokio::test]
async fn one_address_uses_at_most_a_quarter_of_the_queue() {
    let demo = Demo::new().await;
    for password in ["secret", "wrong"] {
        let (refused, mut is_full) = mpsc::channel(1);
        let mut flood = JoinSet::new();
        for _ in 0..100 {
            let (demo, refused) = (demo.clone(), refused.clone());
            flood.spawn(async move {
                let mut responses = Vec::new();
                // Repeats until the receiver is dropped.
                while !refused.is_closed() {
                    let response = try_password(&demo, "johndoe", password, HOME).await;
                    if ![StatusCode::OK, StatusCode::BAD_REQUEST].contains(&response.status) {
                        let _ = refused.try_send(());
                        sleep(Duration::from_millis(5)).await;
                    }
                    responses.push(response);
                }
                responses
            });
        }
        is_full.recv().await.unwrap();
        for number in 0..10 {
            let response = try_password(&demo, "alice", "secretalice", other_address(number)).await;
            assert_eq!(response.status, StatusCode::OK, "{}", response.text());
        }
        drop(is_full);
        let responses: Vec<_> = flood.join_all().await.into_iter().flatten().collect();
        assert!(responses.iter().all(|response| response.status != StatusCode::SERVICE_UNAVAILABLE));
        let is_client_busy = |response: &&TestResponse| {
            response.status == StatusCode::TOO_MANY_REQUESTS && response.text().contains("from this address")
        };
        let refused =
            responses.iter().find(is_client_busy).expect("there are more log-ins than slots of an address");
        assert_eq!(refused.header("retry-after"), Some("2"));
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        let expected = serde_json::json!({
            "error": "slow_down",
            "error_description": "Too many log-ins from this address are in progress. Try again in 2 seconds.",
        });
        assert_eq!(refused.json(), expected);
    }
}

#[tokio::test]
async fn an_ipv6_network_has_the_queue_slots_of_one_address() {
    let demo = Demo::new().await;
    let mut flood = JoinSet::new();
    for number in 0..200 {
        let demo = demo.clone();
        let host = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, number));
        flood.spawn(async move { try_password(&demo, "johndoe", "secret", host).await.status });
    }
    let statuses = flood.join_all().await;
    let refused = statuses.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
    assert!(refused > 0 && statuses.len() - refused >= slots_of_an_address(), "{statuses:?}");
    assert!(!statuses.contains(&StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn a_full_queue_refuses_log_ins_and_serves_those_that_wait() {
    let demo = Demo::new().await;
    // Stops tokio's clock, so that the timeouts of the database do not refuse log-ins on a slow machine. The runtime does not
    // advance a paused clock while a blocking task runs.
    let (end, ended) = std::sync::mpsc::channel::<()>();
    let blocking = spawn_blocking(move || ended.recv());
    pause();
    let mut log_ins = JoinSet::new();
    for number in 0..2000 {
        let demo = demo.clone();
        log_ins.spawn(async move { guess(&demo, &format!("user{number}"), other_address(number)).await });
    }
    let responses = log_ins.join_all().await;
    resume();
    drop(end);
    blocking.await.unwrap().unwrap_err();
    let (verified, refused): (Vec<_>, Vec<_>) =
        responses.into_iter().partition(|response| response.status == StatusCode::BAD_REQUEST);
    let cores = std::thread::available_parallelism().unwrap().get();
    assert!(verified.len() >= 33 * cores, "{}", verified.len());
    assert!(!refused.is_empty());
    for response in refused {
        let detail = response.problem(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(detail, "Too many log-ins are in progress. Try again in 5 seconds.");
        assert_eq!(response.header("retry-after"), Some("5"));
    }
    demo.token("me").await;
}
