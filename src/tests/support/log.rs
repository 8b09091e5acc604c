//! Captures the log of a site.
//!
//! One subscriber serves all tests, because `tracing` caches for each call site whether a subscriber is
//! interested. A site runs on the thread of its test, so each line belongs to the capture of its thread.

use std::cell::{Cell, RefCell};
use std::io;
use std::sync::{Arc, Mutex, Once};

use qq_login::logging::log_filter;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, dynamic_filter_fn, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

thread_local! {
    static CURRENT: RefCell<Option<Log>> = const { RefCell::new(None) };
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

/// The most verbose `RUST_LOG`. It has a directive for each target that would log a secret, so that it is
/// more specific than the program's own directives that silence them.
const MOST_VERBOSE: &str = "trace,hyper::proto=trace,hyper_util::client=trace,tower_sessions_core::session=trace,\
                            tower_sessions::service=trace,sqlx::query=trace,h2::codec=trace";

/// The captured log: every line is a JSON object.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Ends the capture when dropped.
pub(crate) struct CaptureGuard;

impl Drop for CaptureGuard {
    fn drop(&mut self) {
        CURRENT.set(None);
    }
}

impl Log {
    /// Captures what this thread logs.
    pub(crate) fn capture(&self) -> CaptureGuard {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let is_captured = dynamic_filter_fn(|_, _| CURRENT.with_borrow(Option::is_some));
            let filter = log_filter(MOST_VERBOSE).expect("a filter").and(is_captured);
            let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(CurrentLog);
            let is_counted = filter_fn(|metadata| metadata.target() == "sqlx::query" || metadata.name() == "request");
            let statements = CountStatements.with_filter(is_counted);
            tracing_subscriber::registry().with(lines.with_filter(filter)).with(statements).init();
        });
        CURRENT.set(Some(self.clone()));
        CaptureGuard
    }

    /// Returns how many SQL statements the requests of this thread have run since the first capture. (On PostgreSQL: SQLite runs them on
    /// threads of its own.)
    pub(crate) fn statement_count() -> usize {
        STATEMENTS.get()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the log").clone()).expect("UTF-8")
    }
}

/// Counts statements in the span of a request. Background work may run some at any time.
struct CountStatements;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for CountStatements {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if context.event_span(event).is_some() {
            STATEMENTS.set(STATEMENTS.get() + 1);
        }
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("the log").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to the log that the current thread captures.
struct CurrentLog;

impl<'a> MakeWriter<'a> for CurrentLog {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        CURRENT.with_borrow(|log| log.clone().unwrap_or_default())
    }
}
