//! Sets up the log on standard error.
//! It must not wait for the reader of the log: [`queue`] holds the lines until the thread in [`writer`] has written them.

mod queue;
mod writer;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::io::{self, IsTerminal, Write};
use std::panic::{PanicHookInfo, set_hook};

use tracing::field::display;
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{ConfigError, Environment, LogFormat};

pub use writer::LogGuard;

#[derive(Debug, thiserror::Error)]
pub enum LogError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("RUST_LOG: {0}; use a level such as info")]
    Filter(String),
    #[error("cannot start the thread that writes the log: {0}")]
    Thread(io::Error),
}

/// Starts logging to standard error, filtered by `RUST_LOG` and formatted by `LOG_FORMAT`. The log ends when the returned
/// guard is dropped.
pub fn start(env: &Environment) -> Result<LogGuard, LogError> {
    let filter = parse_filter(env.get("RUST_LOG")?.as_deref().unwrap_or("info"))?;
    let format = LogFormat::read(env)?;
    let (writer, guard) = writer::start(io::stderr()).map_err(LogError::Thread)?;
    let lines = fmt::layer().with_writer(OneLine(writer));
    let lines = match format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    // Not filters of the layer: with them, tracing-subscriber 0.3 has lost events. It keeps what such a filter decides for the
    // thread, and a decision can be applied to a later event.
    tracing_subscriber::registry().with(filter).with(filter_fn(is_quiet_enough)).with(lines).init();
    set_hook(Box::new(log_panic));
    Ok(guard)
}

/// The default hook would wait for the reader of the log.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    let backtrace = (backtrace.status() == BacktraceStatus::Captured).then(|| display(backtrace));
    tracing::error!(%panic, backtrace, "panicked");
}

/// Parses a filter in `RUST_LOG` syntax. Whatever it says, libraries that could log URLs stay at a quiet level: URLs of
/// QQ requests contain secrets. For subscribers that have other layers too.
pub fn log_filter<S>(directives: &str) -> Result<impl Filter<S> + use<S>, LogError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    Ok(parse_filter(directives)?.and(filter_fn(is_quiet_enough)))
}

fn parse_filter(directives: &str) -> Result<EnvFilter, LogError> {
    EnvFilter::builder().parse(directives).map_err(|error| LogError::Filter(error.to_string()))
}

/// The most verbose level of each library, whose crates are called `name` or `name_…`.
const MAX_LEVELS: [(&str, Level); 8] = [
    ("h2", Level::WARN),
    ("hyper", Level::WARN),
    ("reqwest", Level::WARN),
    ("rustls", Level::WARN),
    ("sqlx", Level::WARN),
    // Its warnings repeat parts of a database URL.
    ("sqlx_postgres", Level::ERROR),
    // Traces have the path, which may hold the token of a mailed link.
    ("tower_http", Level::DEBUG),
    ("tower_sessions", Level::ERROR),
];

fn is_quiet_enough(event: &Metadata<'_>) -> bool {
    let is_of =
        |name| event.target().strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', ':']));
    MAX_LEVELS.iter().all(|(name, max_level)| !is_of(*name) || event.level() <= max_level)
}

/// Writes each event as one line: a line break in foreign text, such as a database's error message, could otherwise forge
/// a log line.
pub struct OneLine<M>(pub M);

pub struct OneLineWriter<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = OneLineWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLineWriter(self.0.make_writer())
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> Self::Writer {
        OneLineWriter(self.0.make_writer_for(event))
    }
}

impl<W: Write> Write for OneLineWriter<W> {
    /// `event` is one complete event, as the formatting layer writes it.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        match event.strip_suffix(b"\n") {
            Some(line) if !line.iter().any(is_line_break) => self.0.write_all(event)?,
            line => self.0.write_all(&escape_line_breaks(line.unwrap_or(event)))?,
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn is_line_break(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn escape_line_breaks(event: &[u8]) -> Vec<u8> {
    let mut line = Vec::with_capacity(event.len() + 16);
    for byte in event {
        match byte {
            b'\n' => line.extend(b"\\n"),
            b'\r' => line.extend(b"\\r"),
            byte => line.push(*byte),
        }
    }
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Buffer(Arc<Mutex<Vec<u8>>>);

    impl Write for Buffer {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("lock").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns what `log_events` writes with these `RUST_LOG` directives.
    fn logged(directives: &str, log_events: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let writer = buffer.clone();
        let lines = fmt::layer().with_ansi(false).with_writer(OneLine(move || writer.clone()));
        let filter = parse_filter(directives).expect("valid filter");
        let subscriber = tracing_subscriber::registry().with(filter).with(filter_fn(is_quiet_enough)).with(lines);
        tracing::subscriber::with_default(subscriber, log_events);
        String::from_utf8(buffer.0.lock().expect("lock").clone()).expect("UTF-8")
    }

    #[test]
    fn s93_every_event_is_one_line() {
        let forged = "x\r\n2027-01-15T08:00:00Z  INFO audit: event=\"signed_in\"\n";
        let log = logged("info", || {
            tracing::info!(error = %forged, "first event: {forged}");
            tracing::info!("second event");
        });
        let lines: Vec<&str> = log.lines().collect();
        assert_eq!(lines.len(), 2, "{log}");
        assert!(lines[0].contains("x\\r\\n2027") && lines[1].ends_with("second event"), "{log}");
    }

    #[test]
    fn s33_no_directive_makes_quiet_libraries_verbose() {
        let all = "trace,hyper::proto=trace,sqlx::query=trace,[request]=trace,tower_sessions_core::session=trace";
        let log = logged(all, || {
            let _span = tracing::info_span!("request").entered();
            tracing::trace!(target: "hyper::proto::h1", "canary");
            tracing::debug!(target: "hyper_util::client", "canary");
            tracing::debug!(target: "sqlx::query", "canary");
            tracing::debug!(target: "sqlx_core::pool", "canary");
            tracing::warn!(target: "sqlx_postgres::options::parse", "canary");
            tracing::warn!(target: "tower_sessions_core::session", "canary");
            tracing::warn!(target: "sqlx::pool", "expected");
            tracing::trace!(target: "hyperbole", "expected");
        });
        assert_eq!((log.matches("canary").count(), log.matches("expected").count()), (0, 2), "{log}");
    }
}
