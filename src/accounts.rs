//! The people the site knows: users, their e-mail addresses, and the openids that prove them.

mod avatars;
mod create;
mod export;
mod generated_username;
mod primary_email;
mod profile;
mod username;

use sqlx::AnyPool;

pub use create::{CreateOutcome, Identity, NewAccount};
pub use export::{AccountExport, ExportedEmail, ExportedIdentity};
pub use generated_username::generate_username;
pub use primary_email::PrimaryEmail;
pub use profile::{Profile, ProfileUpdate};
pub use username::ValidUsername;

/// The company whose openids are stored; the first row of the table `companies`.
pub const COMPANY_QQ: &str = "qq";

/// A person the site knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The row in `users`.
    pub user_id: i64,
    /// The user name as it was typed.
    pub username: String,
}

/// The tables of people.
#[derive(Clone, Debug)]
pub struct Accounts {
    pool: AnyPool,
}

impl Accounts {
    /// Works on an opened database.
    pub fn new(pool: AnyPool) -> Accounts {
        Accounts { pool }
    }

    /// Finds who proves to be `openid` at `company`; openids are compared exactly.
    pub async fn find_by_openid(&self, company: &str, openid: &str) -> Result<Option<Account>, sqlx::Error> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "SELECT users.id, users.username FROM open_ids \
             JOIN companies ON companies.id = open_ids.company_id \
             JOIN users ON users.id = open_ids.user_id \
             WHERE companies.company = $1 AND open_ids.openid = $2",
        )
        .bind(company)
        .bind(openid)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(user_id, username)| Account { user_id, username }))
    }

    /// Whether somebody has this name, or one that cannot be told from it.
    pub async fn is_username_taken(&self, name: &ValidUsername) -> Result<bool, sqlx::Error> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT id FROM users WHERE username_key = $1 OR lookalike_key = $2 LIMIT 1")
                .bind(name.key())
                .bind(name.skeleton())
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.is_some())
    }
}
