//! The log has one line per request, without health checks and static files.

use serde_json::Value;

use crate::support::{Log, TestSite};

/// Returns the lines about requests.
fn request_lines(log: &Log) -> Vec<Value> {
    let lines: Vec<Value> = log.text().lines().map(|line| serde_json::from_str(line).expect("a JSON object")).collect();
    lines.into_iter().filter(|line| line["target"] == "request").collect()
}

#[tokio::test]
async fn each_request_is_one_line() {
    let site = TestSite::start().await;
    let (log, browser) = (Log::default(), &mut site.browser());
    let _capture = log.capture();
    let response = browser.get("/login?next=/canary").await;
    browser.get("/nowhere").await;
    let [line, not_found] = &request_lines(&log)[..] else { panic!("{}", log.text()) };
    assert_eq!((&line["level"], &line["status"], &not_found["status"]), (&"INFO".into(), &200.into(), &404.into()));
    assert!(line["latency_ms"].as_f64().is_some_and(|latency_ms| latency_ms > 0.0), "{line}");
    let span = &line["spans"][0];
    assert_eq!((&span["method"], &span["path"]), (&"GET".into(), &"/login".into()), "without the query");
    assert_eq!((&span["id"], &span["network"]), (&response.header("x-request-id").into(), &"127.0.0.0/24".into()));
}

#[tokio::test]
async fn health_checks_and_static_files_are_logged_for_debugging_only() {
    let site = TestSite::start().await;
    let (log, browser) = (Log::default(), &mut site.browser());
    let _capture = log.capture();
    for path in ["/healthz", "/readyz", "/robots.txt", "/favicon.svg", "/pkg/qq-login.css", "/pkg/none.js"] {
        browser.get(path).await;
    }
    let levels: Vec<Value> = request_lines(&log).iter().map(|line| line["level"].clone()).collect();
    assert_eq!(levels, vec![Value::from("DEBUG"); 6], "{}", log.text());
}

#[tokio::test]
async fn server_errors_are_logged_as_errors() {
    let site = TestSite::start().await;
    let (log, browser) = (Log::default(), &mut site.browser());
    browser.register_new_user().await;
    site.execute("ALTER TABLE sessions RENAME TO away").await;
    let _capture = log.capture();
    assert_eq!(browser.get("/account").await.status, 503);
    let lines = request_lines(&log);
    assert!(matches!(&lines[..], [line] if line["level"] == "ERROR" && line["status"] == 503), "{}", log.text());
    site.execute("ALTER TABLE away RENAME TO sessions").await;
}
