//! Checks that the database is reachable, migrated and writable, and that a PostgreSQL server is set up as the site needs.

use super::new_file;
use crate::config::DatabaseUrl;
use crate::database::{DatabaseErrorKind, SchemaState, ServerProblem, check_server, check_status};
use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;
use crate::doctor::report::Status;

pub(super) async fn check(url: &DatabaseUrl, messages: &Messages) -> Finding {
    let place = url.place();
    match check_status(url.as_str()).await {
        Ok(SchemaState::NotCreated(_)) if has_mode_ro(url.as_str()) => {
            messages.database_read_only.error(&[place, "mode=ro"])
        }
        Ok(SchemaState::NotCreated(file)) => new_file::check(&file, messages),
        Ok(state @ (SchemaState::Writable { .. } | SchemaState::Newer)) => {
            let tables = match state {
                SchemaState::Writable { pending: 0 } => messages.database_ok.ok(&[place]),
                SchemaState::Writable { pending } => messages.database_pending.warning(&[place, &pending.to_string()]),
                _ => messages.database_newer.warning(&[place]),
            };
            match check_server(url.as_str()).await {
                Ok(problems) => add_problems(tables, &problems, messages),
                Err(error) => explain(&error, place, messages),
            }
        }
        Ok(SchemaState::Damaged) => messages.database_damaged.error(&[place]),
        Ok(SchemaState::Foreign(table)) => messages.database_foreign.error(&[place, &table]),
        Err(error) => explain(&error, place, messages),
    }
}

fn add_problems(tables: Finding, problems: &[ServerProblem], messages: &Messages) -> Finding {
    let findings = problems.iter().map(|problem| explain_problem(problem, messages));
    findings.fold(tables, |first, second| Finding {
        status: if first.status == Status::Error { Status::Error } else { second.status },
        detail: format!("{}{}{}", first.detail, messages.semicolon, second.detail),
        advice: Some([first.advice, second.advice].into_iter().flatten().collect::<Vec<_>>().join(messages.space)),
        code: None,
    })
}

fn explain_problem(problem: &ServerProblem, messages: &Messages) -> Finding {
    match problem {
        ServerProblem::Settings(settings) => {
            let found: Vec<_> = settings.iter().map(|(name, value, _)| format!("{name} = {value}")).collect();
            let alter = |(name, _, wanted): &(&str, String, &str)| format!("ALTER ROLE … SET {name} = '{wanted}';");
            let statements: Vec<_> = settings.iter().map(alter).collect();
            messages.database_settings.warning(&[&found.join(", "), &statements.join(" ")])
        }
        ServerProblem::NotDurable(names) => messages.database_not_durable.warning(&[&names.join(", ")]),
        ServerProblem::TooFewConnections { allowed, needed } => {
            messages.database_few_connections.warning(&[&allowed.to_string(), &needed.to_string()])
        }
        ServerProblem::OldVersion(version) => messages.database_old_version.warning(&[version]),
        ServerProblem::Encoding(encoding) => messages.database_encoding.error(&[encoding]),
    }
}

/// Distinguishes more errors than [`DatabaseErrorKind`] does, since their remedies differ.
fn explain(error: &sqlx::Error, place: &str, messages: &Messages) -> Finding {
    let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default();
    let reason = error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    let message = match (error, &*code) {
        (sqlx::Error::PoolTimedOut, _) => messages.database_timeout,
        (_, "28P01" | "28000") => messages.database_login_rejected,
        // A prepared statement is unknown, or another client's has its name.
        (_, "26000" | "42P05") => messages.database_pooler,
        (_, "3D000") => messages.database_not_found,
        // SQLITE_CORRUPT with its extended codes, and SQLITE_NOTADB.
        (_, "11" | "267" | "523" | "779" | "26") => messages.database_not_a_database,
        _ => match DatabaseErrorKind::from(error) {
            DatabaseErrorKind::Busy => messages.database_locked,
            DatabaseErrorKind::ReadOnly => messages.database_read_only,
            DatabaseErrorKind::Full => messages.database_full,
            DatabaseErrorKind::Unreachable => messages.database_unreachable,
            DatabaseErrorKind::Other => messages.database_other,
        },
    };
    message.error(&[place, &reason])
}

fn has_mode_ro(url: &str) -> bool {
    url.split(['?', '&']).skip(1).any(|parameter| parameter == "mode=ro")
}
