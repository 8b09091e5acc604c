//! The consent page.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::layout::page;
use crate::sandbox::authorization_request::consent_form_url;
use crate::sandbox::avatar::qq_path;
use crate::sandbox::request::QqRequest;
use crate::sandbox::texts::{Texts, texts};
use crate::sandbox::users::User;

/// Asks which user signs in. `too_long` is a name that was refused for its length.
pub(in crate::sandbox) fn consent(request: &QqRequest, too_long: Option<&str>) -> Response {
    let texts = texts(request.lang);
    let app_id = &request.sandbox.settings().app_id;
    let users = request.sandbox.state().users.samples().to_vec();
    let choices = users.into_iter().enumerate().map(|(index, user)| choice(user, index == 0)).collect_view();
    let content = view! {
        <h1>{texts.sign_in}</h1>
        <p>{(texts.app_requests_access)(app_id)}</p>
        <form class="card" method="post" action=consent_form_url(&request.params)>
            <fieldset>
                <legend>{texts.sample_users}</legend>
                {choices}
            </fieldset>
            {name_field(texts, too_long)}
            <div class="actions">
                <button class="primary" type="submit" name="decision" value="approve" data-testid="sandbox-approve">
                    {texts.approve}
                </button>
                <button type="submit" name="decision" value="cancel" formnovalidate data-testid="sandbox-cancel">
                    {texts.cancel}
                </button>
            </div>
        </form>
        <p class="soft">{texts.no_real_accounts}</p>
    };
    let status = if too_long.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    page(request.lang, status, texts.sign_in, content)
}

fn choice(user: User, is_checked: bool) -> impl IntoView {
    view! {
        <label class="user">
            <input type="radio" name="ready" value=user.name.clone() checked=is_checked />
            <img class="avatar" src=qq_path(&user.openid, 100) width="40" height="40" alt="" />
            <span>{user.name}</span>
        </label>
    }
}

fn name_field(texts: &'static Texts, too_long: Option<&str>) -> impl IntoView + use<> {
    let is_invalid = too_long.is_some();
    let error = is_invalid.then(|| view! { <p class="wrong" id="name-error" role="alert">{texts.name_too_long}</p> });
    view! {
        <div>
            <label class="label" for="name">{texts.other_name}</label>
            <p class="soft hint" id="name-hint">{texts.other_name_hint}</p>
            {error}
            <input
                type="text"
                id="name"
                name="name"
                value=too_long.unwrap_or_default().to_owned()
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=if is_invalid { "name-error name-hint" } else { "name-hint" }
                aria-invalid=is_invalid.then_some("true")
                autofocus=is_invalid
                data-testid="sandbox-person"
            />
        </div>
    }
}
