//! Sends spans to a collector.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry::{Key, KeyValue};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use url::Url;

use super::http_client::{CollectorClient, HttpClientError};

/// How long the spans that wait may take at exit.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);
const SERVICE_NAME: &str = "qq-login";

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// Returns the tracer, if there is an exporter.
pub(super) fn tracer() -> Option<&'static SdkTracer> {
    TRACER.get()
}

/// Why traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    #[error(transparent)]
    HttpClient(#[from] HttpClientError),
    #[error(transparent)]
    Build(#[from] ExporterBuildError),
    #[error("the process sends traces already")]
    Started,
}

/// Sends spans in batches, by a thread of its own: nothing waits for it, and spans that cannot be sent are dropped.
pub struct Exporter(SdkTracerProvider);

impl Exporter {
    /// Sends spans to `url` from now on, as OTLP over HTTP. A process can do so once, from within its runtime.
    ///
    /// The OpenTelemetry SDK reads further settings from the environment: `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
    /// `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_HEADERS`, `OTEL_BSP_*`.
    pub fn start(url: &Url) -> Result<Exporter, TracesError> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(CollectorClient::new()?)
            .with_endpoint(url.as_str())
            .build()?;
        let provider = SdkTracerProvider::builder().with_resource(resource()).with_batch_exporter(exporter).build();
        TRACER.set(provider.tracer(SERVICE_NAME)).map_err(|_| TracesError::Started)?;
        Ok(Exporter(provider))
    }

    /// Sends the spans that wait, for up to two seconds.
    pub async fn stop(self) {
        let stopped = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(STOP_TIMEOUT)).await;
        let stopped = stopped.map_err(io::Error::from).and_then(|result| result.map_err(io::Error::other));
        if let Err(error) = stopped {
            tracing::warn!(%error, "traces not sent");
        }
    }
}

/// What the spans come from: the name that the environment gives the service, or the program's.
fn resource() -> Resource {
    let detected =
        Resource::builder().with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build();
    let name = detected.get(&Key::from_static_str("service.name"));
    if name.is_some_and(|name| !name.as_str().starts_with("unknown_service")) {
        return detected;
    }
    let attributes = detected.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    Resource::builder_empty().with_attributes(attributes).with_service_name(SERVICE_NAME).build()
}
