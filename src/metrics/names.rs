//! The names of the metrics, and what they mean.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub(super) const AUDIT_EVENTS: &str = "qq_login_audit_events_total";
pub(super) const QQ_CALL_DURATION: &str = "qq_login_qq_call_duration_seconds";
pub(super) const QQ_ERRORS: &str = "qq_login_qq_errors_total";
pub(super) const REQUEST_DURATION: &str = "qq_login_request_duration_seconds";
pub(super) const COMMIT_TRANSACTIONS: &str = "qq_login_commit_transactions";
pub(super) const COMMIT_WAIT: &str = "qq_login_commit_wait_seconds";
pub(super) const POOL_CONNECTIONS: &str = "qq_login_pool_connections";
pub(super) const SESSIONS: &str = "qq_login_sessions";
pub(super) const MAILS_WAITING: &str = "qq_login_mails_waiting";

/// What a metric is to Prometheus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

/// Every metric of the site: name, kind and meaning. Those of the process are named `process_*`.
pub const METRICS: [(&str, Kind, &str); 9] = [
    (AUDIT_EVENTS, Kind::Counter, "Events of the audit log, such as sign-ins, by event and reason."),
    (QQ_CALL_DURATION, Kind::Histogram, "Requests to QQ, by endpoint."),
    (QQ_ERRORS, Kind::Counter, "Requests to QQ that failed, by endpoint and QQ's code."),
    (REQUEST_DURATION, Kind::Histogram, "Requests of browsers, by method, route and status."),
    (COMMIT_TRANSACTIONS, Kind::Histogram, "Transactions in one commit to SQLite."),
    (COMMIT_WAIT, Kind::Histogram, "How long the first transaction of a commit waited for it to begin."),
    (POOL_CONNECTIONS, Kind::Gauge, "Database connections of the pool, by state."),
    (SESSIONS, Kind::Gauge, "Sessions in the database that were used lately enough to be alive."),
    (MAILS_WAITING, Kind::Gauge, "Mails in the database that wait to be sent."),
];

pub(super) fn describe() {
    for (name, kind, meaning) in METRICS {
        match kind {
            Kind::Counter => describe_counter!(name, meaning),
            Kind::Gauge => describe_gauge!(name, meaning),
            Kind::Histogram if name.ends_with("_seconds") => describe_histogram!(name, Unit::Seconds, meaning),
            Kind::Histogram => describe_histogram!(name, meaning),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alert_rules_use_metrics_that_exist() {
        let rules = include_str!("../../deploy/prometheus/alerts.yaml");
        let is_name = |byte: char| byte.is_ascii_lowercase() || byte == '_';
        let names: Vec<&str> =
            rules.split(|byte| !is_name(byte)).filter(|word| word.starts_with("qq_login_")).collect();
        assert!(names.len() > 5, "{names:?}");
        for name in names {
            let exists = METRICS.iter().any(|(metric, kind, _)| match kind {
                Kind::Histogram => ["", "_bucket", "_count", "_sum"].iter().any(|end| name == format!("{metric}{end}")),
                _ => name == *metric,
            });
            assert!(exists, "{name}");
        }
    }

    #[test]
    fn documentation_lists_every_metric() {
        let documentation = include_str!("../../docs/metrics.md");
        for (name, ..) in METRICS {
            assert!(documentation.contains(&format!("`{name}`")), "{name}");
        }
    }
}
