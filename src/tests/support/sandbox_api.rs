//! Requests of tests to the sandbox's control endpoints.

use reqwest::{Method, Response};

use super::site::TestSite;

impl TestSite {
    /// Makes the next `times` responses of a QQ endpoint fail.
    pub(crate) async fn set_qq_fault(&self, endpoint: &str, fault: &str, times: u32) {
        let body = format!("{{\"fault\":\"{fault}\",\"times\":{times}}}");
        self.call_sandbox(Method::PUT, &format!("faults/{endpoint}"), body).await;
    }

    /// Removes all faults.
    pub(crate) async fn clear_qq_faults(&self) {
        self.call_sandbox(Method::DELETE, "faults", String::new()).await;
    }

    /// Revokes the authorization that a QQ user gave to the site.
    pub(crate) async fn revoke_authorization(&self, name: &str) {
        self.call_sandbox(Method::POST, "revoke", format!("{{\"user\":\"{name}\"}}")).await;
    }

    /// Counts the requests in the sandbox's log to an endpoint.
    pub(crate) async fn count_qq_requests(&self, endpoint: &str) -> usize {
        let log = self.call_sandbox(Method::GET, "requests", String::new()).await;
        let log: serde_json::Value = serde_json::from_str(&log.text().await.expect("a body")).expect("JSON");
        let entries = log.as_array().expect("a list");
        entries.iter().filter(|entry| entry["endpoint"] == endpoint).count()
    }

    async fn call_sandbox(&self, method: Method, path: &str, body: String) -> Response {
        let request = self.client.request(method, format!("{}/sandbox/{path}", self.qq_url));
        let request = request.header("content-type", "application/json").body(body);
        let response = request.send().await.expect("a response");
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap_or_default());
        response
    }
}
