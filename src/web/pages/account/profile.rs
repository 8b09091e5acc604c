//! The card of what the site knows from QQ and from the registration.

use leptos::prelude::*;

use crate::sessions::SignedInUser;
use crate::web::components::{Card, SubmitButton};
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::pages::username::USERNAME;

#[component]
pub(super) fn ProfileCard(messages: &'static Messages, user: SignedInUser, flash: Option<Flash>) -> impl IntoView {
    let nickname = match user.nickname {
        Some(nickname) => view! { <dd><bdi data-testid="nickname">{nickname}</bdi></dd> }.into_any(),
        None => view! { <dd class="muted">{messages.account_nickname_missing}</dd> }.into_any(),
    };
    let may_retry = matches!(flash, Some(Flash::ProfilePartlyUpdated | Flash::ProfileUnavailable));
    let change = view! { <a class="button small" href=USERNAME>{messages.username_change_title}</a> };
    view! {
        <Card id="profile" title=messages.account_profile_title aside=change.into_any()>
            <dl class="details">
                <dt>{messages.username_label}</dt>
                <dd><bdi data-testid="username">{user.username}</bdi></dd>
                <dt>{messages.account_nickname}</dt>
                {nickname}
            </dl>
            <form method="post" action="/account/portrait" data-testid="update-portrait" novalidate>
                <SubmitButton
                    class="button small"
                    label=if may_retry { messages.try_again } else { messages.profile_refresh }
                    busy_label=messages.contacting_qq
                />
            </form>
        </Card>
    }
}
