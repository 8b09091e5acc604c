//! Another axum app mounts the login: its routes are next to those of the site and know who is signed in.
//!
//!     cargo run --features ssr --example mount
//!
//! Open http://localhost:3000/visits. The settings are those of the site (`.env.example`), from the environment.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use qq_login::config::{Config, Environment, resolve_with_system};
use qq_login::web::{PageRequest, WebError};
use qq_login::{clock, random, server};

/// The app's own state: how often each user has been here.
#[derive(Clone, Default)]
struct Visits(Arc<Mutex<HashMap<i64, u32>>>);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = Config::read(&Environment::new(std::env::vars(), resolve_with_system))?;
    let routes = Router::new().route("/visits", get(visits)).with_state(Visits::default());
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    println!("Open {}/visits", config.public_url.origin());
    server::run_with(config, routes, clock::system(), random::system(), stop).await?;
    Ok(())
}

/// A protected page: visitors sign in with QQ and come back.
async fn visits(State(visits): State<Visits>, request: PageRequest) -> Result<Response, WebError> {
    let Some(user) = request.user().await? else { return Ok(Redirect::to("/login?next=/visits").into_response()) };
    let mut visits = visits.0.lock().unwrap_or_else(PoisonError::into_inner);
    let count = visits.entry(user.user_id).or_default();
    *count += 1;
    Ok(format!("Hello, {}. Visits: {count}", user.display_name()).into_response())
}
