//! Transactions of [`Database::write`], on both databases.

use futures_util::future::join_all;
use qq_login::database::{Database, QueryError};
use sqlx::AnyConnection;

use crate::support::TestSite;

const INSERT: &str = "INSERT INTO spent_attempts (state_hash, spent_at) VALUES ($1, $2)";
/// In the year 2100, so that no row is purged.
const SPENT_AT: i64 = 4_102_444_800;

async fn insert(connection: &mut AnyConnection, name: String) -> Result<(), QueryError> {
    sqlx::query(INSERT).bind(name).bind(SPENT_AT).execute(connection).await?;
    Ok(())
}

/// Inserts a row and then fails.
async fn insert_and_fail(connection: &mut AnyConnection, name: String) -> Result<(), QueryError> {
    insert(connection, name.clone()).await?;
    insert(connection, name).await
}

async fn names(site: &TestSite) -> Vec<String> {
    site.query_texts("SELECT state_hash FROM spent_attempts ORDER BY state_hash").await
}

#[tokio::test]
async fn s48_failed_transaction_writes_nothing_and_spoils_no_other() {
    let site = TestSite::start().await;
    let database = site.open_database().await;
    let write = |number: usize| {
        let name = format!("row-{number}");
        database.write(move |connection| {
            Box::pin(async move {
                if number.is_multiple_of(2) {
                    insert(connection, name).await
                } else {
                    insert_and_fail(connection, name).await
                }
            })
        })
    };
    let results = join_all((0..6).map(write)).await;
    let has_succeeded: Vec<bool> = results.iter().map(Result::is_ok).collect();
    assert_eq!(has_succeeded, [true, false, true, false, true, false]);
    assert_eq!(names(&site).await, ["row-0", "row-2", "row-4"]);
}

#[tokio::test]
async fn transaction_that_panics_spoils_no_other() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // PostgreSQL has no task that all transactions share.
    }
    let database = site.open_database().await;
    let panics = database.write(|connection| {
        Box::pin(async move {
            insert(connection, "lost".to_owned()).await?;
            panic!("a test");
            #[allow(unreachable_code)]
            Ok::<(), QueryError>(())
        })
    });
    let works = database.write(|connection| Box::pin(insert(connection, "kept".to_owned())));
    let (panicked, worked) = tokio::join!(panics, works);
    assert!(matches!(panicked, Err(QueryError::Panic)) && worked.is_ok());
    assert_eq!(names(&site).await, ["kept"]);
}

#[tokio::test]
async fn transaction_of_a_caller_that_went_away_does_not_run() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // On PostgreSQL, a transaction begins at once.
    }
    let database = site.open_database().await;
    site.execute("BEGIN IMMEDIATE").await;
    let waits = database.write(|connection| Box::pin(insert(connection, "first".to_owned())));
    let gone = database.write(|connection| Box::pin(insert(connection, "gone".to_owned())));
    let release = async {
        tokio::select! {
            biased;
            _ = gone => panic!("written while another program has the lock"),
            () = tokio::task::yield_now() => {}
        }
        site.execute("ROLLBACK").await;
    };
    let (written, ()) = tokio::join!(waits, release);
    written.expect("written");
    database.close().await;
    assert_eq!(names(&site).await, ["first"]);
}

#[tokio::test]
async fn closed_database_leaves_one_complete_file_without_deleted_data() {
    let site = TestSite::start().await;
    let Some(folder) = site.database_file().map(|file| file.with_file_name("closed")) else { return };
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("site.db");
    let database = Database::open(&format!("sqlite://{}", file.display())).await.expect("a database");
    for name in ["CANARY-deleted", "CANARY-kept"] {
        database.execute(sqlx::query(INSERT).bind(name).bind(SPENT_AT)).await.expect("a row");
    }
    let delete = "DELETE FROM spent_attempts WHERE state_hash = 'CANARY-deleted'";
    database.execute(sqlx::query(delete)).await.expect("deleted");
    database.close().await;
    assert!(matches!(database.execute(sqlx::query(delete)).await, Err(QueryError::Closed)));
    let left = std::fs::read_dir(&folder).expect("the folder").map(|entry| entry.expect("an entry").file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["site.db"], "no -wal and no -shm");
    let bytes = std::fs::read(&file).expect("the file");
    let contains = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(contains(b"CANARY-kept") && !contains(b"CANARY-deleted"));
}
