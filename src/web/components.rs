//! Components that several pages share. Their styles are in `style/main.css`; pages add none of their own.
//!
//! | for | use |
//! |---|---|
//! | the top of a page | [`PageHeader`] |
//! | a part of a page with a heading | [`Card`] |
//! | a list without items | [`EmptyState`] |
//! | what just happened, or what is wrong | [`Notice`], [`ErrorSummary`], [`FormFailure`] |
//! | a time | [`Time`] |
//! | whose account is about to change | [`ActingAccount`], [`MismatchNotice`], [`ConfirmIdentity`] |
//! | a state in one word | [`Badge`] |
//! | the field of a username | [`UsernameInput`], [`UsernameSuggestions`] |
//! | the field of an email address | [`EmailInput`] |
//! | buttons of forms | [`SubmitButton`], [`LogoutForm`] |
//! | signing in | [`SignIn`], [`QqButton`] |

mod avatar;
mod badge;
mod buttons;
mod card;
mod email_input;
mod icon;
mod icp_link;
mod identity;
mod notice;
mod page_header;
mod sign_in;
mod time;
mod username_input;

pub(super) use avatar::{Avatar, AvatarSize};
pub(super) use badge::{Badge, BadgeKind};
pub(super) use buttons::{LogoutForm, QqButton, SubmitButton};
pub(super) use card::{Card, EmptyState};
pub(super) use email_input::EmailInput;
pub(super) use icon::Icon;
pub(super) use icp_link::IcpLink;
pub(super) use identity::{ActingAccount, ConfirmIdentity, MismatchNotice};
pub(super) use notice::{ErrorSummary, FormFailure};
pub(super) use notice::{Notice, NoticeKind};
pub(super) use page_header::PageHeader;
pub(super) use sign_in::SignIn;
pub(super) use time::Time;
pub(super) use username_input::{UsernameInput, UsernameSuggestions};
