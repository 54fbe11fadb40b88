//! The documentation page in Chromium.

use std::{
    env, fs,
    io::{BufRead, BufReader, Write, stderr},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::program::{Running, serving};

struct Chromedriver(Child);

impl Drop for Chromedriver {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn the_documentation_page_logs_in_with_selected_scopes() {
    let (Some(chromium), Some(chromedriver)) =
        (installed("CHROMIUM", "chromium"), installed("CHROMEDRIVER", "chromedriver"))
    else {
        let reason = "`chromium` or `chromedriver` is not installed.";
        assert!(env::var_os("REQUIRE_BROWSER").is_none(), "{reason}");
        // The test harness captures the output of `eprintln!`.
        writeln!(stderr(), "skipped the test of the documentation page: {reason}").unwrap();
        return;
    };

    let demo = Running::start(&mut serving());
    let mut driver =
        Chromedriver(Command::new(chromedriver).arg("--port=0").stdout(Stdio::piped()).spawn().unwrap());
    let mut output = BufReader::new(driver.0.stdout.take().unwrap()).lines();
    let port = output
        .find_map(|line| Some(line.unwrap().split_once("successfully on port ")?.1.replace('.', "")))
        .expect("chromedriver prints its port");

    let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join("chromium");
    let _ = fs::remove_dir_all(&profile);
    let options = json!({
        "binary": chromium,
        "args": [
            "--headless",
            // Needed to start Chromium as root.
            "--no-sandbox",
            // Chromium ends when chromedriver ends, also if the test fails.
            "--remote-debugging-pipe",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-quic",
            "--disable-sync",
            "--hide-scrollbars",
            "--no-first-run",
            format!("--user-data-dir={}", profile.display()),
            "--window-size=1100,1100",
        ],
    });
    let browser = ClientBuilder::new(HttpConnector::new())
        .capabilities([("goog:chromeOptions".to_owned(), options)].into_iter().collect())
        .connect(&format!("http://127.0.0.1:{port}"))
        .await
        .unwrap();

    browser.goto(&format!("http://{}/docs/", demo.addr)).await.unwrap();
    click(&browser, ".auth-wrapper .authorize").await;
    find(&browser, ".modal-ux .scopes").await;
    let mut scopes = Vec::new();
    for scope in browser.find_all(Locator::Css(".modal-ux .scopes .checkbox")).await.unwrap() {
        scopes.push(scope.text().await.unwrap());
    }
    assert_eq!(
        scopes,
        [
            "items\nRead items.",
            "items:write\nCreate, change and delete items. Includes `items`.",
            "me\nRead information about the current user.",
            "users:{username}:items\nAdd items for one user.",
        ]
    );
    for (field, text) in
        [("oauth_username", "johndoe"), ("oauth_password", "secret"), ("client_id_password", "demo-client")]
    {
        find(&browser, &format!("#{field}")).await.send_keys(text).await.unwrap();
    }
    click(&browser, "label[for='me-password-checkbox-oauth2']").await;
    // The dialog scrolls; the screenshot must show all of it.
    let whole = "document.querySelector('.modal-ux-content').style.maxHeight = 'none'";
    browser.execute(whole, vec![]).await.unwrap();
    screenshot(&browser, "authorize.png").await;
    click(&browser, ".modal-ux .authorize").await;
    find(&browser, ".modal-ux [aria-label='Remove authorization']").await;
    click(&browser, ".modal-ux .btn-done").await;

    let (status, response) = execute(&browser, "get_users_me").await;
    screenshot(&browser, "200.png").await;
    assert_eq!(status, "200", "{response}");
    assert!(response.contains(r#""username": "johndoe""#), "{response}");

    let (status, response) = execute(&browser, "get_users_me_items").await;
    screenshot(&browser, "403.png").await;
    assert_eq!(status, "403", "{response}");
    for reason in [
        r#""error": "insufficient_scope""#,
        r#""scope": "items me""#,
        // Swagger UI leaves out the spaces after the commas.
        r#"www-authenticate: Bearer realm="demo-app",error="insufficient_scope",scope="items me""#,
    ] {
        assert!(response.contains(reason), "{reason} is not in\n{response}");
    }
    browser.close().await.unwrap();
}

/// Returns the path of a program. The environment variable overrides its name.
fn installed(variable: &str, name: &str) -> Option<PathBuf> {
    let program = env::var_os(variable).unwrap_or_else(|| name.into());
    env::split_paths(&env::var_os("PATH")?)
        .map(|directory| directory.join(&program))
        .find(|file| file.is_file())
}

async fn find(browser: &Client, css: &str) -> Element {
    let found = browser.wait().for_element(Locator::Css(css)).await;
    found.unwrap_or_else(|error| panic!("{css}: {error}"))
}

async fn click(browser: &Client, css: &str) {
    find(browser, css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
}

/// Executes an operation on the page. Returns the status and the rest of the response.
async fn execute(browser: &Client, operation: &str) -> (String, String) {
    let operation = format!("#operations-default-{operation}");
    for button in [".opblock-summary-control", ".try-out__btn", ".execute"] {
        click(browser, &format!("{operation} {button}")).await;
    }
    let response = format!("{operation} .live-responses-table .response");
    let status = find(browser, &format!("{response} .response-col_status")).await.text().await.unwrap();
    let rest = find(browser, &format!("{response} .response-col_description")).await.text().await.unwrap();
    let scroll = format!("document.querySelector('{operation}').scrollIntoView()");
    browser.execute(&scroll, vec![]).await.unwrap();
    (status, rest)
}

/// Saves a screenshot in `target/screenshots`.
async fn screenshot(browser: &Client, name: &str) {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
    fs::create_dir_all(&directory).unwrap();
    fs::write(directory.join(name), browser.screenshot().await.unwrap()).unwrap();
}
