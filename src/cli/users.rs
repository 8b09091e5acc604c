//! `qq-login users`: what operators do for and against users, beside a running site or without one.

use std::io;

use clap::Subcommand;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::CliError;
use super::output::print;
use crate::accounts::{AccountExport, Accounts, UserSummary};
use crate::audit::{self, Event};
use crate::clock::Clock;
use crate::config::DatabaseUrl;
use crate::database::{Database, QueryError};

const WHO: &str = "A username, an email address, an openid, or # with the number of the user";

#[derive(Clone, Debug, Subcommand)]
pub enum UsersCommand {
    /// List all users
    List,
    /// Show what is stored about a user
    Show {
        #[arg(help = WHO)]
        who: String,
    },
    /// Sign a user out everywhere and refuse every later sign-in
    Block {
        #[arg(help = WHO)]
        who: String,
    },
    /// Let a blocked user sign in again
    Unblock {
        #[arg(help = WHO)]
        who: String,
    },
    /// End all sessions of a user
    SignOut {
        #[arg(help = WHO)]
        who: String,
    },
    /// Delete a user with all data
    Delete {
        #[arg(help = WHO)]
        who: String,
    },
}

/// Why a command about a user failed.
#[derive(Debug, thiserror::Error)]
pub enum UsersError {
    #[error("nobody is found by {0:?}; use a username, an email address, an openid, or # with a number")]
    NotFound(String),
    #[error("{0:?} may mean several users; use one of {1}")]
    Ambiguous(String, String),
    #[error("cannot use the database: {0}")]
    Query(#[from] QueryError),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
}

/// Runs a command on the database at `url`, which has to exist.
pub(super) async fn run(
    command: UsersCommand,
    is_json: bool,
    url: &DatabaseUrl,
    clock: &Clock,
) -> Result<(), CliError> {
    let database = Database::open_existing(url.as_str()).await?;
    let users = Users { accounts: Accounts::new(database.clone()), is_json };
    let result = users.run(command, clock()).await;
    database.close().await;
    Ok(result?)
}

struct Users {
    accounts: Accounts,
    is_json: bool,
}

impl Users {
    async fn run(&self, command: UsersCommand, now: i64) -> Result<(), UsersError> {
        match command {
            UsersCommand::List => return self.list().await,
            UsersCommand::Show { who } => {
                let user_id = self.find(&who).await?;
                return self.show(user_id).await;
            }
            UsersCommand::Block { who } => {
                let user_id = self.find(&who).await?;
                self.accounts.block(user_id, now).await?;
                audit::record(Event::UserBlocked { user_id });
                self.report("blocked", user_id).await
            }
            UsersCommand::Unblock { who } => {
                let user_id = self.find(&who).await?;
                self.accounts.unblock(user_id).await?;
                audit::record(Event::UserUnblocked { user_id });
                self.report("unblocked", user_id).await
            }
            UsersCommand::SignOut { who } => {
                let user_id = self.find(&who).await?;
                self.accounts.sign_out(user_id).await?;
                audit::record(Event::UserSignedOut { user_id });
                self.report("signed out", user_id).await
            }
            UsersCommand::Delete { who } => {
                let user_id = self.find(&who).await?;
                // Before it is gone.
                let user = self.accounts.user_summary(user_id).await?;
                self.accounts.delete(user_id).await?;
                audit::record(Event::UserDeleted { user_id });
                self.report_about("deleted", user)
            }
        }
    }

    async fn find(&self, who: &str) -> Result<i64, UsersError> {
        match self.accounts.find_users(who).await?[..] {
            [] => Err(UsersError::NotFound(who.to_owned())),
            [user_id] => Ok(user_id),
            ref several => {
                let ids: Vec<String> = several.iter().map(|id| format!("#{id}")).collect();
                Err(UsersError::Ambiguous(who.to_owned(), ids.join(", ")))
            }
        }
    }

    async fn list(&self) -> Result<(), UsersError> {
        let (mut after, mut separator) = (0, "[\n");
        loop {
            let page = self.accounts.users_after(after).await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            let mut text = String::new();
            for user in &page {
                if self.is_json {
                    text += &format!("{separator}  {}", summary_json(user));
                    separator = ",\n";
                } else {
                    text += &summary_line(user);
                }
            }
            print(&text)?;
        }
        if self.is_json {
            print(if after == 0 { "[]\n" } else { "\n]\n" })?;
        }
        Ok(())
    }

    async fn show(&self, user_id: i64) -> Result<(), UsersError> {
        let summary = self.accounts.user_summary(user_id).await?;
        let (Some(summary), Some(stored)) = (summary, self.accounts.export(user_id).await?) else {
            return Err(UsersError::NotFound(format!("#{user_id}")));
        };
        let text = if self.is_json {
            format!("{:#}\n", details_json(&summary, &stored))
        } else {
            details_text(&summary, &stored)
        };
        Ok(print(&text)?)
    }

    async fn report(&self, done: &str, user_id: i64) -> Result<(), UsersError> {
        let user = self.accounts.user_summary(user_id).await?;
        self.report_about(done, user)
    }

    fn report_about(&self, done: &str, user: Option<UserSummary>) -> Result<(), UsersError> {
        // Nothing to print about a user who was deleted a moment ago.
        let Some(user) = user else { return Ok(()) };
        Ok(print(&if self.is_json {
            format!("{:#}\n", summary_json(&user))
        } else {
            format!("{done}: {}", summary_line(&user))
        })?)
    }
}

fn summary_line(user: &UserSummary) -> String {
    let email = match &user.email {
        Some((address, true)) => format!("{address} (verified)"),
        Some((address, false)) => format!("{address} (not verified)"),
        None => "no email address".to_owned(),
    };
    let blocked = user.blocked_at.map(|at| format!(", blocked since {}", rfc3339(at))).unwrap_or_default();
    format!("#{} {}, {email}, created {}{blocked}\n", user.id, user.username, rfc3339(user.created_at))
}

fn summary_json(user: &UserSummary) -> Value {
    json!({
        "id": user.id,
        "username": user.username,
        "created_at": rfc3339(user.created_at),
        "blocked": user.blocked_at.is_some(),
        "blocked_at": user.blocked_at.map(rfc3339),
        "email": user.email.as_ref().map(|(address, _)| address),
        "email_verified": user.email.as_ref().map(|(_, is_verified)| is_verified),
        "sessions": user.sessions,
        "last_seen_at": user.last_seen_at.map(rfc3339),
    })
}

fn details_text(user: &UserSummary, stored: &AccountExport) -> String {
    let mut text = summary_line(user);
    for email in &stored.email_addresses {
        let state = if email.is_verified { "verified" } else { "not verified" };
        text += &format!("  email {} ({state}), since {}\n", email.email, rfc3339(email.created_at));
    }
    for identity in &stored.identities {
        let nickname = identity.profile.nickname.as_deref().map(|name| format!(" ({name})")).unwrap_or_default();
        let since = rfc3339(identity.created_at);
        text += &format!("  {} {}{nickname}, since {since}\n", identity.company, identity.openid);
    }
    let last_seen = user.last_seen_at.map(|at| format!(", last used {}", rfc3339(at))).unwrap_or_default();
    text + &format!("  {} sessions{last_seen}\n", user.sessions)
}

fn details_json(user: &UserSummary, stored: &AccountExport) -> Value {
    let mut details = summary_json(user);
    let emails = stored.email_addresses.iter().map(
        |email| json!({ "email": email.email, "verified": email.is_verified, "created_at": rfc3339(email.created_at) }),
    );
    let identities = stored.identities.iter().map(|identity| {
        json!({
            "company": identity.company,
            "openid": identity.openid,
            "unionid": identity.unionid,
            "nickname": identity.profile.nickname,
            "created_at": rfc3339(identity.created_at),
            "last_used_at": identity.last_used_at.map(rfc3339),
        })
    });
    if let Some(details) = details.as_object_mut() {
        details.insert("email_addresses".to_owned(), emails.collect());
        details.insert("identities".to_owned(), identities.collect());
    }
    details
}

fn rfc3339(seconds: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}
