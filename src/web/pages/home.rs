//! `/`: the QQ button, or who is signed in.

use leptos::prelude::*;

use crate::sessions::SignedInUser;
use crate::web::components::{Avatar, Icon, LogoutForm, Notice, NoticeKind, SignIn};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::PageContext;
use crate::web::request::PageRequest;
use crate::web::template::PublicPage;

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let user = request.signed_in_user().await?;
    let messages = request.messages();
    let page = Page::new(&request, messages.home_title);
    Ok(if user.is_some() { page.with_user(user) } else { page.with_template(PublicPage::Home) }.into())
}

#[component]
pub(in crate::web) fn HomePage() -> impl IntoView {
    use_context::<PageContext>().map(|page| {
        let messages = page.messages;
        match page.user.clone() {
            Some(user) => view! { <Greeting messages user /> }.into_any(),
            None => view! { <SignedOut page /> }.into_any(),
        }
    })
}

#[component]
fn SignedOut(page: PageContext) -> impl IntoView {
    let messages = page.messages;
    let is_deleted = page.request.flash == Some(Flash::AccountDeleted);
    let icons = [Icon::Lock, Icon::Bolt, Icon::Download];
    let features = icons.into_iter().zip(messages.home_features).map(|(icon, (title, text))| {
        view! { <li>{icon.view()} <div><h2>{*title}</h2> <p class="muted">{*text}</p></div></li> }
    });
    view! {
        <div class="page">
            {is_deleted.then(|| view! { <Notice kind=NoticeKind::Success title=messages.account_deleted /> })}
            <section class="hero">
                <span class="mark">{Icon::Bubble.view()}</span>
                <h1>{(messages.home_heading)(page.site_name())}</h1>
                <p class="lead">{messages.home_lead}</p>
                <SignIn href="/login/qq".to_owned() />
            </section>
            <ul class="features">{features.collect::<Vec<_>>()}</ul>
        </div>
    }
}

#[component]
fn Greeting(messages: &'static Messages, user: SignedInUser) -> impl IntoView {
    let name = user.display_name().to_owned();
    view! {
        <div class="page center">
            <section class="card center">
                <Avatar name=name.clone() hash=user.avatar_hash />
                <h1>{messages.home_greeting} <bdi>{name}</bdi></h1>
                <p class="lead">
                    {messages.home_signed_in} " "
                    <strong><bdi data-testid="username">{user.username}</bdi></strong>
                </p>
                <p><a class="button primary" href="/account">{messages.view_account}</a></p>
                <LogoutForm />
            </section>
        </div>
    }
}
