//! What takes the place of spans in a build without traces.

use std::fmt::Display;

use axum::http::HeaderMap;
use tracing::Instrument;

pub(crate) struct Span;

impl Span {
    pub(crate) fn of_request(_: &'static str, _: &HeaderMap) -> Span {
        Span
    }

    pub(crate) fn within(_: &'static str) -> Span {
        Span
    }

    pub(crate) fn is_recorded(&self) -> bool {
        false
    }

    pub(crate) fn rename(&self, _: String) {}

    pub(crate) fn set<V>(&self, _: &'static str, _: V) {}

    pub(crate) fn fail(&self, _: impl Display) {}

    pub(crate) async fn run<F: Future>(&self, work: F) -> F::Output {
        work.await
    }
}

pub(crate) fn in_current_span<F: Future>(work: F) -> impl Future<Output = F::Output> {
    work.in_current_span()
}
