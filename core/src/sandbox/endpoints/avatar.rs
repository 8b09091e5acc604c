//! Avatar images at addresses like those of QQ and Qzone.

use axum::body::to_bytes;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::sandbox::avatar::png;
use crate::sandbox::faults::{Endpoint, Fault, broken_response};
use crate::sandbox::request::QqRequest;

/// The sizes of QQ and Qzone. 0 is the original.
const SIZES: [u32; 7] = [0, 30, 40, 50, 100, 140, 640];
const ORIGINAL_SIZE: u32 = 640;

pub(super) async fn qzone_avatar(
    Path((_app, openid, size)): Path<(String, String, String)>,
    request: QqRequest,
) -> Response {
    respond(&request, &openid, &size).await
}

pub(super) async fn qq_avatar(Path((openid, size)): Path<(String, String)>, request: QqRequest) -> Response {
    respond(&request, &openid, &size).await
}

async fn respond(request: &QqRequest, openid: &str, size: &str) -> Response {
    let response = match request.take_fault(Endpoint::Avatar, |_| true).await {
        Some(Fault::Truncated) => truncate(image(request, openid, size)).await,
        fault => {
            let broken = fault.and_then(|fault| broken_response(fault, String::new));
            broken.unwrap_or_else(|| image(request, openid, size))
        }
    };
    request.respond(response)
}

async fn truncate(response: Response) -> Response {
    let (head, body) = response.into_parts();
    let mut bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    bytes.truncate(bytes.len() / 2);
    Response::from_parts(head, bytes.into())
}

/// Returns the user's avatar. An unknown user has a plain one, as QQ shows a penguin for a deleted avatar.
fn image(request: &QqRequest, openid: &str, size: &str) -> Response {
    let Some(size) = size.parse().ok().filter(|size| SIZES.contains(size)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let is_known = request.sandbox.state().users.contains_openid(openid);
    png(if size == 0 { ORIGINAL_SIZE } else { size }, if is_known { openid } else { "" })
}
