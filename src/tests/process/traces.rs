//! Traces over OTLP, as a collector receives them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

use crate::support::{Program, WorkDir, eventually, free_port};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// What a collector received.
#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<ExportTraceServiceRequest>>>);

impl Collector {
    /// Listens on the port.
    async fn start(port: u16) -> Collector {
        let collector = Collector::default();
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("a free port");
        let router = Router::new().route("/v1/traces", post(receive)).with_state(collector.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        collector
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.0.lock().expect("lock");
        let resources = requests.iter().flat_map(|request| &request.resource_spans);
        resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| scope.spans.clone()).collect()
    }

    /// Everything that was received, as text.
    fn text(&self) -> String {
        format!("{:?}", self.0.lock().expect("lock"))
    }
}

async fn receive(State(collector): State<Collector>, body: Bytes) -> StatusCode {
    collector.0.lock().expect("lock").push(ExportTraceServiceRequest::decode(body).expect("OTLP"));
    StatusCode::OK
}

fn launcher(port: u16, more: &[&str]) -> Vec<String> {
    let endpoint = format!("OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:{port}");
    ["env", &endpoint].iter().chain(more).map(|word| (*word).to_owned()).collect()
}

fn text_of<'s>(attributes: &'s [KeyValue], key: &str) -> Option<&'s str> {
    match &attributes.iter().find(|attribute| attribute.key == key)?.value {
        Some(AnyValue { value: Some(Value::StringValue(text)) }) => Some(text),
        _ => None,
    }
}

/// Returns the spans that are within this one, directly or not.
fn within<'s>(spans: &'s [Span], root: &Span) -> Vec<&'s Span> {
    let by_id: HashMap<_, _> = spans.iter().map(|span| (&span.span_id, span)).collect();
    let is_within = |span: &&Span| {
        let mut parent = by_id.get(&span.parent_span_id);
        while let Some(span) = parent.filter(|span| span.span_id != root.span_id) {
            parent = by_id.get(&span.parent_span_id);
        }
        parent.is_some()
    };
    spans.iter().filter(is_within).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn s115_trace_of_a_login_has_its_qq_calls_and_statements_and_no_secret() {
    let work_dir = WorkDir::new("traces");
    let port = free_port();
    let collector = Collector::start(port).await;
    let program = Program::start_by(&work_dir, &launcher(port, &["OTEL_SERVICE_NAME=canary-free-name"])).await;
    let mut browser = program.browser();
    assert_eq!(browser.register("canary").await.expect("a response").location(), "/account");
    let signed_in = browser.clone();
    browser.get("/no-such-canary").await.expect("a page");
    browser.get("/login/qq/callback?code=canary&state=canary").await.expect("a response");
    browser.get("/pkg/qq-login.css").await.expect("a file");
    program.stop().await;

    let spans = collector.spans();
    let callback = spans.iter().find(|span| span.name == "GET /login/qq/callback").expect("the callback");
    assert_eq!(text_of(&callback.attributes, "http.route"), Some("/login/qq/callback"));
    assert!(text_of(&callback.attributes, "request.id").is_some_and(|id| id.len() == 16));
    let parts = within(&spans, callback);
    assert!(parts.iter().all(|span| span.trace_id == callback.trace_id));
    for call in ["GET /oauth2.0/token", "GET /oauth2.0/me", "GET /user/get_user_info"] {
        assert_eq!(parts.iter().filter(|span| span.name == call).count(), 1, "{call}: {parts:?}");
    }
    let statements: Vec<_> = parts.iter().filter_map(|span| text_of(&span.attributes, "db.query.text")).collect();
    assert!(statements.iter().any(|text| text.starts_with("SELECT") && text.contains("$1")), "{statements:?}");
    let transactions: Vec<_> = spans.iter().filter(|span| span.name == "transaction").collect();
    let files: Vec<_> = transactions.iter().filter_map(|span| text_of(&span.attributes, "code.file.path")).collect();
    assert!(files.contains(&"core/src/login/register.rs"), "{files:?}");
    assert!(spans.iter().all(|span| span.end_time_unix_nano >= span.start_time_unix_nano));
    assert!(!spans.iter().any(|span| span.name.contains("pkg")), "files say little");

    let text = collector.text();
    assert!(text.contains("canary-free-name"));
    let text = text.replace("canary-free-name", "");
    assert!(!text.contains("canary"), "{text}");
    let secrets = signed_in.cookies();
    assert!(secrets.split(['=', ';', '.']).all(|part| part.len() < 20 || !text.contains(part)), "{text}");
    assert!(!text.contains("access_token=") && !text.contains("client_secret"), "{text}");
}

/// Asks for the home page with a `traceparent`. Returns the root span that the collector receives.
async fn span_of_traced_request(name: &str, trusted_proxies: &str) -> Span {
    let work_dir = WorkDir::new(name);
    let port = free_port();
    let collector = Collector::start(port).await;
    let program = Program::start_by(&work_dir, &launcher(port, &[trusted_proxies])).await;
    let mut browser = program.browser();
    let response = browser.get_with("/", "traceparent", &format!("00-{TRACE}-{PARENT}-01")).await.expect("the page");
    assert_eq!(response.status, 200);
    program.stop().await;
    collector.spans().into_iter().find(|span| span.name == "GET /").expect("the request")
}

#[tokio::test(flavor = "multi_thread")]
async fn s115_only_a_trusted_proxy_chooses_the_trace() {
    let span = span_of_traced_request("traced-proxy", "TRUSTED_PROXIES=1").await;
    assert_eq!((hex::encode(span.trace_id), hex::encode(span.parent_span_id)), (TRACE.to_owned(), PARENT.to_owned()));
    let span = span_of_traced_request("traced-client", "TRUSTED_PROXIES=0").await;
    assert_ne!(hex::encode(span.trace_id), TRACE);
    assert!(span.parent_span_id.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn site_works_without_the_collector() {
    let work_dir = WorkDir::new("no-collector");
    let port = free_port();
    let endpoint = format!("OTEL_EXPORTER_OTLP_ENDPOINT=http://canary:canary@127.0.0.1:{port}");
    let launcher = ["env", &endpoint, "OTEL_BSP_SCHEDULE_DELAY=50"].map(str::to_owned);
    let program = Program::start_by(&work_dir, &launcher).await;
    let mut browser = program.browser();
    assert_eq!(browser.register("user").await.expect("a response").location(), "/account");
    eventually("a line about the failure", async || program.log().contains("traces not sent").then_some(())).await;
    let collector = Collector::start(port).await;
    eventually("a span arrives", async || {
        browser.get("/privacy").await.expect("the page");
        collector.spans().iter().any(|span| span.name == "GET /privacy").then_some(())
    })
    .await;
    let log = program.log();
    assert_eq!(log.matches("traces not sent").count(), 1, "{log}");
    assert!(log.contains("traces sent again") && !log.contains("canary"), "{log}");
    program.stop().await;
}
