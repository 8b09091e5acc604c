//! Reads a table in the order of its key, page by page.

use std::collections::VecDeque;

use sqlx::AnyConnection;

use super::statement;
use super::table::Table;

pub(super) const PAGE_SIZE: usize = 500;

/// One of the two databases.
pub(super) struct Side {
    pub(super) connection: AnyConnection,
    pub(super) is_sqlite: bool,
}

/// The columns of a row, as text.
pub(super) type Row = Vec<Option<String>>;

pub(super) struct Rows<'a> {
    table: &'a Table,
    page: VecDeque<Row>,
    last: Option<Row>,
    is_at_end: bool,
}

impl Rows<'_> {
    pub(super) fn new(table: &Table) -> Rows<'_> {
        Rows { table, page: VecDeque::new(), last: None, is_at_end: false }
    }

    /// Returns the next row. The caller may delete the rows before it.
    pub(super) async fn next(&mut self, side: &mut Side) -> Result<Option<Row>, sqlx::Error> {
        if self.page.is_empty() && !self.is_at_end {
            self.read_page(side).await?;
        }
        Ok(self.page.pop_front())
    }

    async fn read_page(&mut self, side: &mut Side) -> Result<(), sqlx::Error> {
        let sql = self.table.select(side.is_sqlite, self.last.is_none(), PAGE_SIZE);
        let mut query = sqlx::query(statement(sql));
        for value in self.last.iter().flat_map(|row| self.table.key_of(row)) {
            query = query.bind(value.clone());
        }
        for row in query.fetch_all(&mut side.connection).await? {
            self.page.push_back(self.table.row(&row)?);
        }
        self.is_at_end = self.page.len() < PAGE_SIZE;
        if let Some(last) = self.page.back() {
            self.last = Some(last.clone());
        }
        Ok(())
    }
}
