//! The thread that writes the log.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use super::queue::{Batch, Channel, Dropped, Queue};
use crate::audit;

/// How long lines collect after a write. Waking the thread for each line would cost more than formatting it.
const COLLECT_PERIOD: Duration = Duration::from_millis(10);
/// How long the program waits for the reader of the log before it exits.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);
/// The target of the line that says how many lines were dropped.
const REPORT_TARGET: &str = "log";

/// Hands lines to the thread. Never blocks.
pub(super) struct QueueWriter(Arc<Queue>);

pub(super) struct LineWriter<'a> {
    queue: &'a Queue,
    channel: Channel,
}

/// Writes the remaining lines when dropped, for up to a second.
#[must_use = "dropping it ends the log"]
pub struct LogGuard(Arc<Queue>);

/// Starts a thread that writes lines to `output`.
///
/// # Errors
/// Returns an error if the operating system cannot start a thread.
pub(super) fn start(output: impl Write + Send + 'static) -> io::Result<(QueueWriter, LogGuard)> {
    let queue = Arc::<Queue>::default();
    let of_thread = queue.clone();
    thread::Builder::new().name("log".to_owned()).spawn(move || write_lines(&of_thread, output))?;
    Ok((QueueWriter(queue.clone()), LogGuard(queue)))
}

fn write_lines(queue: &Queue, mut output: impl Write) {
    let mut batch = Batch::default();
    while queue.next_batch(&mut batch) {
        let result = output.write_all(&batch.lines);
        let Dropped { audit, other } = queue.written(&batch, &result);
        if audit + other > 0 {
            tracing::warn!(target: REPORT_TARGET, count = audit + other, audit, "log lines dropped");
        }
        queue.pause(COLLECT_PERIOD);
    }
    queue.finish();
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.0.close(FLUSH_TIMEOUT);
    }
}

impl<'a> MakeWriter<'a> for QueueWriter {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter { queue: &self.0, channel: Channel::Other }
    }

    fn make_writer_for(&'a self, event: &Metadata<'_>) -> LineWriter<'a> {
        let channel = match event.target() {
            audit::TARGET => Channel::Audit,
            REPORT_TARGET => Channel::Report,
            _ => Channel::Other,
        };
        LineWriter { queue: &self.0, channel }
    }
}

impl Write for LineWriter<'_> {
    /// `line` is a complete line.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.queue.push(self.channel, line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output that reports each write and waits for its result. Once the test has dropped its end, writes succeed.
    struct Gate {
        writes: Sender<String>,
        results: Receiver<io::Result<()>>,
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.writes.send(String::from_utf8(bytes.to_owned()).expect("text"));
            self.results.recv().unwrap_or(Ok(()))?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn start_with_gate() -> (QueueWriter, LogGuard, Receiver<String>, Sender<io::Result<()>>) {
        let ((writes, attempts), (allow, results)) = (channel(), channel());
        let (writer, guard) = start(Gate { writes, results }).expect("a thread");
        (writer, guard, attempts, allow)
    }

    fn write(writer: &QueueWriter, line: &str) {
        writer.make_writer().write_all(line.as_bytes()).expect("accepted");
    }

    #[test]
    fn stalled_output_blocks_neither_writers_nor_the_end() {
        let (writer, guard, writes, allow) = start_with_gate();
        write(&writer, "stalled\n");
        assert_eq!(writes.recv().expect("a write"), "stalled\n");
        for _ in 0..3 * 1024 {
            write(&writer, &"x".repeat(1024));
        }
        guard.0.close(Duration::ZERO);
        drop(allow);
    }

    #[test]
    fn guard_writes_what_is_left() {
        let (writer, guard, writes, allow) = start_with_gate();
        drop(allow);
        let lines: Vec<String> = (0..100).map(|number| format!("{number}\n")).collect();
        lines.iter().for_each(|line| write(&writer, line));
        drop(guard);
        assert_eq!(writes.try_iter().collect::<String>(), lines.concat());
    }

    #[test]
    fn failed_write_does_not_end_the_log() {
        let (writer, _guard, writes, allow) = start_with_gate();
        write(&writer, "lost\n");
        assert_eq!(writes.recv().expect("a write"), "lost\n");
        allow.send(Err(io::ErrorKind::BrokenPipe.into())).expect("a thread");
        write(&writer, "next\n");
        assert_eq!(writes.recv().expect("a write"), "next\n");
        drop(allow);
    }
}
