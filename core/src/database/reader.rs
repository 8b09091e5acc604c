//! Runs statements that read, also behind a pooler that shares connections between transactions.

use std::future::ready;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyPool, Either, Execute, Executor, SqlStr};
use url::Url;

use super::spans;

/// Whether the site reaches PostgreSQL through a pooler such as PgBouncer that gives a transaction, not a client, a
/// connection to the server. A statement that was prepared is then unknown after the transaction: sqlx must not keep it
/// (`statement-cache-capacity=0` in `DATABASE_URL`), and must prepare and run it in one transaction.
pub(super) fn is_behind_transaction_pooler(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| {
        url.scheme() != "sqlite"
            && url.query_pairs().any(|(name, value)| name == "statement-cache-capacity" && value == "0")
    })
}

/// Runs statements on any connection of the pool.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'d> {
    pub(super) pool: &'d AnyPool,
    pub(super) is_sqlite: bool,
    /// Whether each statement has a transaction of its own.
    pub(super) uses_transactions: bool,
}

impl Reader<'_> {
    async fn fetch_row<'q>(self, query: impl Execute<'q, Any> + 'q) -> Result<Option<AnyRow>, sqlx::Error> {
        if !self.uses_transactions {
            return self.pool.fetch_optional(query).await;
        }
        let mut transaction = self.pool.begin().await?;
        let row = transaction.fetch_optional(query).await?;
        transaction.commit().await?;
        Ok(row)
    }
}

impl<'d> Executor<'d> for Reader<'d> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        mut query: E,
    ) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'd: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let arguments = match query.take_arguments() {
            Ok(arguments) => arguments,
            Err(error) => return stream::once(ready(Err(sqlx::Error::Encode(error)))).boxed(),
        };
        let sql = query.sql();
        let span = spans::statement(self.is_sqlite, &sql);
        let query = (sql, arguments);
        if !self.uses_transactions {
            return self.pool.fetch_many(query).inspect_err(move |error| spans::fail(&span, error)).boxed();
        }
        let steps = async move {
            let mut transaction = self.pool.begin().await?;
            let steps: Vec<_> = transaction.fetch_many(query).try_collect().await?;
            transaction.commit().await?;
            Ok::<_, sqlx::Error>(stream::iter(steps.into_iter().map(Ok)))
        };
        stream::once(steps).try_flatten().inspect_err(move |error| spans::fail(&span, error)).boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, mut query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'd: 'e,
        E: 'q + Execute<'q, Any>,
    {
        let arguments = query.take_arguments().map_err(sqlx::Error::Encode);
        let sql = query.sql();
        let span = spans::statement(self.is_sqlite, &sql);
        Box::pin(async move {
            let query = (sql, arguments?);
            self.fetch_row(query).await.inspect_err(|error| spans::fail(&span, error))
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [AnyTypeInfo],
    ) -> BoxFuture<'e, Result<AnyStatement, sqlx::Error>>
    where
        'd: 'e,
    {
        self.pool.prepare_with(sql, parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameter_of_the_url_turns_transactions_on() {
        for (url, expected) in [
            ("postgres://site:a@host/site?statement-cache-capacity=0", true),
            ("postgres://host/site?sslmode=disable&statement-cache-capacity=0", true),
            ("postgres://host/site?statement-cache-capacity=100", false),
            ("postgres://host/site", false),
            ("sqlite:x.db?statement-cache-capacity=0", false),
        ] {
            assert_eq!(is_behind_transaction_pooler(url), expected, "{url}");
        }
    }
}
