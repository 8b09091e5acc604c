//! How an answer of graph.qq.com looks on the wire.

use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::params::Params;
use super::refusal::Refusal;

/// The shape of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// `fmt=json`.
    Json,
    /// What comes without `fmt`: JSONP, with a space inside each parenthesis and a newline at the
    /// end.
    Jsonp,
    /// JSONP without them, which has been seen as well.
    TightJsonp,
}

impl Shape {
    pub(super) fn wanted(params: &Params) -> Self {
        match params.get("fmt") {
            Some("json") => Self::Json,
            _ => Self::Jsonp,
        }
    }

    pub(super) fn of(self, answer: &impl Serialize) -> String {
        let json = json(answer);
        match self {
            Self::Json => json,
            Self::Jsonp => format!("callback( {json} );\n"),
            Self::TightJsonp => format!("callback({json});"),
        }
    }

    /// A refusal. The names are `error` and `error_description`, whatever older pages of the wiki
    /// say of `code` and `msg`.
    pub(super) fn of_refusal(self, refusal: Refusal, params: &Params) -> String {
        #[derive(Serialize)]
        struct Error {
            error: u32,
            error_description: String,
        }
        self.of(&Error {
            error: refusal.code(),
            error_description: refusal.description(params.get("client_id").unwrap_or_default()),
        })
    }
}

/// JSON in one line. Only plain structures are written here, and those cannot fail.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// An answer with status 200, which QQ gives to errors as well, and a content type that says nothing:
/// `text/html` is what has been reported of every endpoint.
///
/// The policy is ours: whoever opens such an answer in a browser must not run a nickname as a script.
pub(super) fn text(body: impl Into<Body>) -> Response {
    (
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")],
        body.into(),
    )
        .into_response()
}
