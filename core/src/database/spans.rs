//! What traces say about statements and transactions, in the words of OpenTelemetry's semantic conventions for databases.

use std::panic::Location;

use sqlx::SqlStr;

use super::error::DatabaseErrorKind;
use crate::traces::Span;

/// Begins the span of a statement. Its values are not part of it: they are bound, not written into the text.
pub(super) fn statement(is_sqlite: bool, sql: &SqlStr) -> Span {
    let span = Span::within("statement");
    if span.is_recorded() {
        let text = sql.as_str();
        let operation = text.split_ascii_whitespace().next().unwrap_or_default();
        span.rename(operation.to_owned());
        span.set("db.query.text", text.to_owned());
        span.set("db.system.name", system(is_sqlite));
    }
    span
}

/// Begins the span of a transaction, from its place in the queue to its commit.
pub(super) fn transaction(is_sqlite: bool, caller: &'static Location<'static>) -> Span {
    let span = Span::within("transaction");
    span.set("db.system.name", system(is_sqlite));
    span.set("code.file.path", caller.file());
    span.set("code.line.number", i64::from(caller.line()));
    span
}

fn system(is_sqlite: bool) -> &'static str {
    if is_sqlite { "sqlite" } else { "postgresql" }
}

pub(super) fn fail<E>(span: &Span, error: &E)
where
    for<'e> DatabaseErrorKind: From<&'e E>,
{
    span.fail(format_args!("{:?}", DatabaseErrorKind::from(error)));
}
