//! `/account/qq`: the QQ accounts that sign in to the user's account, with forms to link another one and to unlink one.
//! `/account/qq/link`, in [`link`], asks whether to link the one that the user has chosen at QQ.
//! The forms post to `routes::qq_accounts`.

pub(in crate::web) mod link;

use leptos::prelude::*;

use crate::accounts::{LinkedIdentity, Profile};
use crate::login::{LinkFailure, ReturnTo};
use crate::web::components::{
    Avatar, AvatarSize, Badge, BadgeKind, Card, ConfirmIdentity, Notice, NoticeKind, PageHeader, SubmitButton, Time,
};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;

pub(in crate::web) const QQ_ACCOUNTS: &str = "/account/qq";
pub(in crate::web) const SIGN_IN: &str = "/login?next=/account/qq";

#[derive(Clone)]
struct QqAccountsData {
    identities: Vec<LinkedIdentity>,
    /// The openid that the session was signed in with.
    current: String,
    failure: Option<LinkFailure>,
    has_signed_in_recently: bool,
}

/// Where the page says what went wrong.
pub(in crate::web) fn failed(failure: LinkFailure) -> String {
    format!("{QQ_ACCOUNTS}?error={}", failure.code())
}

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let failure = request.query("error").and_then(|code| LinkFailure::from_code(&code));
    let Some(user) = request.signed_in_user().await? else {
        // The page says what went wrong after the next sign-in.
        let next = failure.map_or_else(|| QQ_ACCOUNTS.to_owned(), failed);
        return Ok(PageResponse::redirect(&ReturnTo::parse(&next).append_to("/login")));
    };
    let login = &request.state.login;
    let data = QqAccountsData {
        identities: login.accounts().identities(user.user_id).await?,
        current: user.openid.clone(),
        failure,
        has_signed_in_recently: user.has_signed_in_recently(login.now()),
    };
    let messages = request.messages();
    let prefix = if failure.is_some() { messages.error_prefix } else { "" };
    let page = Page::new(&request, format!("{prefix}{}", messages.qq_accounts_title)).with_user(Some(user));
    Ok(page.with_data(data).into())
}

#[component]
pub(in crate::web) fn QqAccountsPage() -> impl IntoView {
    page_data::<QqAccountsData>().map(|(page, data)| {
        let QqAccountsData { identities, current, failure, has_signed_in_recently } = data;
        let messages = page.messages;
        let failure = failure.map(|failure| {
            let message = (messages.qq_link_failure)(failure);
            let is_error = !matches!(failure, LinkFailure::Cancelled | LinkFailure::AlreadyLinked);
            let kind = if is_error { NoticeKind::Error } else { NoticeKind::Info };
            view! { <Notice kind title=message.title is_alert=true><p>{message.advice}</p></Notice> }
        });
        let done = match page.request.flash {
            Some(Flash::QqLinked) => Some(messages.qq_account_linked_done),
            Some(Flash::QqUnlinked) => Some(messages.qq_account_unlinked_done),
            _ => None,
        };
        let has_mail = page.request.state.mail.is_some();
        let has_several = identities.len() > 1;
        let hint = if has_several { messages.qq_account_in_use_hint } else { messages.qq_account_only_one };
        let items = identities.into_iter().map(|identity| {
            let is_current = identity.openid == current;
            let can_unlink = has_several && !is_current && has_signed_in_recently;
            view! { <QqAccountItem messages identity is_current can_unlink /> }
        });
        view! {
            <div class="page narrow">
                <PageHeader title=messages.qq_accounts_title lead=messages.qq_accounts_lead />
                {failure}
                {done.map(|done| view! { <Notice kind=NoticeKind::Success title=done /> })}
                <form class="card" method="post" action="/account/qq/unlink" data-testid="qq-accounts" novalidate>
                    <ul class="rows">{items.collect_view()}</ul>
                    <p class="small">{hint}</p>
                    {(!has_several && has_mail).then(|| view! { <p class="small">{messages.qq_account_recovery}</p> })}
                </form>
                <Card id="link-another" title=messages.qq_account_add_title>
                    {if has_signed_in_recently {
                        view! { <AddForm messages /> }.into_any()
                    } else {
                        view! { <ConfirmIdentity next=QQ_ACCOUNTS /> }.into_any()
                    }}
                </Card>
            </div>
        }
    })
}

#[component]
fn QqAccountItem(
    messages: &'static Messages,
    identity: LinkedIdentity,
    is_current: bool,
    can_unlink: bool,
) -> impl IntoView {
    let LinkedIdentity { id, profile: Profile { nickname, avatar_hash }, created_at, last_used_at, .. } = identity;
    let name = nickname.unwrap_or_else(|| messages.link_qq_nameless.to_owned());
    // The buttons have the same text, so each refers to its description.
    let description = format!("qq-account-{id}");
    let unlink = can_unlink.then(|| {
        view! {
            <button class="button small" type="submit" name="identity" value=id aria-describedby=description.clone()>
                {messages.qq_account_unlink}
            </button>
        }
    });
    let current = is_current.then(|| view! { <Badge kind=BadgeKind::Good label=messages.qq_account_current /> });
    view! {
        <li>
            <Avatar name=name.clone() hash=avatar_hash size=AvatarSize::Small />
            <div id=description>
                <p><strong><bdi data-testid="linked-qq">{name}</bdi></strong></p>
                <p class="small">{messages.qq_account_linked} {messages.space} <Time timestamp=created_at /></p>
                {last_used_at.map(|used_at| view! {
                    <p class="small">{messages.qq_account_last_used} {messages.space} <Time timestamp=used_at is_relative=true /></p>
                })}
            </div>
            {current}
            {unlink}
        </li>
    }
}

/// The form that goes to QQ for another account.
#[component]
fn AddForm(messages: &'static Messages) -> impl IntoView {
    view! {
        <p class="muted">{messages.qq_account_add_lead}</p>
        <form method="post" action="/account/qq/add" data-testid="add-qq" novalidate>
            <SubmitButton
                class="button primary"
                label=messages.qq_account_add_submit
                busy_label=messages.login_qq_busy
            />
        </form>
    }
}
