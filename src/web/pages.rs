//! The pages: each file has a loader and the component that shows its data.
//! `load` returns a [`PageResponse`](super::page::PageResponse): a page whose data is complete, or a redirect.
//! A component must not load anything: the page is sent in one piece, whether scripts run or not.

pub(super) mod account;
pub(super) mod data;
pub(super) mod delete;
pub(super) mod emails;
pub(super) mod home;
pub(super) mod login;
pub(super) mod mail_link;
pub(super) mod privacy;
pub(super) mod qq_accounts;
pub(super) mod register;
pub(super) mod sessions;
pub(super) mod username;
