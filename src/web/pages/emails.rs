//! `/account/emails`: a user's email addresses.
//! [`load`] shows them, [`load_again`] also what the user typed and why it was not added.
//! It must not change anything: the forms post to `routes::emails`.

mod address;
mod notices;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::accounts::EmailAddress;
use crate::validation::EmailError;
use crate::web::components::{
    Card, EmailInput, EmptyState, ErrorSummary, FormFailure, Icon, MismatchNotice, PageHeader, SubmitButton,
};
use crate::web::error::WebError;
use crate::web::i18n::Messages;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;
use address::AddressItem;
use notices::EmailNotices;

/// The path of the page.
pub(in crate::web) const EMAILS: &str = "/account/emails";
/// Where users sign in to come to this page.
pub(in crate::web) const SIGN_IN: &str = "/login?next=/account/emails";

/// Why an address cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::web) enum AddEmailError {
    Email(EmailError),
    /// The user has added it already.
    Exists,
    /// The user has as many as possible.
    TooMany,
}

/// Whether addresses are verified, and so whether the page says which ones are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verification {
    ByMail,
    /// Mail is not configured.
    Unavailable,
    /// Typed addresses are trusted. An unverified one would reveal that another user has it.
    Hidden,
}

#[derive(Clone)]
struct EmailsData {
    username: String,
    addresses: Vec<EmailAddress>,
    verification: Verification,
    typed: String,
    error: Option<AddEmailError>,
    /// Why the site could not process the form, which may be correct.
    failure: Option<WebError>,
    /// In seconds since 1970.
    now: i64,
}

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    load_again(request, String::new(), None, None).await
}

/// Shows what the user typed, with its error or with the failure that only time can mend.
pub(in crate::web) async fn load_again(
    request: PageRequest,
    typed: String,
    error: Option<AddEmailError>,
    failure: Option<WebError>,
) -> Result<PageResponse, WebError> {
    let Some(user) = request.signed_in_user().await? else { return Ok(PageResponse::redirect(SIGN_IN)) };
    let login = &request.state.login;
    let verification = match request.state.verification_queue() {
        Some(_) => Verification::ByMail,
        None if login.trusts_email() => Verification::Hidden,
        None => Verification::Unavailable,
    };
    let addresses = login.accounts().email_addresses(user.user_id).await?;
    let data = EmailsData {
        username: user.username.clone(),
        addresses,
        verification,
        typed,
        error,
        failure,
        now: login.now(),
    };
    let messages = request.messages();
    let prefix = if error.is_some() || failure.is_some() { messages.error_prefix } else { "" };
    let page = Page::new(&request, format!("{prefix}{}", messages.emails_title)).with_user(Some(user));
    Ok(page.with_error(failure).with_data(data).into())
}

#[component]
pub(in crate::web) fn EmailsPage() -> impl IntoView {
    page_data::<EmailsData>().map(|(page, data)| {
        let EmailsData { username: account, addresses, verification, typed, error, failure, now } = data;
        let messages = page.messages;
        let lead = match verification {
            Verification::ByMail => messages.emails_lead,
            Verification::Unavailable => messages.emails_lead_without_mail,
            Verification::Hidden => "",
        };
        let error = error.map(|error| error_text(messages, error));
        let list = if addresses.is_empty() {
            view! { <EmptyState icon=Icon::Mail text=messages.emails_empty /> }.into_any()
        } else {
            let any_verified = addresses.iter().any(|address| address.is_verified);
            let items = addresses.into_iter().map(|address| {
                // A verified address is not replaced by one that is not.
                let may_be_primary = verification == Verification::Hidden || address.is_verified || !any_verified;
                view! { <AddressItem messages address verification may_be_primary now /> }
            });
            view! { <ul class="rows" data-testid="emails">{items.collect_view()}</ul> }.into_any()
        };
        view! {
            <div class="page narrow">
                {failure.map(|failure| view! { <FormFailure failure /> })}
                <ErrorSummary items=error.map(|error| ("#email", error)).into_iter().collect() />
                <PageHeader title=messages.emails_title lead />
                <MismatchNotice />
                <EmailNotices messages flash=page.request.flash sends_mail=verification == Verification::ByMail />
                <div class="card">{list}</div>
                <Card id="add-title" title=messages.email_add_title>
                    <AddForm messages account typed error />
                </Card>
            </div>
        }
    })
}

#[component]
fn AddForm(
    messages: &'static Messages,
    /// The username that the form is for.
    account: String,
    typed: String,
    error: Option<&'static str>,
) -> impl IntoView {
    view! {
        <form class="stack" method="post" action=EMAILS data-testid="add-email" novalidate>
            <input type="hidden" name="account" value=account />
            <EmailInput messages id="email" label=messages.email_label value=typed error />
            <SubmitButton class="button" label=messages.email_add_submit busy_label=messages.email_adding />
        </form>
    }
}

fn error_text(messages: &Messages, error: AddEmailError) -> &'static str {
    match error {
        AddEmailError::Email(error) => (messages.email_error)(error),
        AddEmailError::Exists => messages.email_add_exists,
        AddEmailError::TooMany => messages.email_add_too_many,
    }
}
