//! Spans of requests, and of what they wait for.

use std::fmt::Display;

use axum::http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{FutureExt, SpanKind, Status, TraceContextExt, Tracer};
use opentelemetry::{Context, KeyValue, Value};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Instrument;

use super::exporter::tracer;

/// A span that has begun. It ends when it is dropped.
pub struct Span(Option<Context>);

impl Span {
    /// Begins the span of a request. It continues the trace that a `traceparent` names: the caller has removed that of a
    /// client which is not a trusted proxy.
    pub fn of_request(method: &'static str, headers: &HeaderMap) -> Span {
        let Some(tracer) = tracer() else { return Span(None) };
        let parent = TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(headers));
        let builder = tracer.span_builder(method).with_kind(SpanKind::Server);
        Span(Some(parent.with_span(tracer.build_with_context(builder, &parent))))
    }

    /// Begins the span of a call to QQ or of a statement, within the current one. Without a current one, as in background
    /// tasks, nothing is recorded.
    pub(crate) fn within(name: &'static str) -> Span {
        let parent = Context::map_current(|context| context.has_active_span().then(|| context.clone()));
        Span(parent.zip(tracer()).map(|(parent, tracer)| {
            let builder = tracer.span_builder(name).with_kind(SpanKind::Client);
            parent.with_span(tracer.build_with_context(builder, &parent))
        }))
    }

    /// Whether it is worth while to make attributes for it.
    pub fn is_recorded(&self) -> bool {
        self.0.as_ref().is_some_and(|context| context.span().is_recording())
    }

    /// Gives the span its final name.
    pub fn rename(&self, name: String) {
        if let Some(context) = &self.0 {
            context.span().update_name(name);
        }
    }

    /// Sets an attribute, named as in the semantic conventions of OpenTelemetry.
    pub fn set(&self, attribute: &'static str, value: impl Into<Value>) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new(attribute, value));
        }
    }

    /// Says that the work has failed. `error` is a word for the kind of failure.
    pub fn fail(&self, error: impl Display) {
        if let Some(context) = &self.0 {
            context.span().set_attribute(KeyValue::new("error.type", error.to_string()));
            context.span().set_status(Status::error(""));
        }
    }

    /// Runs `work` with this span as the current one.
    pub async fn run<F: Future>(&self, work: F) -> F::Output {
        match &self.0 {
            Some(context) => work.with_context(context.clone()).await,
            None => work.await,
        }
    }
}

impl Drop for Span {
    /// Tasks that outlive the request keep its context.
    fn drop(&mut self) {
        if let Some(context) = &self.0 {
            context.span().end();
        }
    }
}

/// Runs `work`, which is to become a task, within the current spans of log and trace.
pub fn in_current_span<F: Future>(work: F) -> impl Future<Output = F::Output> {
    work.with_current_context().in_current_span()
}
