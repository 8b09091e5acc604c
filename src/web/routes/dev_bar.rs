//! The forms of the development bar, in debug builds.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::PAGE_PATHS;
use crate::sessions::{SignedInUser, StoredToken};
use crate::web::dev_bar::FAULTS;
use crate::web::error::WebError;
use crate::web::forms::{FormFields, Redirection};
use crate::web::request::{PageRequest, page_path_or_home};
use crate::web::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/dev/fault", post(plan_fault)).route("/dev/expire-token", post(expire_token))
}

/// `POST /dev/fault`: `fault` is one of [`FAULTS`], or another word for none.
async fn plan_fault(
    State(state): State<AppState>,
    request: PageRequest,
    fields: FormFields,
) -> Result<Response, WebError> {
    let addr = state.site.sandbox_addr.ok_or(WebError::NotFound)?;
    let chosen = fields.get("fault");
    let fault = FAULTS.iter().find(|(endpoint, fault)| chosen == format!("{endpoint}/{fault}"));
    let (head, body) = match fault {
        Some((endpoint, fault)) => {
            (format!("PUT /sandbox/faults/{endpoint}"), format!(r#"{{"fault": "{fault}", "times": 1}}"#))
        }
        None => ("DELETE /sandbox/faults".to_owned(), String::new()),
    };
    let length = body.len();
    let message =
        format!("{head} HTTP/1.1\r\nHost: {addr}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
    let send = async {
        let mut stream = TcpStream::connect(addr).await?;
        stream.write_all(message.as_bytes()).await?;
        stream.read_to_end(&mut Vec::new()).await
    };
    send.await.map_err(|_| WebError::Internal)?;
    Ok(back(&request, &fields).await)
}

/// `POST /dev/expire-token`: the session's token counts as expired, as if its time had passed.
async fn expire_token(
    State(state): State<AppState>,
    request: PageRequest,
    fields: FormFields,
) -> Result<Response, WebError> {
    let now = state.login.now();
    let expire = |user: &SignedInUser| {
        let lifetime_secs = now.saturating_sub(user.token.obtained_at).max(0);
        Some(SignedInUser { token: StoredToken { lifetime_secs, ..user.token.clone() }, ..user.clone() })
    };
    if let Some(id) = request.session.id().filter(|_| state.site.sandbox_addr.is_some()) {
        state.sessions.update(id, expire).await?;
    }
    Ok(back(&request, &fields).await)
}

async fn back(request: &PageRequest, fields: &FormFields) -> Response {
    let page = page_path_or_home(&fields.get("back"), PAGE_PATHS);
    Redirection::to(page).into_form_response(request).await.into_response()
}
