//! Records what requests do as spans of OpenTelemetry, for operators.
//! Entry points are [`Span`], [`in_current_span`] for tasks, and [`Exporter`], which sends the spans.
//! It must not know users: spans say which route, which endpoint and which statement, never what users or QQ sent.
//!
//! Without an exporter, or without the feature `traces`, nothing is recorded.

#[cfg(feature = "traces")]
mod exporter;
#[cfg(feature = "traces")]
mod http_client;
#[cfg(not(feature = "traces"))]
mod off;
#[cfg(feature = "traces")]
mod span;

#[cfg(feature = "traces")]
pub use exporter::{Exporter, TracesError};
#[cfg(not(feature = "traces"))]
pub use off::{Span, in_current_span};
#[cfg(feature = "traces")]
pub use span::{Span, in_current_span};
