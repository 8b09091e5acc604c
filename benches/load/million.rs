//! Logins on a database with a million users, next to an almost empty one, while expired rows are being deleted.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Executor, Row};

use crate::commits::open;
use crate::driver::{self, Length, Measurement};
use crate::options::Options;
use crate::process::Process;
use crate::report::{Goal, Report};
use crate::setup::{self, Provider, Setup, known_user};

/// Few, so that the latency is not mostly time spent waiting for a core.
const BROWSERS: usize = 4;

/// The sessions and attempts that have expired, as a share of the users.
const EXPIRED_SHARE: i64 = 4;

pub(crate) async fn measure(setup: &Setup, options: &Options, report: &mut Report) -> Result<()> {
    if !options.includes("million") {
        return Ok(());
    }
    let mut provider = setup.start_provider(2).await?;
    let (small, large) = (provider.take_address()?, provider.take_address()?);
    let small = setup.start_site(&provider, small, &setup.scratch.join("small.db"), &[]).await?;
    setup::register_known_users(&small, &provider).await?;

    let (address, path) = (large, setup.scratch.join("large.db"));
    let large = setup.start_site(&provider, address, &path, &[]).await?;
    setup::register_known_users(&large, &provider).await?;
    large.stop()?;
    fill(&path, options.rows).await?;
    let mut database = open(&path).await?;
    let expired_before = count_expired(&mut database).await?;

    // The site begins to delete expired rows when it starts, in batches.
    let large = setup.start_site(&provider, address, &path, &[]).await?;
    let round = Duration::from_secs(options.seconds);
    let mut in_large = Measurement::default();
    let mut in_small = Measurement::default();
    for _ in 0..options.rounds {
        in_small.merge(login(&small, &provider, round).await);
        in_large.merge(login(&large, &provider, round).await);
    }
    let deleted = expired_before - count_expired(&mut database).await?;

    for (error, count) in [&in_large, &in_small].into_iter().flat_map(|logins| &logins.errors) {
        println!("login with a million users: {count} × {error}");
    }
    let [large, small] = [&in_large, &in_small].map(|logins| logins.quantile_ms(0.5));
    let ratio = large / small;
    report.add_goal(Goal {
        what: "login median with a million users, against an empty database",
        value: format!("{large:.2} ms, {deleted} rows purged at the same time"),
        reference: format!("{small:.2} ms"),
        ratio: Some(ratio),
        target: "≤ 1.2×",
        is_reached: ratio <= 1.2 && deleted > 0 && in_large.errors.is_empty(),
    });
    Ok(())
}

async fn login(site: &Process, provider: &Provider, round: Duration) -> Measurement {
    let mut browsers = driver::browsers(BROWSERS, site.address, provider.process.address);
    driver::run(&mut browsers, Length::Time(round), async |browser, number| {
        browser.forget();
        browser.login(&known_user(number)).await
    })
    .await
}

/// Inserts this many users, email addresses, openids and sessions, and expired rows.
async fn fill(path: &Path, rows: i64) -> Result<()> {
    let mut database = open(path).await?;
    // Nothing is lost by a crash: the database is temporary. The cache holds the indexes, filled in random order.
    database.execute("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000").await?;
    let mut transaction = database.begin().await?;
    let expired = rows / EXPIRED_SHARE;
    // As many rows as asked for, numbered from 1,000,001, each with a random text of 32 digits.
    let numbers = |count: i64| {
        format!("WITH RECURSIVE n(i) AS (VALUES (1000001) UNION ALL SELECT i + 1 FROM n WHERE i < 1000000 + {count})")
    };
    let now = "unixepoch()";
    for (count, insert) in [
        (
            rows,
            "users (id, username, username_key, lookalike_key, created_at) \
            SELECT i, 'user-' || i, 'user-' || i, 'user-' || i, NOW FROM n",
        ),
        (
            rows,
            "email_addresses (user_id, email, verified, is_primary, created_at) \
            SELECT i, 'user-' || i || '@example.com', 0, 1, NOW FROM n",
        ),
        (
            rows,
            "open_ids (user_id, company_id, openid, created_at, nickname) \
            SELECT i, 1, hex(randomblob(16)), NOW, 'User ' || i FROM n",
        ),
        (
            rows,
            "sessions (id_hash, user_id, data, created_at, last_seen_at) \
            SELECT lower(hex(randomblob(32))), i, randomblob(400), NOW - i % 1000000, NOW - i % 1000000 FROM n",
        ),
        (
            expired,
            "sessions (id_hash, user_id, data, created_at, last_seen_at) \
            SELECT lower(hex(randomblob(32))), i, randomblob(400), NOW - 2000000, NOW - 2000000 FROM n",
        ),
        (expired, "spent_attempts (state_hash, spent_at) SELECT lower(hex(randomblob(32))), NOW - 100000 FROM n"),
        (
            expired,
            "avatars (hash, picture, kept_at) SELECT lower(hex(randomblob(32))), randomblob(64), NOW - 20000000 FROM n",
        ),
    ] {
        let statement = format!("{} INSERT INTO {}", numbers(count), insert.replace("NOW", now));
        let table = insert.split(' ').next().unwrap_or_default();
        transaction.execute(AssertSqlSafe(statement)).await.with_context(|| format!("filling {table}"))?;
    }
    transaction.commit().await?;
    Ok(database.close().await?)
}

/// Counts the expired rows that [`fill`] inserted.
async fn count_expired(database: &mut SqliteConnection) -> Result<i64> {
    let mut count = 0;
    for table in [
        "SELECT COUNT(*) FROM sessions WHERE last_seen_at < unixepoch() - 1500000",
        "SELECT COUNT(*) FROM spent_attempts WHERE spent_at < unixepoch() - 50000",
        "SELECT COUNT(*) FROM avatars WHERE kept_at < unixepoch() - 1500000",
    ] {
        count += sqlx::query(table).fetch_one(&mut *database).await?.try_get::<i64, _>(0)?;
    }
    Ok(count)
}
