//! The card of the user's email address.

use leptos::prelude::*;

use crate::sessions::PrimaryEmail;
use crate::web::components::{Badge, BadgeKind, Card, EmptyState, Icon};
use crate::web::i18n::Messages;
use crate::web::pages::emails::EMAILS;

#[component]
pub(super) fn EmailCard(
    messages: &'static Messages,
    email: Option<PrimaryEmail>,
    /// If typed addresses are trusted, an unverified one would reveal that another user has it.
    shows_verification: bool,
    /// Whether addresses are verified by mail.
    sends_mail: bool,
) -> impl IntoView {
    let asks_to_verify = sends_mail && email.as_ref().is_some_and(|email| !email.is_verified);
    let content = match email {
        Some(PrimaryEmail { address, is_verified }) => {
            let badge = match is_verified {
                true => view! { <Badge kind=BadgeKind::Good label=messages.email_verified /> },
                false => view! { <Badge kind=BadgeKind::Warning label=messages.email_unverified /> },
            };
            view! { <p>{address} " " {shows_verification.then_some(badge)}</p> }.into_any()
        }
        None => view! { <EmptyState icon=Icon::Mail text=messages.account_email_missing /> }.into_any(),
    };
    let manage = view! { <a class="button small" href=EMAILS>{messages.emails_manage}</a> };
    let verify = asks_to_verify.then(|| view! { <p><a href=EMAILS>{messages.emails_verify}</a></p> });
    view! {
        <Card id="email" title=messages.email_label aside=manage.into_any()>
            {content}
            {verify}
        </Card>
    }
}
