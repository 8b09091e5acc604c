//! The pages. Each is a view, and a function that prepares what it shows or sends the person
//! elsewhere: by the time a view runs nothing is asked any more, so a page goes out in one piece,
//! with the right status, whether scripts run or not.

mod account;
mod components;
mod delete;
mod home;
mod login;
mod not_found;
mod privacy;
mod register;
mod sessions;

use axum::response::{IntoResponse, Redirect, Response};

use super::request::PageRequest;

pub(super) use account::AccountPage;
pub(super) use components::Avatar;
pub(super) use delete::DeletePage;
pub(super) use home::HomePage;
pub(super) use login::LoginPage;
pub(super) use not_found::{Missing, NotFoundPage};
pub(super) use privacy::PrivacyPage;
pub(super) use register::{RegisterPage, show_temporary_error, show_with_problems};
pub(super) use sessions::SessionsPage;

/// Answers a GET for any page.
pub(super) async fn show(visit: PageRequest) -> Response {
    match visit.setting.path() {
        "/" => home::show(visit).await,
        "/login" => login::show(visit).await,
        "/register" => register::show(visit).await,
        "/account" => account::show(visit).await,
        "/account/sessions" => sessions::show(visit).await,
        "/account/delete" => delete::show(visit).await,
        "/privacy" => privacy::show(visit).await,
        _ => not_found::show(visit).await,
    }
}

fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}
