//! The format of graph.qq.com's responses.

use axum::body::Body;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::oauth_error::OAuthError;
use super::params::Params;

/// The format of an OAuth endpoint's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ResponseFormat {
    /// With `fmt=json`.
    Json,
    /// The default: JSONP with a space inside each parenthesis and a newline at the end.
    Jsonp,
    /// JSONP without spaces and newline, which was also seen.
    TightJsonp,
}

impl ResponseFormat {
    pub(super) fn requested(params: &Params) -> Self {
        if params.get("fmt") == Some("json") { Self::Json } else { Self::Jsonp }
    }

    pub(super) fn format(self, body: &impl Serialize) -> String {
        let json = to_json(body);
        match self {
            Self::Json => json,
            Self::Jsonp => format!("callback( {json} );\n"),
            Self::TightJsonp => format!("callback({json});"),
        }
    }

    /// Formats an error. Some pages of the wiki name the fields `code` and `msg`; captures do not.
    pub(super) fn format_error(self, error: OAuthError, params: &Params) -> String {
        #[derive(Serialize)]
        struct ErrorBody {
            error: u32,
            error_description: String,
        }
        let error_description = error.description(params.get("client_id").unwrap_or_default());
        self.format(&ErrorBody { error: error.code(), error_description })
    }
}

/// Serializes a plain structure, which cannot fail.
pub(super) fn to_json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Returns a response with status 200, which QQ uses for errors, too, and with `text/html`, which was
/// reported for every endpoint.
///
/// The policy is our own: a browser that opens the response must not run a nickname as a script.
pub(super) fn qq_response(body: impl Into<Body>) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/html; charset=utf-8"), (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")];
    (headers, body.into()).into_response()
}
