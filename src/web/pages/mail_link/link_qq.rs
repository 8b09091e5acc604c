//! The question whether to link a QQ account to an account, with both sides.

use leptos::prelude::*;

use crate::accounts::Profile;
use crate::login::LinkSides;
use crate::web::components::{Avatar, SubmitButton};
use crate::web::i18n::Messages;

#[component]
pub(super) fn LinkQqCard(messages: &'static Messages, sides: LinkSides, action: String) -> impl IntoView {
    let LinkSides { qq, username, email, linked, .. } = sides;
    let nickname = |profile: &Profile| profile.nickname.clone().unwrap_or_else(|| messages.link_qq_nameless.to_owned());
    let account_avatar = linked.first().and_then(|profile| profile.avatar_hash.clone());
    let linked: Vec<String> = linked.iter().map(nickname).collect();
    let names = linked.iter().map(|name| view! { " " <bdi data-testid="linked-qq">{name.clone()}</bdi> });
    let (qq_name, qq_avatar) = (nickname(&qq), qq.avatar_hash);
    view! {
        <section class="card">
            <h1>{messages.link_qq_title}</h1>
            <p>{messages.link_qq_lead}</p>
            <div class="who">
                <Avatar name=qq_name.clone() hash=qq_avatar />
                <div>
                    <p class="small">{messages.link_qq_side}</p>
                    <p><strong><bdi data-testid="link-qq">{qq_name}</bdi></strong></p>
                </div>
            </div>
            <div class="who">
                <Avatar name=username.clone() hash=account_avatar />
                <div>
                    <p class="small">{messages.link_qq_account_side}</p>
                    <p><strong><bdi data-testid="link-account">{username}</bdi></strong></p>
                    <p class="small" data-testid="link-email">{email}</p>
                    <p class="small">{messages.link_qq_linked} {names.collect_view()}</p>
                </div>
            </div>
            <form class="stack" method="post" action=action data-testid="mail-link" novalidate>
                <div role="radiogroup" aria-labelledby="linked-title" aria-describedby="linked-hint">
                    <p id="linked-title"><strong>{messages.link_qq_others}</strong></p>
                    <p><label><input type="radio" name="unlink" value="" checked /> " " {messages.link_qq_keep}</label></p>
                    <p><label><input type="radio" name="unlink" value="on" /> " " {messages.link_qq_unlink}</label></p>
                    <p class="hint" id="linked-hint">{messages.link_qq_unlink_hint}</p>
                </div>
                <SubmitButton
                    class="button primary"
                    label=messages.link_qq_submit
                    busy_label=messages.link_qq_submitting
                />
            </form>
            <p><a href="/register">{messages.link_qq_cancel}</a></p>
        </section>
    }
}
