//! How often the site writes to the database, and what the writes leave behind.

mod commits;
mod purge;
mod query_plans;
mod statements;
mod transactions;
