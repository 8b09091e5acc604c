//! What a test does at the sandbox behind a site.

use super::site::TestSite;

impl TestSite {
    /// Makes the next `times` answers of an endpoint of QQ go wrong.
    pub(crate) async fn break_qq(&self, endpoint: &str, fault: &str, times: u32) {
        let answer = self
            .client
            .put(format!("{}/sandbox/faults/{endpoint}", self.qq))
            .header("content-type", "application/json")
            .body(format!("{{\"fault\":\"{fault}\",\"times\":{times}}}"))
            .send()
            .await
            .expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap_or_default());
    }

    /// Ends all faults.
    pub(crate) async fn mend_qq(&self) {
        let answer = self.client.delete(format!("{}/sandbox/faults", self.qq)).send().await;
        assert!(answer.expect("an answer").status().is_success());
    }

    /// As if a person took back their consent at QQ.
    pub(crate) async fn revoke(&self, name: &str) {
        let answer = self
            .client
            .post(format!("{}/sandbox/revoke", self.qq))
            .header("content-type", "application/json")
            .body(format!("{{\"user\":\"{name}\"}}"))
            .send()
            .await
            .expect("an answer");
        assert!(answer.status().is_success());
    }

    /// How many requests an endpoint of QQ received so far.
    pub(crate) async fn qq_requests(&self, endpoint: &str) -> usize {
        let log = self.client.get(format!("{}/sandbox/requests", self.qq)).send().await.expect("the log");
        let log: serde_json::Value = serde_json::from_str(&log.text().await.expect("a body")).expect("JSON");
        let entries = log.as_array().expect("a list");
        entries.iter().filter(|entry| entry["endpoint"] == endpoint).count()
    }
}
