//! Answers that are none: what a network, a proxy or a server in trouble makes of them.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, StreamExt};
use tokio::time::sleep;

use super::faults::Named;
use super::wire;

/// A dripping answer is ten minutes of spaces, one a second, and then the answer itself: each byte
/// comes in time, the whole never does.
const DRIPS: usize = 600;
const DRIP: Duration = Duration::from_secs(1);

/// Ten megabytes before the answer itself.
const HUGE_CHUNKS: usize = 160;
static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// 你 in GBK, which is not UTF-8.
const GBK: [u8; 2] = [0xC4, 0xE3];

/// A way for any answer to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breakage {
    Http500,
    Html,
    Empty,
    Truncated,
    BadCharset,
    Huge,
    Drip,
    Drop,
    Redirect,
}

impl Named for Breakage {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("http_500", Self::Http500),
        ("html", Self::Html),
        ("empty", Self::Empty),
        ("truncated", Self::Truncated),
        ("bad_charset", Self::BadCharset),
        ("huge", Self::Huge),
        ("drip", Self::Drip),
        ("drop", Self::Drop),
        ("redirect", Self::Redirect),
    ];
}

impl Breakage {
    /// Breaks an answer.
    ///
    /// The caller has made the answer without spending anything for it: as far as the sandbox is
    /// concerned the request never happened, and may be made again once the fault is over.
    pub(super) fn of(self, answer: String) -> Response {
        match self {
            Self::Http500 => {
                (StatusCode::INTERNAL_SERVER_ERROR, wire::text(page("500 Internal Server Error"))).into_response()
            }
            Self::Html => wire::text(page("系统繁忙，请稍后再试")),
            Self::Empty => wire::text(String::new()),
            Self::Truncated => wire::text(first_half(answer)),
            Self::BadCharset => wire::text(with_bad_charset(&answer)),
            Self::Huge => huge(answer),
            Self::Drip => drip(answer),
            Self::Drop => dropped(),
            Self::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        }
    }
}

fn page(heading: &str) -> String {
    format!("<html><head><title>{heading}</title></head><body><h1>{heading}</h1></body></html>\n")
}

fn first_half(answer: String) -> Vec<u8> {
    let mut bytes = answer.into_bytes();
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// Puts GBK into the first value: the answer is sound but for its charset.
fn with_bad_charset(answer: &str) -> Vec<u8> {
    let (before, after) = [":\"", "="]
        .iter()
        .find_map(|mark| answer.find(mark).map(|at| at + mark.len()))
        .and_then(|at| answer.split_at_checked(at))
        .unwrap_or(("", answer));
    [before.as_bytes(), &GBK, after.as_bytes()].concat()
}

fn huge(answer: String) -> Response {
    let padding = stream::repeat(Bytes::from_static(&SPACES)).take(HUGE_CHUNKS);
    streamed(padding.chain(stream::iter([answer.into()])))
}

fn drip(answer: String) -> Response {
    let drips = stream::repeat(Bytes::from_static(b" ")).take(DRIPS).then(|drip| async {
        sleep(DRIP).await;
        drip
    });
    streamed(drips.chain(stream::iter([answer.into()])))
}

fn streamed(chunks: impl stream::Stream<Item = Bytes> + Send + 'static) -> Response {
    wire::text(Body::from_stream(chunks.map(Ok::<_, io::Error>)))
}

/// A body that fails before its first byte makes the server close the connection with not even a
/// status line sent.
fn dropped() -> Response {
    let failure = io::Error::from(io::ErrorKind::ConnectionAborted);
    wire::text(Body::from_stream(stream::iter([Err::<Bytes, _>(failure)])))
}
