//! The development bar: where the sandbox is, who is signed in, and how to break things with one click. Debug builds show
//! it above every page while the sandbox replaces QQ; release builds do not contain it.

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use leptos::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::error::WebError;
use super::forms::{FormFields, Redirection};
use super::page::PageContext;
use super::pages::Time;
use super::request::{PageRequest, page_path_or_home};
use super::state::AppState;
use crate::language::Lang;
use crate::sessions::{SignedInUser, StoredToken};

/// One-click faults of the sandbox, as endpoint and fault. The next answer of the endpoint goes wrong.
const FAULTS: [(&str, &str); 6] = [
    ("token", "http_500"),
    ("token", "code_expired"),
    ("me", "drop"),
    ("get_user_info", "slow"),
    ("get_user_info", "avatar_missing"),
    ("authorize", "cancel"),
];
const NO_FAULTS: &str = "none";

#[component]
pub(super) fn DevBar(page: PageContext) -> impl IntoView {
    let request = page.request;
    let is_chinese = request.lang == Lang::ZhCn;
    let text = move |chinese: &'static str, english: &'static str| if is_chinese { chinese } else { english };
    request.state.site.sandbox_addr.map(|addr| {
        let sandbox = format!("http://{addr}/");
        let back = request.page_path.clone();
        let faults = FAULTS.map(|(endpoint, fault)| {
            let name = format!("{endpoint}/{fault}");
            view! { <button class="button small" name="fault" value=name.clone()>{name.clone()}</button> " " }
        });
        let user = page.user.map(|SignedInUser { user_id, username, openid, token, .. }| {
            view! {
                <p>
                    {text("已登录：", "Signed in: ")} {username} {format!(" (#{user_id}, openid {openid})")} " · "
                    {text("令牌获取于 ", "token issued ")} <Time timestamp=token.obtained_at is_relative=true />
                    {text("，到期：", ", expires ")} <Time timestamp=token.expires_at() is_relative=true />
                </p>
                <form method="post" action="/dev/expire-token" novalidate>
                    <input type="hidden" name="back" value=back.clone() />
                    <button class="button small">{text("让令牌立即过期", "Expire the token now")}</button>
                </form>
            }
        });
        view! {
            <details class="sandbox-note" data-testid="dev-bar">
                <summary>{text("开发工具", "Development")} " · " {sandbox.clone()}</summary>
                <p><a href=sandbox>{text("打开沙盒", "Open the sandbox")}</a></p>
                {user}
                <form method="post" action="/dev/fault" novalidate>
                    <input type="hidden" name="back" value=request.page_path.clone() />
                    {text("下一次出错：", "Fail once: ")} {faults.into_iter().collect_view()}
                    <button class="button small" name="fault" value=NO_FAULTS>{text("清除", "No faults")}</button>
                </form>
            </details>
        }
    })
}

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/dev/fault", post(plan_fault)).route("/dev/expire-token", post(expire_token))
}

/// `POST /dev/fault`: `fault` is one of [`FAULTS`], or [`NO_FAULTS`].
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
    let page = page_path_or_home(&fields.get("back"), super::routes::PAGE_PATHS);
    Redirection::to(page).into_form_response(request).await.into_response()
}
