//! An address in the list, with what the user can do about it.

use leptos::prelude::*;

use super::Verification;
use crate::accounts::EmailAddress;
use crate::login::VERIFICATION_PAUSE_SECS;
use crate::web::components::{Badge, BadgeKind, Icon};
use crate::web::i18n::Messages;

#[component]
pub(super) fn AddressItem(
    messages: &'static Messages,
    address: EmailAddress,
    verification: Verification,
    may_be_primary: bool,
    now: i64,
) -> impl IntoView {
    let EmailAddress { id, email, is_verified, is_primary, verification_sent_at, .. } = address;
    // The buttons have the same texts, so each refers to its address.
    let description = format!("email-{id}");
    let verified_badge = (verification != Verification::Hidden).then(|| match is_verified {
        true => view! { <Badge kind=BadgeKind::Good label=messages.email_verified /> },
        false => view! { <Badge kind=BadgeKind::Warning label=messages.email_unverified /> },
    });
    let primary_badge = is_primary.then(|| view! { " " <Badge kind=BadgeKind::Good label=messages.email_primary /> });
    let is_waiting = verification == Verification::ByMail && !is_verified;
    let wait_secs = verification_sent_at
        .and_then(|sent_at| u64::try_from(sent_at.saturating_add(VERIFICATION_PAUSE_SECS).saturating_sub(now)).ok())
        .filter(|wait_secs| is_waiting && *wait_secs > 0);
    let action = |path, label| {
        view! { <AddressAction path id label description=description.clone() /> }
    };
    let send = (is_waiting && wait_secs.is_none()).then(|| action("/account/emails/verify", messages.email_send));
    let make_primary =
        (!is_primary && may_be_primary).then(|| action("/account/emails/primary", messages.email_make_primary));
    let remove = action("/account/emails/remove", messages.email_remove);
    view! {
        <li>
            {Icon::Mail.view()}
            <div id=description.clone()>
                <p data-testid="email">{email}</p>
                <p>{verified_badge} {primary_badge}</p>
                {wait_secs.map(|secs| view! { <p class="small">{(messages.email_sent_recently)(secs)}</p> })}
            </div>
            {send}
            {make_primary}
            {remove}
        </li>
    }
}

#[component]
fn AddressAction(path: &'static str, id: i64, label: &'static str, description: String) -> impl IntoView {
    view! {
        <form method="post" action=path novalidate>
            <button class="button small" type="submit" name="id" value=id.to_string() aria-describedby=description>
                {label}
            </button>
        </form>
    }
}
