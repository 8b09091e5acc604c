//! Commits per journey. A commit waits for the disk, so their number decides how many users can sign in per second.

use futures_util::future::join_all;

use crate::support::TestSite;

const FRAME_HEADER_BYTES: usize = 24;
const LOG_HEADER_BYTES: usize = 32;

/// Counts the commits in SQLite's write-ahead log: a frame that ends a transaction says how large the database is then
/// (<https://www.sqlite.org/fileformat2.html#the_write_ahead_log>). Returns `None` on PostgreSQL.
fn commits(site: &TestSite) -> Option<usize> {
    // There is no log before the first write.
    let log = std::fs::read(site.database_file()?.with_extension("db-wal")).unwrap_or_default();
    if log.len() < LOG_HEADER_BYTES {
        return Some(0);
    }
    let number = |at: usize| u32::from_be_bytes(log[at..at + 4].try_into().expect("four bytes"));
    let frame_bytes = FRAME_HEADER_BYTES + usize::try_from(number(8)).expect("the size of a page");
    let frames = (LOG_HEADER_BYTES..log.len()).step_by(frame_bytes).take(visible_frames(site)?);
    // Frames of an earlier pass through the log have another salt.
    let is_current = |at: &usize| (number(at + 8), number(at + 12)) == (number(16), number(20));
    Some(frames.filter(is_current).filter(|at| number(at + 4) > 0).count())
}

/// Returns how many frames readers see: those of a commit that still waits for the disk are in the log already
/// (<https://www.sqlite.org/walformat.html#the_wal_index_file_format>, mxFrame).
fn visible_frames(site: &TestSite) -> Option<usize> {
    let index = std::fs::read(site.database_file()?.with_extension("db-shm")).expect("the index of the log");
    let frames = u32::from_ne_bytes(index[16..20].try_into().expect("four bytes"));
    Some(usize::try_from(frames).expect("a small number"))
}

/// Runs `journey` and returns its commits.
async fn commits_of(site: &TestSite, journey: impl Future<Output = ()>) -> Option<i64> {
    let before = commits_without_checks(site).await?;
    journey.await;
    Some(commits_without_checks(site).await? - before)
}

/// Counts the commits that are not a regular check of the database, which may be made at any time.
async fn commits_without_checks(site: &TestSite) -> Option<i64> {
    loop {
        // The query first: it keeps the log from being removed with the last connection that has it open.
        let checks = count_checks(site).await;
        let commits = i64::try_from(commits(site)?).expect("a small number");
        if count_checks(site).await == checks {
            return Some(commits - checks);
        }
    }
}

async fn count_checks(site: &TestSite) -> i64 {
    site.query_number("SELECT writes FROM readiness").await
}

#[tokio::test]
async fn sign_in_takes_two_commits_registration_and_logout_one_pages_none() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    // An avatar is stored later, in a transaction of its own.
    site.set_qq_fault("get_user_info", "avatar_missing", u32::MAX).await;
    if commits(&site).is_none() {
        return; // PostgreSQL has no count of its own that is up to date.
    }
    let callback = browser.authorize_as("Ann", None).await;
    let mut journeys = vec![];
    let first_callback = commits_of(&site, async { drop(browser.get(&callback).await) }).await;
    journeys.push(("first callback", first_callback, 2));
    let form = [("username", "ann"), ("email", "ann@example.com")];
    let registration = commits_of(&site, async { drop(browser.post("/register", &form).await) }).await;
    journeys.push(("registration", registration, 1));
    for path in [
        "/",
        "/login",
        "/account",
        "/account/sessions",
        "/account/data",
        "/account/qq",
        "/account/delete",
        "/account/username",
        "/account/export",
        "/nowhere",
    ] {
        journeys.push((path, commits_of(&site, async { drop(browser.get(path).await) }).await, 0));
    }
    let logout = commits_of(&site, async { drop(browser.post("/logout", &[]).await) }).await;
    journeys.push(("logout", logout, 1));
    site.clear_qq_faults().await;
    browser.sign_in("Ann").await;
    site.wait_for_count("avatars", 1).await;
    browser.post("/logout", &[]).await;
    let callback = browser.authorize_as("Ann", None).await;
    let sign_in = commits_of(&site, async { drop(browser.get(&callback).await) }).await;
    journeys.push(("sign-in", sign_in, 2));
    let callback = browser.authorize_as("Ann", None).await;
    let replacement = commits_of(&site, async { drop(browser.get(&callback).await) }).await;
    journeys.push(("sign-in that replaces a session", replacement, 2));
    for (journey, commits, expected) in journeys {
        assert_eq!(commits, Some(expected), "{journey}");
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn sixteen_writes_that_wait_share_a_commit() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // PostgreSQL commits in parallel.
    }
    let database = site.open_database().await;
    site.execute("BEGIN IMMEDIATE").await;
    let writes = join_all((0..16).map(|number| {
        let insert = sqlx::query("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ($1, 4102444800)");
        database.execute(insert.bind(format!("shared-{number}")))
    }));
    let release = async {
        // The writes wait in the queue by now: a joined future is polled in order.
        site.execute("ROLLBACK").await;
    };
    let before = commits(&site).expect("a log");
    let (written, ()) = tokio::join!(writes, release);
    assert!(written.into_iter().all(|rows| rows.is_ok_and(|rows| rows == 1)));
    let commits = commits(&site).expect("a log") - before;
    assert!((1..=2).contains(&commits), "{commits} commits");
}

#[tokio::test]
async fn last_use_of_a_session_is_written_without_a_page_waiting_for_it() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    site.advance_clock(61);
    let is_sqlite = site.database_file().is_some();
    site.execute(if is_sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await;
    if !is_sqlite {
        site.execute("LOCK TABLE sessions IN EXCLUSIVE MODE").await;
    }
    let requests = (0..40).map(|_| {
        let mut browser = browser.clone();
        async move { browser.signed_in_as().await }
    });
    for shown in join_all(requests).await {
        assert_eq!(shown.as_deref(), Some(&*username), "answered while another program writes");
    }
    site.execute("ROLLBACK").await;
    let seen = format!("sessions WHERE last_seen_at = {}", site.now());
    site.wait_for_count(&seen, 1).await;
}
