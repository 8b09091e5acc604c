//! The table of all that can go wrong between the site and QQ: every question the site asks, and
//! for each every way in which the answer fails to come. In each cell somebody is on their way,
//! ends on a page that says so and leads on, leaves nothing half-made, and keeps nobody else waiting.

mod bad_tls;
mod cell;
mod lane;
mod sign_in;
mod signed_in;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use qq_login::qq::{Class, class_of};

use crate::support::{Endpoint, Fault, TestSite};
use cell::{BROKEN, Cell, Trip, every_code, refusals};
use lane::Lane;

/// How many cells are walked at a time, each on a site of its own: most of them wait.
const LANES: usize = 6;

/// Walks these cells, and says how many they were.
async fn walk(cells: Vec<Cell>) {
    let count = cells.len();
    let left = Arc::new(Mutex::new(VecDeque::from(cells)));
    let lanes: Vec<_> = (0..LANES.min(count)).map(|_| tokio::spawn(walk_lane(left.clone()))).collect();
    let mut walked = 0;
    for lane in lanes {
        walked += lane.await.expect("a lane");
    }
    assert_eq!(walked, count);
    println!("{walked} cells walked");
}

async fn walk_lane(left: Arc<Mutex<VecDeque<Cell>>>) -> usize {
    let mut lane = Lane::start().await;
    let mut walked = 0;
    loop {
        let next = left.lock().expect("a list").pop_front();
        let Some(cell) = next else { return walked };
        lane.walk(&cell).await;
        walked += 1;
    }
}

#[tokio::test]
async fn s25_whatever_becomes_of_an_answer_the_person_is_told_and_nobody_else_waits() {
    let mut cells: Vec<Cell> = Vec::new();
    for trip in [Trip::SignIn, Trip::Renewal, Trip::Portrait] {
        for endpoint in trip.questions() {
            // A picture has no charset.
            let fits = |fault: &&Fault| !(**fault == Fault::WrongCharset && *endpoint == Endpoint::Avatar);
            let faults = BROKEN.iter().filter(fits).cloned();
            cells.extend(faults.map(|fault| Cell { trip, endpoint: *endpoint, fault }));
        }
    }
    cells.push(Cell { trip: Trip::SignIn, endpoint: Endpoint::Me, fault: Fault::WrongClient });
    cells.sort_by_key(|cell| !cell.fault.is_slow());
    walk(cells).await;
}

/// Every refusal at each of these questions.
fn refused_at(places: &[(Trip, Endpoint)]) -> Vec<Cell> {
    let at = |(trip, endpoint): &(Trip, Endpoint)| {
        let (trip, endpoint) = (*trip, *endpoint);
        refusals().into_iter().map(move |fault| Cell { trip, endpoint, fault })
    };
    places.iter().flat_map(at).collect()
}

#[tokio::test]
async fn s27_s36_every_code_in_every_shape_ends_a_sign_in_on_a_page() {
    walk(refused_at(&[(Trip::SignIn, Endpoint::Token), (Trip::SignIn, Endpoint::Me)])).await;
}

#[tokio::test]
async fn every_code_in_every_shape_leaves_a_sign_in_without_nickname_and_avatar_and_no_more() {
    let mut cells = refused_at(&[(Trip::SignIn, Endpoint::UserInfo)]);
    // To who fetches a picture, one text is as good as another.
    cells.extend(refused_at(&[(Trip::SignIn, Endpoint::Avatar)]).into_iter().take(3));
    walk(cells).await;
}

#[tokio::test]
async fn s27_s36_every_code_in_every_shape_is_told_to_who_is_signed_in() {
    walk(refused_at(&[(Trip::Renewal, Endpoint::Token), (Trip::Portrait, Endpoint::UserInfo)])).await;
}

#[tokio::test]
async fn s36_every_code_that_comes_back_with_the_browser_ends_on_a_page() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let codes = every_code();
    for code in &codes {
        let authorize_url = url::Url::parse(&browser.leave(None).await).expect("an address");
        let (_, state) = authorize_url.query_pairs().find(|(name, _)| name == "state").expect("a state");
        let answer = browser.get(&format!("/login/qq/callback?error={code}&state={state}")).await;
        let word = match class_of(*code) {
            _ if *code < 100_000 => "unreachable",
            Class::SignInAgain => "denied",
            Class::OperatorMustAct | Class::OurBug => "misconfigured",
            Class::QqFailure | Class::TryLater => "unreachable",
        };
        assert_eq!((answer.status, answer.location()), (303, &*format!("/login?error={word}")), "{code}");
        let page = browser.get(answer.location()).await;
        let is_told = page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\"");
        assert!(page.status == 200 && is_told, "{code}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (0, 0));
    assert_eq!(browser.sign_in("Ann").await.location(), "/register");
    println!("{} cells walked", codes.len());
}
