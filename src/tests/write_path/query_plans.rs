//! No statement of the program reads a whole table that grows.

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::AssertSqlSafe;

use crate::source_code::SOURCES;
use crate::support::TestSite;

const GROWING_TABLES: [&str; 10] = [
    "users",
    "email_addresses",
    "open_ids",
    "sessions",
    "spent_attempts",
    "avatars",
    "mail_links",
    "mails",
    "former_usernames",
    "known_browsers",
];
/// Statements that were found when this was written: the search must not silently find none.
const MIN_STATEMENTS: usize = 30;

/// Returns all SQL in the string literals of the program's source files.
fn statements(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.ends_with("src/tests") {
            statements(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).expect("a file");
            let program = source.split("#[cfg(test)]").next().unwrap_or_default();
            let is_sql = |text: &&str| {
                ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "].iter().any(|verb| text.starts_with(verb))
            };
            found.extend(program.split('"').filter(is_sql).map(one_line));
        }
    }
}

/// Joins the lines of a literal, which end with a backslash.
fn one_line(literal: &str) -> String {
    literal.split("\\\n").map(str::trim_start).collect()
}

#[tokio::test]
async fn no_statement_scans_a_table_that_grows() {
    let site = TestSite::start().await;
    if site.database_file().is_none() {
        return; // PostgreSQL scans small tables whatever indexes they have.
    }
    let mut found = BTreeSet::new();
    for folder in SOURCES {
        statements(folder.as_ref(), &mut found);
    }
    found.retain(|sql| GROWING_TABLES.iter().any(|table| sql.contains(table)));
    assert!(found.len() >= MIN_STATEMENTS, "{} statements: {found:#?}", found.len());
    for sql in found {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
        let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&site.pool).await.expect(&sql);
        for (.., step) in steps {
            assert!(!is_scan(&step), "{sql}: {step}");
        }
    }
}

/// Whether a step reads all rows of a table, by an index or not.
fn is_scan(step: &str) -> bool {
    GROWING_TABLES.iter().any(|table| step.starts_with(&format!("SCAN {table}")))
}
