//! The log of a site, as a test reads it.
//!
//! One subscriber serves all tests, since `tracing` remembers for each place in the code whether
//! anybody listens, and subscribers that come and go would race for that. A site runs on the thread
//! of its test, so a line belongs to whoever listens on the thread that wrote it.

use std::cell::RefCell;
use std::io;
use std::sync::{Arc, Mutex, Once};

use qq_login::logging::log_filter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{FilterExt, dynamic_filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

thread_local! {
    static LISTENER: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// As noisy as `RUST_LOG` can be: with a directive for each place that would write a secret, and so
/// more exact than the program's own that keep it quiet.
const NOISIEST: &str = "trace,hyper::proto=trace,hyper_util::client=trace,tower_sessions_core::session=trace,\
                        tower_sessions::service=trace,sqlx::query=trace,h2::codec=trace";

/// What is logged, in memory: as noisy as `RUST_LOG` can make it, every line a JSON object.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Listens until it is dropped.
pub(crate) struct Listening;

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENER.set(None);
    }
}

impl Log {
    /// Listens on this thread.
    pub(crate) fn listen(&self) -> Listening {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let is_heard = dynamic_filter_fn(|_, _| LISTENER.with_borrow(Option::is_some));
            let filter = log_filter(NOISIEST).expect("a filter").and(is_heard);
            let lines = tracing_subscriber::fmt::layer().json().flatten_event(true).with_writer(Listener);
            tracing_subscriber::registry().with(lines.with_filter(filter)).init();
        });
        LISTENER.set(Some(self.clone()));
        Listening
    }

    /// Everything so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("the log").clone()).expect("UTF-8")
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

/// Writes to whoever listens on the thread at hand.
struct Listener;

impl<'a> MakeWriter<'a> for Listener {
    type Writer = Log;

    fn make_writer(&'a self) -> Log {
        LISTENER.with_borrow(|listener| listener.clone().unwrap_or_default())
    }
}
