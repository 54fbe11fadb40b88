//! How often a password may be guessed, and by whom.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, header},
};
use demo_app::Database;
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Duration, advance, pause, resume, sleep},
};

use crate::support::{Answer, Demo};

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

/// An address that nobody else has.
fn elsewhere(number: u16) -> IpAddr {
    let [high, low] = number.to_be_bytes();
    Ipv4Addr::new(198, 51, high, low).into()
}

async fn try_password(demo: &Demo, username: &str, password: &str, client: IpAddr) -> Answer {
    let request = Request::post("/token")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .extension(ConnectInfo(SocketAddr::new(client, 50_000)));
    let form = format!("grant_type=password&username={username}&password={password}&scope=me");
    demo.send(request.body(Body::from(form)).unwrap()).await
}

async fn guess(demo: &Demo, username: &str, client: IpAddr) -> Answer {
    try_password(demo, username, "wrong", client).await
}

async fn is_let_in(demo: &Demo, client: IpAddr) -> bool {
    try_password(demo, "johndoe", "secret", client).await.status == StatusCode::OK
}

/// In how many seconds to try again.
#[track_caller]
fn refused_for(answer: &Answer) -> u64 {
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let seconds = answer.header("retry-after").unwrap().parse().unwrap();
    let body = answer.json();
    assert_eq!(body["error"], "slow_down");
    let expected = format!("Too many passwords were wrong. Try again in {seconds} seconds.");
    assert_eq!(body["error_description"], expected);
    seconds
}

/// On a slow machine some more are let through, because the time of the first ones counts.
async fn first_refusal(demo: &Demo, guesses: impl Iterator<Item = (String, IpAddr)>) -> Answer {
    for (username, client) in guesses {
        let answer = guess(demo, &username, client).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return answer;
        }
    }
    panic!("all were let through");
}

/// For the database it is no time at all.
async fn after(seconds: u64) {
    pause();
    advance(Duration::from_secs(seconds)).await;
    resume();
}

#[tokio::test]
async fn from_an_address_a_password_is_guessed_a_few_times_and_then_twice_a_minute() {
    let demo = Demo::new().await;
    for username in ["johndoe", "nobody"] {
        for _ in 0..5 {
            assert_eq!(guess(&demo, username, HOME).await.status, StatusCode::BAD_REQUEST);
        }
        let seconds = refused_for(&guess(&demo, username, HOME).await);
        assert!((25..=31).contains(&seconds), "{seconds}");
    }
    assert!(!is_let_in(&demo, HOME).await, "the right password is a guess too");
    assert!(is_let_in(&demo, elsewhere(0)).await);
    after(31).await;
    assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::BAD_REQUEST);
    refused_for(&guess(&demo, "johndoe", HOME).await);
    after(31).await;
    assert!(is_let_in(&demo, HOME).await);
}

#[tokio::test]
async fn right_passwords_are_never_too_many_and_do_not_excuse_wrong_ones() {
    let demo = Demo::new().await;
    for _ in 0..4 {
        assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::BAD_REQUEST);
    }
    for _ in 0..10 {
        assert!(is_let_in(&demo, HOME).await);
    }
    assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::BAD_REQUEST);
    refused_for(&guess(&demo, "johndoe", HOME).await);
}

#[tokio::test]
async fn right_passwords_at_once_are_not_too_many_and_wrong_ones_are() {
    let demo = Demo::new().await;
    let at_once = async |password: &'static str| {
        let mut attempts = JoinSet::new();
        // There is a place for each of them.
        for _ in 0..places_of_an_address() {
            let demo = demo.clone();
            attempts.spawn(async move { try_password(&demo, "johndoe", password, HOME).await.status });
        }
        attempts.join_all().await
    };
    assert!(at_once("secret").await.iter().all(|status| *status == StatusCode::OK));
    let statuses = at_once("wrong").await;
    let looked_at = statuses.iter().filter(|status| **status == StatusCode::BAD_REQUEST).count();
    assert_eq!(looked_at, 5, "{statuses:?}");
    assert!(!statuses.contains(&StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn from_an_address_many_users_are_not_guessed_either() {
    let demo = Demo::new().await;
    for number in 0..20 {
        let answer = guess(&demo, &format!("user{number}"), HOME).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    let refused = first_refusal(&demo, (20..1000).map(|number| (format!("user{number}"), HOME))).await;
    assert!(refused_for(&refused) <= 4);
    assert!(is_let_in(&demo, elsewhere(0)).await);
    after(4).await;
    assert!(is_let_in(&demo, HOME).await);
}

#[tokio::test]
async fn from_many_addresses_a_user_is_guessed_once_a_second_and_is_not_locked_out_at_home() {
    let demo = Demo::new().await;
    assert!(is_let_in(&demo, HOME).await);
    for number in 0..50 {
        assert_eq!(guess(&demo, "johndoe", elsewhere(number)).await.status, StatusCode::BAD_REQUEST);
    }
    let strangers = (50..1000).map(|number| ("johndoe".to_owned(), elsewhere(number)));
    let refused = first_refusal(&demo, strangers).await;
    assert!(refused_for(&refused) <= 2);
    assert!(is_let_in(&demo, HOME).await);
    assert_eq!(guess(&demo, "alice", elsewhere(0)).await.status, StatusCode::BAD_REQUEST);
    after(2).await;
    assert!(is_let_in(&demo, elsewhere(1000)).await);
}

#[tokio::test]
async fn who_has_a_network_of_ipv6_is_one_client() {
    let demo = Demo::new().await;
    let host = |number| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, number));
    for number in 0..5 {
        assert_eq!(guess(&demo, "johndoe", host(number)).await.status, StatusCode::BAD_REQUEST);
    }
    refused_for(&guess(&demo, "johndoe", host(5)).await);
    let mapped = Ipv4Addr::new(192, 0, 2, 1).to_ipv6_mapped().into();
    for client in [HOME, mapped, HOME, mapped, HOME] {
        assert_eq!(guess(&demo, "alice", client).await.status, StatusCode::BAD_REQUEST);
    }
    refused_for(&guess(&demo, "alice", mapped).await);
}

#[tokio::test]
async fn a_guess_that_could_not_be_looked_at_does_not_count() {
    let database = Database::open(":memory:").await.unwrap();
    let demo = Demo::on(database.clone());
    database.close().await;
    for _ in 0..10 {
        assert_eq!(guess(&demo, "johndoe", HOME).await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

#[tokio::test]
async fn where_no_address_is_known_all_clients_are_one() {
    let demo = Demo::new().await;
    for _ in 0..5 {
        let answer = demo.ask_for_token("johndoe", "wrong", "me").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    refused_for(&demo.ask_for_token("johndoe", "secret", "me").await);
}

/// Of all places one address has a quarter.
fn places_of_an_address() -> usize {
    33 * std::thread::available_parallelism().unwrap().get() / 4
}

#[tokio::test]
async fn one_address_takes_a_quarter_of_the_places_even_with_right_passwords() {
    let demo = Demo::new().await;
    for password in ["secret", "wrong"] {
        let (refused, mut is_full) = mpsc::channel(1);
        let mut flood = JoinSet::new();
        for _ in 0..100 {
            let (demo, refused) = (demo.clone(), refused.clone());
            flood.spawn(async move {
                let mut answers = Vec::new();
                // The flood goes on until the receiver is dropped.
                while !refused.is_closed() {
                    let answer = try_password(&demo, "johndoe", password, HOME).await;
                    if ![StatusCode::OK, StatusCode::BAD_REQUEST].contains(&answer.status) {
                        let _ = refused.try_send(());
                        sleep(Duration::from_millis(5)).await;
                    }
                    answers.push(answer);
                }
                answers
            });
        }
        is_full.recv().await.unwrap();
        for number in 0..10 {
            let answer = try_password(&demo, "alice", "secretalice", elsewhere(number)).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        }
        drop(is_full);
        let answers: Vec<_> = flood.join_all().await.into_iter().flatten().collect();
        assert!(answers.iter().all(|answer| answer.status != StatusCode::SERVICE_UNAVAILABLE));
        let is_crowded = |answer: &&Answer| {
            answer.status == StatusCode::TOO_MANY_REQUESTS && answer.text().contains("from this address")
        };
        let refused = answers.iter().find(is_crowded).expect("more log-ins than places of an address");
        assert_eq!(refused.header("retry-after"), Some("2"));
        assert_eq!(refused.header("cache-control"), Some("no-store"));
        let expected = serde_json::json!({
            "error": "slow_down",
            "error_description": "Too many log-ins from this address are under way. Try again in 2 seconds.",
        });
        assert_eq!(refused.json(), expected);
    }
}

#[tokio::test]
async fn a_network_of_ipv6_has_the_places_of_one_address() {
    let demo = Demo::new().await;
    let mut flood = JoinSet::new();
    for number in 0..200 {
        let demo = demo.clone();
        let host = IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, number));
        flood.spawn(async move { try_password(&demo, "johndoe", "secret", host).await.status });
    }
    let statuses = flood.join_all().await;
    let refused = statuses.iter().filter(|status| **status == StatusCode::TOO_MANY_REQUESTS).count();
    assert!(refused > 0 && statuses.len() - refused >= places_of_an_address(), "{statuses:?}");
    assert!(!statuses.contains(&StatusCode::SERVICE_UNAVAILABLE));
}

#[tokio::test]
async fn of_a_crowd_some_are_told_to_come_back_and_the_others_wait_for_their_turn() {
    let demo = Demo::new().await;
    let mut crowd = JoinSet::new();
    for number in 0..2000 {
        let demo = demo.clone();
        crowd.spawn(async move { guess(&demo, &format!("user{number}"), elsewhere(number)).await });
    }
    let (looked_at, turned_away): (Vec<_>, Vec<_>) =
        crowd.join_all().await.into_iter().partition(|answer| answer.status == StatusCode::BAD_REQUEST);
    let cores = std::thread::available_parallelism().unwrap().get();
    assert!(looked_at.len() >= 33 * cores, "{}", looked_at.len());
    assert!(!turned_away.is_empty());
    for answer in turned_away {
        let detail = answer.problem(StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(detail, "Too many others are logging in. Try again in 5 seconds.");
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
    demo.token("me").await;
}
