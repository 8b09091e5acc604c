//! The log: which lines are written, and that each is one line.

use std::io::{self, IsTerminal, Write};

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Filter, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::config::{ConfigError, Environment, LogFormat};

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// `LOG_FORMAT` is not known.
    #[error(transparent)]
    Format(#[from] ConfigError),
    /// `RUST_LOG` cannot be read.
    #[error("RUST_LOG: {0}; use a level such as info")]
    Filter(String),
}

/// Logs to standard error, as `RUST_LOG` and `LOG_FORMAT` say.
pub fn start(env: &Environment) -> Result<(), LogError> {
    let wanted = std::env::var("RUST_LOG").ok().filter(|wanted| !wanted.trim().is_empty());
    let filter = log_filter(wanted.as_deref().map_or("info", str::trim))?;
    let lines = fmt::layer().with_writer(OneLine(io::stderr));
    let lines = match LogFormat::read(env)? {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).init();
    Ok(())
}

/// What `wanted` (in the words of `RUST_LOG`) lets through. Libraries that would write secrets at
/// their noisiest levels (QQ takes them in the address) are kept quiet whatever it says.
pub fn log_filter<S>(wanted: &str) -> Result<impl Filter<S> + use<S>, LogError>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let filter = EnvFilter::builder().parse(wanted).map_err(|error| LogError::Filter(error.to_string()))?;
    Ok(filter.and(filter_fn(may_be_written)))
}

/// The noisiest level at which each library is let through.
const QUIET: [(&str, Level); 8] = [
    ("h2", Level::WARN),
    ("hyper", Level::WARN),
    ("hyper_util", Level::WARN),
    ("reqwest", Level::WARN),
    ("rustls", Level::WARN),
    ("sqlx", Level::WARN),
    ("tower_sessions", Level::ERROR),
    ("tower_sessions_core", Level::ERROR),
];

fn may_be_written(line: &Metadata<'_>) -> bool {
    let library = line.target().split("::").next().unwrap_or_default();
    QUIET.iter().all(|(quiet, noisiest)| library != *quiet || line.level() <= noisiest)
}

/// Writes each event as one line, whatever stands in it: words of others, such as a database's, could
/// otherwise begin a line that looks like one of ours.
pub struct OneLine<M>(pub M);

/// The writer of one event.
pub struct OneLineWriter<W>(W);

impl<'a, M: MakeWriter<'a>> MakeWriter<'a> for OneLine<M> {
    type Writer = OneLineWriter<M::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        OneLineWriter(self.0.make_writer())
    }
}

impl<W: Write> Write for OneLineWriter<W> {
    /// Takes an event whole, as the formatting layer gives it.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let mut line = Vec::with_capacity(event.len() + 1);
        for byte in event.strip_suffix(b"\n").unwrap_or(event) {
            match byte {
                b'\n' => line.extend(b"\\n"),
                b'\r' => line.extend(b"\\r"),
                byte => line.push(*byte),
            }
        }
        line.push(b'\n');
        self.0.write_all(&line)?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("the memory").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written under `RUST_LOG=wanted` while `act` runs.
    fn written(wanted: &str, act: impl FnOnce()) -> String {
        let memory = Memory::default();
        let kept = memory.clone();
        let lines = fmt::layer().with_ansi(false).with_writer(OneLine(move || kept.clone()));
        let subscriber = tracing_subscriber::registry().with(lines.with_filter(log_filter(wanted).expect("a filter")));
        tracing::subscriber::with_default(subscriber, act);
        String::from_utf8(memory.0.lock().expect("the memory").clone()).expect("UTF-8")
    }

    #[test]
    fn s93_no_event_is_more_than_a_line() {
        let forged = "x\r\n2027-01-15T08:00:00Z  INFO audit: event=\"signed_in\"\n";
        let said = written("info", || {
            tracing::info!(error = %forged, "it broke: {forged}");
            tracing::info!("and went on");
        });
        let lines: Vec<&str> = said.lines().collect();
        assert_eq!(lines.len(), 2, "{said}");
        assert!(lines[0].contains("x\\r\\n2027") && lines[1].ends_with("and went on"), "{said}");
    }

    #[test]
    fn s33_no_directive_outbids_the_quiet_libraries() {
        let all = "trace,hyper::proto=trace,sqlx::query=trace,[request]=trace,tower_sessions_core::session=trace";
        let said = written(all, || {
            let _span = tracing::info_span!("request").entered();
            tracing::trace!(target: "hyper::proto::h1", "canary");
            tracing::debug!(target: "sqlx::query", "canary");
            tracing::warn!(target: "tower_sessions_core::session", "canary");
            tracing::warn!(target: "sqlx::pool", "heard");
            tracing::trace!(target: "hyperbole", "heard");
        });
        assert_eq!((said.matches("canary").count(), said.matches("heard").count()), (0, 2), "{said}");
    }
}
