//! The table of all that can go wrong between the site and QQ: every question the site asks, and
//! for each every way in which the answer fails to come. In each cell somebody is on their way,
//! ends on a page that says so and leads on, leaves nothing half-made, and keeps nobody else waiting.
//! And as many sessions are made as sign-ins are finished.

mod bad_tls;
mod cell;
mod codes;
mod lane;
mod sign_in;
mod signed_in;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::support::{Endpoint, TestSite};
use cell::{Cell, Trip};
use codes::at_the_callback;
use lane::Lane;

/// How many cells are walked at a time, each on a site of its own: most of them wait.
const LANES: usize = 4;

/// Settings of a site that differ from the defaults.
type Settings = &'static [(&'static str, &'static str)];

/// Walks these cells on sites with these settings. Whoever has to wait goes first.
async fn walk(settings: Settings, mut cells: Vec<Cell>) {
    cells.sort_by_key(|cell| !cell.fault.is_slow());
    let count = cells.len();
    let left = Arc::new(Mutex::new(VecDeque::from(cells)));
    let lanes: Vec<_> = (0..LANES.min(count)).map(|_| tokio::spawn(walk_lane(settings, left.clone()))).collect();
    let mut walked = 0;
    for lane in lanes {
        walked += lane.await.expect("a lane");
    }
    assert_eq!(walked, count);
    println!("{walked} cells walked");
}

async fn walk_lane(settings: Settings, left: Arc<Mutex<VecDeque<Cell>>>) -> usize {
    let mut lane = Lane::start(settings).await;
    let mut walked = 0;
    loop {
        let next = left.lock().expect("a list").pop_front();
        let Some(cell) = next else { break };
        lane.walk(&cell).await;
        walked += 1;
    }
    lane.end().await;
    walked
}

#[tokio::test]
async fn s25_s37_whatever_becomes_of_an_answer_a_newcomer_is_told_and_nobody_else_waits() {
    walk(Trip::FirstVisit.settings(), Trip::FirstVisit.broken()).await;
}

#[tokio::test]
async fn s25_s37_s48_whatever_becomes_of_an_answer_an_account_is_made_whole_or_not_at_all() {
    let mut cells = Trip::AutoVisit.broken();
    cells.extend(Trip::AutoVisit.refused_at(Endpoint::Me));
    walk(Trip::AutoVisit.settings(), cells).await;
}

#[tokio::test]
async fn s25_s37_whatever_becomes_of_an_answer_somebody_known_is_signed_in_or_told() {
    let mut cells = Trip::Return.broken();
    cells.extend(Trip::Return.refused_at(Endpoint::Token));
    walk(Trip::Return.settings(), cells).await;
}

#[tokio::test]
async fn s25_s37_whatever_becomes_of_an_answer_about_the_unionid_nobody_is_signed_in() {
    let mut cells = Trip::FirstVisit.broken_at(Endpoint::Me);
    cells.extend(Trip::FirstVisit.refused_at(Endpoint::Me));
    walk(&[("QQ_UNIONID", "on")], cells).await;
}

#[tokio::test]
async fn s25_whatever_becomes_of_an_answer_who_is_signed_in_is_told_and_stays() {
    walk(Trip::Renewal.settings(), [Trip::Renewal.broken(), Trip::Portrait.broken()].concat()).await;
}

#[tokio::test]
async fn s25_s36_s38_whatever_becomes_of_a_renewal_that_had_to_be_the_account_page_answers() {
    let mut cells = Trip::ForcedRenewal.broken();
    cells.extend(Trip::ForcedRenewal.refused_at(Endpoint::Token));
    walk(Trip::ForcedRenewal.settings(), cells).await;
}

#[tokio::test]
async fn s27_s36_s37_every_code_in_every_shape_ends_a_sign_in_on_a_page() {
    let trip = Trip::FirstVisit;
    walk(trip.settings(), [trip.refused_at(Endpoint::Token), trip.refused_at(Endpoint::Me)].concat()).await;
}

#[tokio::test]
async fn s37_every_code_in_every_shape_leaves_a_sign_in_without_nickname_and_avatar_and_no_more() {
    let trip = Trip::FirstVisit;
    let mut cells = trip.refused_at(Endpoint::UserInfo);
    // To who fetches a picture, one text is as good as another.
    cells.extend(trip.refused_at(Endpoint::Avatar).into_iter().take(3));
    walk(trip.settings(), cells).await;
}

#[tokio::test]
async fn s27_s36_every_code_in_every_shape_is_told_to_who_is_signed_in() {
    let renewals = Trip::Renewal.refused_at(Endpoint::Token);
    walk(Trip::Renewal.settings(), [renewals, Trip::Portrait.refused_at(Endpoint::UserInfo)].concat()).await;
}

#[tokio::test]
async fn s36_s37_every_code_that_comes_back_with_the_browser_ends_on_a_page() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for (code, word) in at_the_callback() {
        let authorize_url = url::Url::parse(&browser.leave(None).await).expect("an address");
        let (_, state) = authorize_url.query_pairs().find(|(name, _)| name == "state").expect("a state");
        let answer = browser.get(&format!("/login/qq/callback?error={code}&state={state}")).await;
        let ending = format!("/login?error={word}");
        assert_eq!((answer.status, answer.location()), (303, &*ending), "{code}");
        let page = browser.get(answer.location()).await;
        let is_told = page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\"");
        assert!(page.status == 200 && is_told, "{code}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
    assert_eq!(browser.sign_in("Ann").await.location(), "/register");
    println!("{} cells walked", at_the_callback().count());
}
