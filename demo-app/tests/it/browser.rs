//! The documentation page in Chromium.

use std::{
    env, fs,
    io::{Write, stderr},
    path::{Path, PathBuf},
    process::Command,
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::{
    child_process::ChildProcess,
    program::{Running, serving},
};

/// Chromium, controlled by chromedriver.
struct Browser {
    client: Client,
    /// Ends Chromium when dropped.
    _driver: ChildProcess,
}

impl Browser {
    /// Returns `None` if the browser is not installed. `profile` names the directory of its data.
    async fn start(profile: &str) -> Option<Self> {
        let (Some(chromium), Some(chromedriver)) =
            (installed("CHROMIUM", "chromium"), installed("CHROMEDRIVER", "chromedriver"))
        else {
            skip("REQUIRE_BROWSER", "`chromium` or `chromedriver` is not installed.");
            return None;
        };
        let mut driver = ChildProcess::start(Command::new(chromedriver).arg("--port=0"));
        let started = "ChromeDriver was started successfully on port ";
        let port = driver.line(started)[started.len()..].replace('.', "");

        let profile = Path::new(env!("CARGO_TARGET_TMPDIR")).join(profile);
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
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities([("goog:chromeOptions".to_owned(), options)].into_iter().collect())
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Some(Self { client, _driver: driver })
    }
}

/// Prints why a test is skipped. Fails if the environment variable is set.
fn skip(required: &str, reason: &str) {
    assert!(env::var_os(required).is_none(), "{reason}");
    // The test harness captures the output of `eprintln!`.
    writeln!(stderr(), "skipped a test of the documentation page: {reason}").expect("stderr");
}

/// npm's `oidc-provider`, in a process that ends when dropped.
struct Issuer {
    url: String,
    _process: ChildProcess,
}

impl Issuer {
    /// Returns `None` if the package is not installed.
    fn start() -> Option<Self> {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let modules = env::var_os("NODE_PACKAGES").unwrap_or_else(|| format!("{root}/target/ci/node").into());
        let is_installed = Path::new(&modules).join("node_modules/oidc-provider").is_dir();
        if !is_installed || installed("NODE", "node").is_none() {
            skip("REQUIRE_NODE", "`node` with `oidc-provider` is not installed.");
            return None;
        }
        let mut command = Command::new("node");
        command.arg(format!("{root}/tests/interop/issuer.mjs")).arg(modules).args(["0", "1"]);
        // The process also prints notices.
        let mut process = ChildProcess::start(&mut command);
        let url = process.line("http://");
        Some(Self { url, _process: process })
    }
}

#[tokio::test]
async fn the_documentation_page_logs_in_at_another_issuer_by_authorization_code() {
    let (Some(browser), Some(issuer)) = (Browser::start("external").await, Issuer::start()) else { return };
    let browser = &browser.client;
    let options = ["--issuer-url", &issuer.url, "--audience", "http://demo.example"];
    let demo = Running::start(serving().args(options));
    let redirect = format!("http://{}/docs/oauth2-redirect.html", demo.addr);
    assert!(demo.start.contains(&redirect), "{}", demo.start);

    browser.goto(&format!("http://{}/docs/", demo.addr)).await.unwrap();
    click(browser, ".auth-wrapper .authorize").await;
    find(browser, "#client_id_authorizationCode").await.send_keys("docs").await.unwrap();
    click(browser, "label[for='me-authorizationCode-checkbox-oauth2']").await;
    screenshot(browser, "authorization_code.png").await;
    click(browser, ".modal-ux .authorize").await;
    find(browser, ".modal-ux [aria-label='Remove authorization']").await;
    click(browser, ".modal-ux .btn-done").await;

    let (status, response) = execute(browser, "get_users_me").await;
    assert_eq!(status, "200", "{response}");
    assert!(response.contains(r#""username": "carol""#), "{response}");
    let (status, response) = execute(browser, "get_users_me_items").await;
    assert_eq!(status, "403", "{response}");
    browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_documentation_page_takes_a_token_if_the_issuer_is_down() {
    let Some(browser) = Browser::start("bearer").await else { return };
    let browser = &browser.client;
    // Nothing listens there.
    let demo = Running::start(serving().args(["--issuer-url", "http://127.0.0.1:9"]));
    browser.goto(&format!("http://{}/docs/", demo.addr)).await.unwrap();
    click(browser, ".auth-wrapper .authorize").await;
    find(browser, "#auth-bearer-value").await.send_keys("not-a-token").await.unwrap();
    screenshot(browser, "bearer.png").await;
    click(browser, ".modal-ux .authorize").await;
    click(browser, ".modal-ux .btn-done").await;
    let (status, response) = execute(browser, "get_status").await;
    assert_eq!(status, "401", "{response}");
    assert!(response.contains(r#""error": "invalid_token""#), "{response}");
    browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_documentation_page_logs_in_with_selected_scopes() {
    let Some(browser) = Browser::start("password").await else { return };
    let browser = &browser.client;
    let demo = Running::start(&mut serving());

    browser.goto(&format!("http://{}/docs/", demo.addr)).await.unwrap();
    click(browser, ".auth-wrapper .authorize").await;
    find(browser, ".modal-ux .scopes").await;
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
        find(browser, &format!("#{field}")).await.send_keys(text).await.unwrap();
    }
    click(browser, "label[for='me-password-checkbox-oauth2']").await;
    // The dialog scrolls; the screenshot must show all of it.
    let whole = "document.querySelector('.modal-ux-content').style.maxHeight = 'none'";
    browser.execute(whole, vec![]).await.unwrap();
    screenshot(browser, "authorize.png").await;
    click(browser, ".modal-ux .authorize").await;
    find(browser, ".modal-ux [aria-label='Remove authorization']").await;
    click(browser, ".modal-ux .btn-done").await;

    let (status, response) = execute(browser, "get_users_me").await;
    screenshot(browser, "200.png").await;
    assert_eq!(status, "200", "{response}");
    assert!(response.contains(r#""username": "johndoe""#), "{response}");

    let (status, response) = execute(browser, "get_users_me_items").await;
    screenshot(browser, "403.png").await;
    assert_eq!(status, "403", "{response}");
    for reason in [
        r#""error": "insufficient_scope""#,
        r#""scope": "items me""#,
        // Swagger UI leaves out the spaces after the commas.
        r#"www-authenticate: Bearer realm="demo-app",error="insufficient_scope",scope="items me""#,
    ] {
        assert!(response.contains(reason), "{reason} is not in\n{response}");
    }
    browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_reference_shows_scopes_and_fits_a_phone() {
    let Some(browser) = Browser::start("reference").await else { return };
    let browser = &browser.client;
    let demo = Running::start(&mut serving());
    let page = format!("http://{}/docs/reference", demo.addr);
    browser.goto(&page).await.unwrap();
    find(browser, "h1").await;
    let text = find(browser, "#redoc-container").await.text().await.unwrap();
    for shown in
        ["Lists the items of the current user.", "Create, change and delete items.", "Access: Requires"]
    {
        assert!(text.contains(shown), "{shown} is not in\n{text}");
    }
    screenshot(browser, "reference.png").await;
    // The window of a browser cannot be as narrow as a phone.
    let framed = "document.body.innerHTML = '<iframe src=\"/docs/reference\" width=390 height=900 frameborder=0></iframe>'";
    browser.goto(&format!("http://{}/docs/", demo.addr)).await.unwrap();
    browser.execute(framed, vec![]).await.unwrap();
    find(browser, "iframe").await.enter_frame().await.unwrap();
    find(browser, "h1").await;
    screenshot(browser, "reference_phone.png").await;
    let widths = "return [window.innerWidth, document.documentElement.scrollWidth]";
    assert_eq!(browser.execute(widths, vec![]).await.unwrap(), json!([390, 390]));
    browser.clone().close().await.unwrap();
}

#[tokio::test]
async fn the_documentation_page_fits_a_phone() {
    let Some(browser) = Browser::start("phone").await else { return };
    let browser = &browser.client;
    let demo = Running::start(&mut serving());
    browser.goto(&format!("http://{}/docs/", demo.addr)).await.unwrap();
    // The window of a browser cannot be as narrow as a phone.
    let framed =
        "document.body.innerHTML = '<iframe src=\"/docs/\" width=390 height=900 frameborder=0></iframe>'";
    browser.execute(framed, vec![]).await.unwrap();
    find(browser, "iframe").await.enter_frame().await.unwrap();
    for operation in ["get_users_me", "post_users_me_items"] {
        click(browser, &format!("#operations-default-{operation} .opblock-summary-control")).await;
        find(browser, &format!("#operations-default-{operation} .responses-table")).await;
    }
    let widths = "return [window.innerWidth, document.documentElement.scrollWidth]";
    assert_eq!(browser.execute(widths, vec![]).await.unwrap(), json!([390, 390]));
    browser.clone().close().await.unwrap();
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
