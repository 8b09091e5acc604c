//! Where metrics and traces go.

use std::net::SocketAddr;

use url::Url;

use super::{ConfigError, Environment};

/// Metrics are for the operator: they have an address of their own.
pub(super) fn read_metrics_addr(env: &Environment, listen_addr: SocketAddr) -> Result<Option<SocketAddr>, ConfigError> {
    const NAME: &str = "METRICS_ADDR";
    if env.get(NAME)?.is_none() {
        return Ok(None);
    }
    let addr = env.socket_addr(NAME, "")?;
    if addr == listen_addr {
        let problem = format!("{addr} is the address of the site");
        return Err(ConfigError::new(
            NAME,
            problem,
            "use another port that visitors cannot reach, like 127.0.0.1:9100",
        ));
    }
    Ok(Some(addr))
}

/// Returns the URL to which traces are sent. The variables are those of the OpenTelemetry specification ("OTLP Exporter
/// Configuration"): a URL for traces is complete, a URL for everything is followed by the path for traces.
pub(super) fn read_traces_url(env: &Environment) -> Result<Option<Url>, ConfigError> {
    const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    let (name, url) = match (env.get(TRACES)?, env.get(ALL)?) {
        (Some(url), _) => (TRACES, url),
        (None, Some(url)) => (ALL, format!("{}/v1/traces", url.trim_end_matches('/'))),
        (None, None) => return Ok(None),
    };
    if cfg!(not(feature = "traces")) {
        return Err(ConfigError::new(name, "is set, but this program was built without traces", "unset it"));
    }
    // The value is not repeated: it may contain a password.
    let url = Url::parse(&url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let invalid = || ConfigError::new(name, "is not an http or https URL", "use a value like http://127.0.0.1:4318");
    url.map(Some).ok_or_else(invalid)
}
