//! Metrics on `METRICS_ADDR`.

use qq_login::metrics::{Kind, METRICS};

use crate::support::{Browser, Program, WorkDir, eventually, free_port};

#[tokio::test(flavor = "multi_thread")]
async fn s113_metrics_count_logins_and_name_nobody() {
    let work_dir = WorkDir::new("metrics");
    let port = free_port();
    let launcher = ["env".to_owned(), format!("METRICS_ADDR=127.0.0.1:{port}")];
    let program = Program::start_by(&work_dir, &launcher).await;
    let mut browser = program.browser();
    assert_eq!(browser.register("canary").await.expect("a response").location(), "/account");
    assert_eq!(browser.get("/account").await.expect("the page").status, 200);
    assert_eq!(browser.get("/no-such-canary").await.expect("a page").status, 404);
    assert_eq!(browser.get("/mail/canary").await.expect("a page").status, 410);
    let callback = browser.get("/login/qq/callback?code=canary&state=canary").await.expect("a response");
    assert_eq!(callback.status, 303);
    let text = eventually("the sessions are counted", async || {
        let response = Browser::new(port).get("/metrics").await.expect("metrics");
        Some(response.body).filter(|text| text.contains("\nqq_login_sessions "))
    })
    .await;
    for line in [
        "qq_login_audit_events_total{event=\"registered\",reason=\"\"} 1\n",
        "qq_login_audit_events_total{event=\"sign_in_failed\",reason=\"expired\"} 1\n",
        "qq_login_qq_call_duration_seconds_count{endpoint=\"oauth2.0/token\"} 1\n",
        "qq_login_request_duration_seconds_count{method=\"GET\",route=\"/account\",status=\"2xx\"} 1\n",
        "qq_login_request_duration_seconds_count{method=\"GET\",route=\"/mail/{token}\",status=\"4xx\"} 1\n",
        "qq_login_request_duration_seconds_count{method=\"GET\",route=\"unknown\",status=\"4xx\"} 1\n",
        "qq_login_pool_connections{state=\"idle\"} ",
        "qq_login_commit_transactions_bucket{le=\"1\"} ",
        "process_resident_memory_bytes ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // QQ has caused no error.
    for (name, kind, _) in METRICS.into_iter().filter(|(name, ..)| *name != "qq_login_qq_errors_total") {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        assert!(text.contains(&format!("# TYPE {name} {kind}\n")), "{name}: {text}");
    }
    assert!(!text.contains("canary") && !text.contains("127.0.0.1"), "{text}");
    assert!(browser.cookies().split(['=', ';']).all(|part| part.len() < 20 || !text.contains(part)));
    assert_eq!(browser.get("/metrics").await.expect("a page").status, 404, "not at the public address");
    program.stop().await;
}
