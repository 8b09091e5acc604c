//! The tables of a site, and their statements in both dialects.
//!
//! All values travel as text, since the two databases have different types for the same: numbers in decimal, booleans as 0
//! and 1, bytes in hexadecimal.

use sqlx::{Connection, Row as _};

use super::rows::{Row, Side};
use super::statement;

/// All tables with data and the columns of their keys. A table follows those that its foreign keys refer to.
pub(super) const TABLES: &[(&str, &[&str])] = &[
    ("companies", &["id"]),
    ("users", &["id"]),
    ("email_addresses", &["id"]),
    ("former_usernames", &["id"]),
    ("open_ids", &["id"]),
    ("avatars", &["hash"]),
    ("sessions", &["id_hash"]),
    ("spent_attempts", &["state_hash"]),
    ("mail_links", &["token_hash"]),
    ("mails", &["id"]),
    ("known_browsers", &["browser_hash"]),
];

/// Parameters in one statement: SQLite takes 32766, PostgreSQL 65535.
const MAX_PARAMETERS: usize = 30_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Boolean,
    Text,
    Bytes,
}

struct Column {
    name: String,
    kind: Kind,
}

pub(super) struct Table {
    pub(super) name: &'static str,
    /// The key first.
    columns: Vec<Column>,
    key_length: usize,
}

impl Kind {
    /// The expression that reads a column as text.
    fn read(self, column: &str, is_sqlite: bool) -> String {
        match (self, is_sqlite) {
            (Kind::Number, _) => format!("CAST({column} AS TEXT)"),
            (Kind::Boolean, _) => {
                format!("CASE WHEN {column} IS NULL THEN NULL WHEN {column} THEN '1' ELSE '0' END")
            }
            (Kind::Text, _) => column.to_owned(),
            (Kind::Bytes, true) => format!("CASE WHEN {column} IS NULL THEN NULL ELSE LOWER(HEX({column})) END"),
            (Kind::Bytes, false) => format!("ENCODE({column}, 'hex')"),
        }
    }

    /// The expression for a parameter, which is text.
    fn write(self, parameter: usize, is_sqlite: bool) -> String {
        match (self, is_sqlite) {
            (Kind::Number, _) => format!("CAST(${parameter} AS BIGINT)"),
            (Kind::Boolean, true) => format!("CAST(${parameter} AS INTEGER)"),
            (Kind::Boolean, false) => format!("CAST(CAST(${parameter} AS TEXT) AS BOOLEAN)"),
            (Kind::Text, true) => format!("${parameter}"),
            (Kind::Text, false) => format!("CAST(${parameter} AS TEXT)"),
            (Kind::Bytes, true) => format!("UNHEX(${parameter})"),
            (Kind::Bytes, false) => format!("DECODE(${parameter}, 'hex')"),
        }
    }

    /// The expression to sort and compare by: the same order in both databases.
    fn order(self, expression: &str, is_sqlite: bool) -> String {
        match self {
            Kind::Text if !is_sqlite => format!("{expression} COLLATE \"C\""),
            _ => expression.to_owned(),
        }
    }
}

impl Table {
    /// Reads the columns of a table from the destination's schema, which has the same ones as the source's.
    pub(super) async fn describe(
        name: &'static str,
        key: &[&str],
        source: &mut Side,
        destination: &mut Side,
    ) -> Result<Table, sqlx::Error> {
        // The types of PostgreSQL are exact; in SQLite, the migrations declare the same names.
        let side = if source.is_sqlite { destination } else { source };
        let sql = if side.is_sqlite {
            "SELECT name, LOWER(type) FROM pragma_table_info($1) ORDER BY name"
        } else {
            "SELECT CAST(column_name AS TEXT), CAST(data_type AS TEXT) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 ORDER BY column_name"
        };
        let rows: Vec<(String, String)> = sqlx::query_as(sql).bind(name).fetch_all(&mut side.connection).await?;
        let mut columns: Vec<Column> = rows
            .into_iter()
            .map(|(name, kind)| Column {
                kind: match kind.as_str() {
                    "boolean" => Kind::Boolean,
                    "text" => Kind::Text,
                    "blob" | "bytea" => Kind::Bytes,
                    _ => Kind::Number,
                },
                name,
            })
            .collect();
        columns.sort_by_key(|column| key.iter().position(|key| *key == column.name).unwrap_or(key.len()));
        Ok(Table { name, columns, key_length: key.len() })
    }

    fn key(&self) -> &[Column] {
        self.columns.get(..self.key_length).unwrap_or_default()
    }

    /// Whether the key of `row` is lower than that of `other`.
    pub(super) fn is_before(&self, row: &Row, other: &Row) -> bool {
        let values = self.key().iter().zip(row).zip(other);
        let order = values.map(|((column, value), other)| match column.kind {
            Kind::Number => number(value).cmp(&number(other)),
            _ => value.cmp(other),
        });
        order.into_iter().find(|order| order.is_ne()).is_some_and(std::cmp::Ordering::is_lt)
    }

    /// The statement that reads the rows after a key, or the first ones.
    pub(super) fn select(&self, is_sqlite: bool, is_first: bool, limit: usize) -> String {
        let list = |items: Vec<String>| items.join(", ");
        let columns = list(self.columns.iter().map(|column| column.kind.read(&column.name, is_sqlite)).collect());
        let order: Vec<String> = self.key().iter().map(|column| column.kind.order(&column.name, is_sqlite)).collect();
        let after: Vec<String> =
            self.key().iter().zip(1..).map(|(column, number)| column.kind.write(number, is_sqlite)).collect();
        let name = self.name;
        let condition =
            if is_first { String::new() } else { format!("WHERE ({}) > ({})", list(order.clone()), list(after)) };
        format!("SELECT {columns} FROM {name} {condition} ORDER BY {} LIMIT {limit}", list(order))
    }

    /// The part of a row that the statement of [`Table::select`] takes.
    pub(super) fn key_of<'a>(&self, row: &'a Row) -> &'a [Option<String>] {
        row.get(..self.key_length).unwrap_or_default()
    }

    /// Reads the columns of a result.
    pub(super) fn row(&self, row: &sqlx::any::AnyRow) -> Result<Row, sqlx::Error> {
        (0..self.columns.len()).map(|column| row.try_get(column)).collect()
    }

    pub(super) async fn delete(&self, side: &mut Side, rows: &[Row]) -> Result<(), sqlx::Error> {
        let mut transaction = side.connection.begin().await?;
        for row in rows {
            let conditions: Vec<String> = self
                .key()
                .iter()
                .zip(1..)
                .map(|(column, number)| format!("{} = {}", column.name, column.kind.write(number, side.is_sqlite)))
                .collect();
            let sql = format!("DELETE FROM {} WHERE {}", self.name, conditions.join(" AND "));
            let mut delete = sqlx::query(statement(sql));
            for value in self.key_of(row) {
                delete = delete.bind(value.clone());
            }
            delete.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    pub(super) async fn insert(&self, side: &mut Side, rows: &[Row]) -> Result<(), sqlx::Error> {
        let mut transaction = side.connection.begin().await?;
        for rows in rows.chunks(MAX_PARAMETERS / self.columns.len().max(1)) {
            let mut insert = sqlx::query(statement(self.insert_sql(side.is_sqlite, rows.len())));
            for value in rows.iter().flatten() {
                insert = insert.bind(value.clone());
            }
            insert.execute(&mut *transaction).await?;
        }
        transaction.commit().await
    }

    fn insert_sql(&self, is_sqlite: bool, rows: usize) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
        let mut parameter = 0;
        let mut values = Vec::new();
        for _ in 0..rows {
            let row: Vec<String> = self
                .columns
                .iter()
                .map(|column| {
                    parameter += 1;
                    column.kind.write(parameter, is_sqlite)
                })
                .collect();
            values.push(format!("({})", row.join(", ")));
        }
        let overriding = if is_sqlite { "" } else { "OVERRIDING SYSTEM VALUE" };
        format!("INSERT INTO {} ({}) {overriding} VALUES {}", self.name, names.join(", "), values.join(", "))
    }

    /// Lets PostgreSQL continue with the next id. SQLite takes it from the table.
    pub(super) async fn continue_ids(&self, side: &mut Side) -> Result<(), sqlx::Error> {
        let has_sequence = matches!(self.key(), [Column { kind: Kind::Number, .. }]);
        if side.is_sqlite || !has_sequence {
            return Ok(());
        }
        let sql = format!(
            "SELECT setval(pg_get_serial_sequence('{0}', 'id'), GREATEST((SELECT MAX(id) FROM {0}), 1), \
             EXISTS (SELECT 1 FROM {0}))",
            self.name
        );
        sqlx::query(statement(sql)).execute(&mut side.connection).await?;
        Ok(())
    }
}

fn number(value: &Option<String>) -> i64 {
    value.as_deref().and_then(|value| value.parse().ok()).unwrap_or_default()
}
