//! Runs statements that read, also behind a pooler that shares connections between transactions.

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};
use sqlx::any::{AnyQueryResult, AnyRow, AnyStatement, AnyTypeInfo};
use sqlx::{Any, AnyPool, Either, Execute, Executor, SqlStr};
use url::Url;

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
    /// Whether each statement has a transaction of its own.
    pub(super) uses_transactions: bool,
}

impl<'d> Executor<'d> for Reader<'d> {
    type Database = Any;

    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<AnyQueryResult, AnyRow>, sqlx::Error>>
    where
        'd: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if !self.uses_transactions {
            return self.pool.fetch_many(query);
        }
        let steps = async move {
            let mut transaction = self.pool.begin().await?;
            let steps: Vec<_> = transaction.fetch_many(query).try_collect().await?;
            transaction.commit().await?;
            Ok::<_, sqlx::Error>(stream::iter(steps.into_iter().map(Ok)))
        };
        stream::once(steps).try_flatten().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<AnyRow>, sqlx::Error>>
    where
        'd: 'e,
        E: 'q + Execute<'q, Any>,
    {
        if !self.uses_transactions {
            return self.pool.fetch_optional(query);
        }
        Box::pin(async move {
            let mut transaction = self.pool.begin().await?;
            let row = transaction.fetch_optional(query).await?;
            transaction.commit().await?;
            Ok(row)
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
