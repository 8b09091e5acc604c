//! Tells idle connections from busy ones: [`TrackedStream`] sees requests arrive and responses leave, [`TrackedBody`] sees
//! a response end.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use axum::Error;
use axum::body::{Body, Bytes, HttpBody};
use hyper::body::{Frame, SizeHint};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Waits for a request.
    Idle,
    /// Has received the start of a request.
    ReadingHead,
    /// Answers a request.
    Busy,
    /// Cannot send the rest of a response, because the client does not read it.
    Blocked,
}

/// What a connection does, and since when. Cheap to clone.
#[derive(Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

struct State {
    phase: Phase,
    since: Instant,
    /// Whether the body of the response is complete. It may not be sent yet.
    is_response_complete: bool,
}

impl Activity {
    pub(super) fn new() -> Activity {
        Activity(Arc::new(Mutex::new(State { phase: Phase::Idle, since: Instant::now(), is_response_complete: false })))
    }

    /// Returns the phase and when it began.
    pub(super) fn phase(&self) -> (Phase, Instant) {
        let state = self.lock();
        (state.phase, state.since)
    }

    /// Called when a request has arrived. The response ends when the guard is dropped.
    pub(super) fn start_response(&self) -> ResponseGuard {
        let mut state = self.lock();
        state.enter(Phase::Busy);
        state.is_response_complete = false;
        ResponseGuard(self.clone())
    }

    fn received(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Idle {
            state.enter(Phase::ReadingHead);
        }
    }

    /// Called after each attempt to send.
    fn sent(&self, is_blocked: bool) {
        let mut state = self.lock();
        match state.phase {
            Phase::Busy if is_blocked => state.enter(Phase::Blocked),
            Phase::Blocked if !is_blocked => state.enter(Phase::Busy),
            _ => {}
        }
    }

    /// Called when nothing is left to send at the moment.
    fn flushed(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Busy && state.is_response_complete {
            state.enter(Phase::Idle);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        (self.phase, self.since) = (phase, Instant::now());
    }
}

pub(super) struct ResponseGuard(Activity);

impl Drop for ResponseGuard {
    fn drop(&mut self) {
        self.0.lock().is_response_complete = true;
    }
}

/// The body of a response.
pub(super) struct TrackedBody {
    pub(super) body: Body,
    pub(super) _response: ResponseGuard,
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The stream of a connection.
pub(super) struct TrackedStream {
    pub(super) stream: TcpStream,
    pub(super) activity: Activity,
}

impl TrackedStream {
    fn track_sent(&self, result: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.activity.sent(result.is_pending());
        result
    }
}

impl AsyncRead for TrackedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.activity.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for TrackedStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.track_sent(result)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.track_sent(result)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.activity.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
