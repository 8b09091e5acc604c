//! The development bar: where the sandbox is, who is signed in, and how to break things with one click. Debug builds show
//! it above every page while the sandbox replaces QQ; release builds do not contain it. Its forms post to `routes::dev_bar`.

use leptos::prelude::*;

use super::components::Time;
use super::page_context::PageContext;
use crate::language::Lang;
use crate::sessions::SignedInUser;

/// One-click faults of the sandbox, as endpoint and fault. The next answer of the endpoint goes wrong.
pub(super) const FAULTS: [(&str, &str); 6] = [
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
