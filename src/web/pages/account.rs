//! `/account`: what the site knows of the person, and the state of their token.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::parts::{Avatar, LogoutForm, TroubleNote};
use super::see_other;
use crate::accounts::PrimaryEmail;
use crate::login::{LoginError, TokenState};
use crate::sessions::{SignedIn, Visitor};
use crate::web::notice;
use crate::web::render::{Frame, render};
use crate::web::visit::Visit;

#[derive(Clone)]
struct Prepared {
    email: Option<PrimaryEmail>,
    obtained_at: i64,
    expires_at: i64,
    is_stale: bool,
}

pub(super) async fn show(visit: Visit) -> Response {
    let setting = visit.setting.clone();
    match prepare(visit).await {
        Ok(Ok((signed_in, prepared))) => {
            let title = setting.texts().account_title;
            render(StatusCode::OK, Frame::new(setting, title).seen_by(Some(&signed_in)), prepared).await
        }
        Ok(Err(elsewhere)) => see_other(elsewhere),
        Err(error) => {
            tracing::error!(%error, "the account page could not be prepared");
            notice::broken(setting).await
        }
    }
}

/// Gathers what the page shows, or tells where to go instead.
async fn prepare(visit: Visit) -> Result<Result<(SignedIn, Prepared), &'static str>, LoginError> {
    const SIGN_IN: &str = "/login?next=/account";
    const PASS_BY_QQ: &str = "/login/qq?next=/account";
    let Some(signed_in) = visit.visitor.and_then(Visitor::signed_in) else { return Ok(Err(SIGN_IN)) };
    let login = &visit.setting.site.login;
    let (signed_in, is_stale) = match login.keep_token(signed_in, &visit.session).await? {
        TokenState::Good(signed_in) => (signed_in, false),
        TokenState::Stale(signed_in) => (signed_in, true),
        TokenState::PassByQq => return Ok(Err(PASS_BY_QQ)),
        TokenState::SignedOut => return Ok(Err(SIGN_IN)),
    };
    let email = login.accounts().primary_email(signed_in.user_id).await?;
    let (obtained_at, expires_at) = (signed_in.token.obtained_at, signed_in.token.expires_at());
    Ok(Ok((signed_in, Prepared { email, obtained_at, expires_at, is_stale })))
}

/// The account page.
#[component]
pub(in crate::web) fn AccountPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<Frame>(), use_context::<Prepared>());
    frame.zip(prepared).map(|(frame, prepared)| {
        let texts = frame.texts;
        let viewer = frame.viewer.clone();
        let stale = prepared.is_stale.then(|| view! { <TroubleNote trouble=texts.account_token_stale /> });
        let email = prepared.email.map(|email| {
            let state = if email.is_verified { texts.account_email_verified } else { texts.account_email_unverified };
            view! { <span>{email.email}</span> " " <span class="tag">{state}</span> }
        });
        let moment = |seconds: i64| (rfc3339(seconds), frame.lang.moment(seconds));
        let (obtained, obtained_text) = moment(prepared.obtained_at);
        let (expires, expires_text) = moment(prepared.expires_at);
        viewer.map(|viewer| {
            let has_nickname = viewer.nickname.is_some();
            let nickname = viewer.nickname.clone().unwrap_or_else(|| texts.account_no_nickname.to_owned());
            let name = viewer.nickname.unwrap_or_else(|| viewer.username.clone());
            view! {
                {stale}
                <section class="card">
                    <div class="person">
                        <Avatar name=name url=viewer.avatar_url />
                        <h1>{texts.account_title}</h1>
                    </div>
                    <dl class="facts">
                        <dt>{texts.account_username}</dt>
                        <dd data-testid="username">{viewer.username}</dd>
                        <dt>{texts.account_nickname}</dt>
                        {if has_nickname {
                            view! { <dd data-testid="nickname">{nickname}</dd> }.into_any()
                        } else {
                            view! { <dd class="none">{nickname}</dd> }.into_any()
                        }}
                        <dt>{texts.account_email}</dt>
                        <dd>
                            {match email {
                                Some(email) => email.into_any(),
                                None => view! { <span class="none">{texts.account_no_email}</span> }.into_any(),
                            }}
                        </dd>
                    </dl>
                    <h2>{texts.account_token}</h2>
                    <dl class="facts">
                        <dt>{texts.account_token_obtained}</dt>
                        <dd><time data-testid="token-obtained" datetime=obtained>{obtained_text}</time></dd>
                        <dt>{texts.account_token_expires}</dt>
                        <dd><time data-testid="token-expires" datetime=expires>{expires_text}</time></dd>
                    </dl>
                    <LogoutForm />
                    <p class="small">{texts.logout_note}</p>
                </section>
            }
        })
    })
}

/// A moment for machines; empty for one beyond the year 9999, which no calendar shows.
fn rfc3339(seconds: i64) -> String {
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|moment| moment.format(&Rfc3339).ok())
        .unwrap_or_default()
}
