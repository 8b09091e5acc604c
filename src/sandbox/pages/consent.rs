//! The page that asks a person for consent.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::layout::page;
use crate::sandbox::authorize::{display, original};
use crate::sandbox::avatar::qq_path;
use crate::sandbox::call::Call;
use crate::sandbox::memory::Sandbox;
use crate::sandbox::person::Person;
use crate::sandbox::texts::{Texts, texts};

/// Asks who signs in; once more, if the name typed in was `too_long`.
///
/// The form repeats the site's parameters in its address, and the address stays on this origin.
pub(in crate::sandbox) fn consent(sandbox: &Sandbox, call: &Call, too_long: Option<&str>) -> Response {
    let text = texts(call.lang);
    let action = format!("/oauth2.0/authorize?display={}&{}", display(&call.params), original(&call.params));
    let memory = sandbox.memory();
    let content = html! {
        h1 { (text.sign_in) }
        p { ((text.site_wants)(&sandbox.settings().app_id)) }
        form.card method="post" action=(action) {
            fieldset {
                legend { (text.choose) }
                @for (place, person) in memory.people.ready().iter().enumerate() {
                    (choice(person, place == 0))
                }
            }
            (name_field(text, too_long))
            div.actions {
                button.primary type="submit" name="decision" value="approve"
                    data-testid="sandbox-approve" { (text.approve) }
                button type="submit" name="decision" value="cancel" formnovalidate
                    data-testid="sandbox-cancel" { (text.cancel) }
            }
        }
        p.soft { (text.no_password) }
    };
    let status = match too_long {
        None => StatusCode::OK,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    page(call.lang, status, text.sign_in, &content)
}

fn choice(person: &Person, selected: bool) -> maud::Markup {
    html! {
        label.person {
            input type="radio" name="ready" value=(person.name) checked[selected];
            img.avatar src=(qq_path(&person.openid, 100)) width="40" height="40" alt="";
            span { (person.name) }
        }
    }
}

fn name_field(text: &Texts, too_long: Option<&str>) -> maud::Markup {
    html! {
        div {
            label.label for="name" { (text.other_name) }
            p.soft.hint id="name-hint" { (text.other_name_hint) }
            @if too_long.is_some() {
                p.wrong id="name-error" role="alert" { (text.name_too_long) }
            }
            input type="text" id="name" name="name" value=(too_long.unwrap_or_default())
                autocomplete="off" autocapitalize="none" spellcheck="false"
                aria-describedby=(if too_long.is_some() { "name-error name-hint" } else { "name-hint" })
                aria-invalid=[too_long.map(|_| "true")]
                autofocus[too_long.is_some()]
                data-testid="sandbox-person";
        }
    }
}
