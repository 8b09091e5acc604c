//! Responses as a broken network, a proxy or a failing server makes them.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use tokio::time::sleep;

use super::fault::Fault;
use crate::sandbox::response_format::qq_response;

const DRIP_COUNT: usize = 600;
const DRIP_INTERVAL: Duration = Duration::from_secs(1);

const HUGE_CHUNKS: usize = 160;
static SPACES: [u8; 64 * 1024] = [b' '; 64 * 1024];

/// 你 in GBK, which is not valid UTF-8.
const GBK_BYTES: [u8; 2] = [0xC4, 0xE3];

/// Returns the broken response, or `None` if this fault does not break the transport.
///
/// `body` returns the correct body. It must not change any state: to the sandbox, the request never happened.
pub(in crate::sandbox) fn broken_response(fault: Fault, body: impl FnOnce() -> String) -> Option<Response> {
    Some(match fault {
        Fault::Http500 => {
            (StatusCode::INTERNAL_SERVER_ERROR, qq_response(html("500 Internal Server Error"))).into_response()
        }
        Fault::Html => qq_response(html("系统繁忙，请稍后再试")),
        Fault::Empty => qq_response(String::new()),
        Fault::Truncated => qq_response(first_half(body())),
        Fault::BadCharset => qq_response(with_bad_charset(&body())),
        Fault::Huge => huge(body()),
        Fault::Drip => drip(body()),
        Fault::Drop => dropped(),
        Fault::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        _ => return None,
    })
}

fn html(heading: &str) -> String {
    format!("<html><head><title>{heading}</title></head><body><h1>{heading}</h1></body></html>\n")
}

fn first_half(body: String) -> Vec<u8> {
    let mut bytes = body.into_bytes();
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// Inserts GBK bytes into the first value.
fn with_bad_charset(body: &str) -> Vec<u8> {
    let (before, after) = [":\"", "="]
        .iter()
        .find_map(|mark| body.find(mark).map(|at| at + mark.len()))
        .and_then(|at| body.split_at_checked(at))
        .unwrap_or(("", body));
    [before.as_bytes(), &GBK_BYTES, after.as_bytes()].concat()
}

fn huge(body: String) -> Response {
    let padding = stream::repeat(Bytes::from_static(&SPACES)).take(HUGE_CHUNKS);
    streamed(padding.chain(stream::iter([body.into()])))
}

fn drip(body: String) -> Response {
    let drips = stream::repeat(Bytes::from_static(b" ")).take(DRIP_COUNT).then(|space| async {
        sleep(DRIP_INTERVAL).await;
        space
    });
    streamed(drips.chain(stream::iter([body.into()])))
}

fn streamed(chunks: impl Stream<Item = Bytes> + Send + 'static) -> Response {
    qq_response(Body::from_stream(chunks.map(Ok::<_, io::Error>)))
}

/// A body that fails before its first byte makes hyper close the connection before it sends the status line.
fn dropped() -> Response {
    let error = io::Error::from(io::ErrorKind::ConnectionAborted);
    qq_response(Body::from_stream(stream::iter([Err::<Bytes, _>(error)])))
}
