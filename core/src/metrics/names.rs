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

    const ALERT_RULES: &str = include_str!("../../../deploy/prometheus/alerts.yaml");
    const DASHBOARD: &str = include_str!("../../../deploy/grafana/qq-login.json");

    /// Returns the names of all series that Prometheus gets.
    fn series() -> Vec<String> {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || metrics_process::Collector::default().collect());
        let process = recorder.handle().render();
        let process = process.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
        let site = METRICS.into_iter().flat_map(|(name, kind, _)| match kind {
            Kind::Histogram => ["_bucket", "_count", "_sum"].map(|end| format!("{name}{end}")).to_vec(),
            _ => vec![name.to_owned()],
        });
        process.map(str::to_owned).chain(site).collect()
    }

    fn mentioned_metrics(text: &str) -> Vec<&str> {
        let words = text.split(|byte: char| !byte.is_ascii_lowercase() && byte != '_');
        words.filter(|word| word.starts_with("qq_login_") || word.starts_with("process_")).collect()
    }

    #[test]
    fn alert_rules_and_dashboard_use_metrics_that_exist() {
        let series = series();
        // An alert's text may name a histogram.
        let expressions = ALERT_RULES.lines().filter(|line| !line.trim_start().starts_with("action:"));
        for text in [expressions.collect::<String>(), DASHBOARD.to_owned()] {
            let names = mentioned_metrics(&text);
            assert!(names.len() > 5, "{names:?}");
            for name in names {
                assert!(series.iter().any(|series| series == name), "{name}");
            }
        }
    }

    #[test]
    fn dashboard_shows_every_metric() {
        for (name, ..) in METRICS {
            assert!(DASHBOARD.contains(name), "{name}");
        }
    }

    #[test]
    fn each_alert_rule_says_what_to_do() {
        let alerts: Vec<&str> = ALERT_RULES.split("- alert:").skip(1).collect();
        assert!(alerts.len() > 5 && alerts.iter().all(|alert| alert.contains("          action: ")), "{alerts:?}");
    }

    #[test]
    fn documentation_lists_every_metric() {
        let documentation = include_str!("../../../docs/metrics.md");
        for (name, ..) in METRICS {
            assert!(documentation.contains(&format!("`{name}`")), "{name}");
        }
    }
}
