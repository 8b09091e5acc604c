//! Serves metrics on an address of their own, and keeps those up to date that cost a query.

use std::time::Duration;

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::time::interval;

use super::http;
use crate::database::{Database, QueryError};
use crate::mail::MailQueue;
use crate::metrics::{self, Recorder};
use crate::sessions::SqlSessionStore;

const MERGE_INTERVAL: Duration = Duration::from_secs(5);
/// How often rows are counted, in merges: a scrape waits for no query.
const COUNT_EVERY: u32 = 12;
/// The media type of Prometheus' text format.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Serves `/metrics` until it is dropped.
pub(super) async fn serve(listener: TcpListener, recorder: Recorder, database: Database) {
    let render = move || {
        let (recorder, database) = (recorder.clone(), database.clone());
        async move {
            let (in_use, idle) = database.pool_use();
            metrics::pool(in_use, idle);
            ([(header::CONTENT_TYPE, CONTENT_TYPE)], recorder.render())
        }
    };
    let router = Router::new().route("/metrics", get(render));
    http::serve(listener, router, http::Settings::default(), std::future::pending()).await;
}

/// Keeps the metrics up to date until it is dropped.
pub(super) async fn update_regularly(recorder: Recorder, sessions: SqlSessionStore, mails: Option<MailQueue>) {
    let mut ticks = interval(MERGE_INTERVAL);
    for number in (0..COUNT_EVERY).cycle() {
        ticks.tick().await;
        recorder.merge();
        if number == 0
            && let Err(error) = count_rows(&sessions, mails.as_ref()).await
        {
            tracing::debug!(%error, "sessions and mails not counted");
        }
    }
}

async fn count_rows(sessions: &SqlSessionStore, mails: Option<&MailQueue>) -> Result<(), QueryError> {
    let waiting = match mails {
        Some(mails) => mails.count_waiting().await?,
        None => 0,
    };
    metrics::stored(sessions.count_alive().await?, waiting);
    Ok(())
}
