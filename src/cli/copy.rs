//! `qq-login copy-database`: moves a site to another database.

use super::CliError;
use super::output::print;
use crate::config::DatabaseUrl;
use crate::database::{CopiedTable, Place, copy_database};

/// Copies and compares all tables, and prints each with its number of rows and checksum.
pub(super) async fn run(from: &DatabaseUrl, to: &DatabaseUrl) -> Result<(), CliError> {
    let source = Place { url: from.as_str(), name: from.place() };
    let destination = Place { url: to.as_str(), name: to.place() };
    let mut printed = Ok(());
    let report = |table: &CopiedTable| {
        if printed.is_ok() {
            printed = print(&format!("{:<20} {:>12} rows  sha256 {}\n", table.name, table.rows, table.checksum));
        }
    };
    copy_database(source, destination, report).await?;
    printed?;
    let next = "stop the site if it runs, repeat this, and start it with the new DATABASE_URL and the same SECRET_KEY";
    Ok(print(&format!("{} is a copy of {}; {next}\n", destination.name, source.name))?)
}
