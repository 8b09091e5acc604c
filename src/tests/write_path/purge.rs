//! Purging expired rows.

use crate::support::TestSite;

const PURGE: &str = "DELETE FROM spent_attempts WHERE state_hash IN \
                     (SELECT state_hash FROM spent_attempts WHERE spent_at < $1 LIMIT $2)";
/// More than two batches.
const ROWS: i64 = 1_201;

async fn insert_attempts(site: &TestSite, count: i64, spent_at: i64) {
    let numbers = format!("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})");
    let insert = format!(
        "INSERT INTO spent_attempts (state_hash, spent_at) {numbers} \
                          SELECT 'at-{spent_at}-' || i, {spent_at} FROM n"
    );
    site.execute(&insert).await;
}

#[tokio::test]
async fn s94_purge_deletes_all_expired_rows_in_batches_and_no_others() {
    let site = TestSite::start().await;
    // In the future, or the site's own purge would delete them.
    let now = site.now();
    insert_attempts(&site, ROWS, now + 100).await;
    insert_attempts(&site, 7, now + 200).await;
    let database = site.open_database().await;
    database.purge(PURGE, now + 200).await.expect("purged");
    assert_eq!(site.count("spent_attempts").await, 7);
}

#[tokio::test]
async fn s94_error_in_one_table_does_not_keep_other_tables_from_being_purged() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    insert_attempts(&site, 3, 100).await;
    if site.database_file().is_some() {
        let fail = "CREATE TRIGGER broken BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'broken'); END";
        site.execute(fail).await;
    } else {
        site.execute("CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''broken''; END'")
            .await;
        site.execute("CREATE TRIGGER broken BEFORE DELETE ON sessions FOR EACH ROW EXECUTE FUNCTION broken()").await;
    }
    site.advance_clock(10_000_000);
    // Expired rows are deleted at startup.
    let site = site.restart_with(vec![]).await;
    site.wait_for_count("spent_attempts", 0).await;
    assert_eq!(site.count("sessions").await, 1);
}

#[tokio::test]
async fn one_machine_at_a_time_purges_postgres() {
    let site = TestSite::start().await;
    if site.database_file().is_some() {
        return; // SQLite has one writer.
    }
    let now = site.now();
    insert_attempts(&site, ROWS, now + 100).await;
    let database = site.open_database().await;
    site.execute("BEGIN").await;
    site.query_texts("SELECT CAST(pg_advisory_xact_lock(3010) AS TEXT)").await;
    let purge = database.purge(PURGE, now + 200);
    let release = async {
        let waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        while site.query_number(waiting).await == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(site.count("spent_attempts").await, ROWS, "another machine purges");
        site.execute("COMMIT").await;
    };
    let (purged, ()) = tokio::join!(purge, release);
    purged.expect("purged");
    assert_eq!(site.count("spent_attempts").await, 0);
}
