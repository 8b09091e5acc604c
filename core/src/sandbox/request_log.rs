//! The latest requests, without secrets.

use std::collections::VecDeque;

use axum::http::Method;
use serde::Serialize;
use serde_json::{Map, Value};

use super::faults::Fault;
use super::params::Params;

const MAX_ENTRIES: usize = 1000;
const MAX_PARAMS: usize = 40;
const MAX_VALUE_CHARS: usize = 2048;

const SECRET_PARAMS: [&str; 4] = ["client_secret", "code", "access_token", "refresh_token"];
const REDACTED: &str = "[redacted]";

/// A request. It is logged when it arrives, so that requests without a response are listed, too.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LogEntry {
    /// Number of the request since the start.
    pub(super) id: u64,
    /// Arrival in unix seconds.
    pub(super) time: i64,
    pub(super) endpoint: &'static str,
    pub(super) method: String,
    pub(super) path: String,
    /// Parameters by name. Duplicates are an array.
    pub(super) params: Map<String, Value>,
    /// Status of the response, or `None` without a response.
    pub(super) status: Option<u16>,
    pub(super) fault: Option<Fault>,
}

/// The log, which drops its oldest entries.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    entries: VecDeque<LogEntry>,
    last_id: u64,
}

impl RequestLog {
    /// Logs a request and returns its ID.
    pub(super) fn add(&mut self, now: i64, method: &Method, path: &str, params: &Params) -> u64 {
        self.last_id += 1;
        if self.entries.len() >= MAX_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(LogEntry {
            id: self.last_id,
            time: now,
            endpoint: endpoint_name(path),
            method: method.to_string(),
            path: path.chars().take(MAX_VALUE_CHARS).collect(),
            params: redact(params),
            status: None,
            fault: None,
        });
        self.last_id
    }

    pub(super) fn set_fault(&mut self, id: u64, fault: Fault) {
        if let Some(entry) = self.entry_mut(id) {
            entry.fault = Some(fault);
        }
    }

    /// Sets the status, unless the fault drops the connection: the client then gets no response.
    pub(super) fn set_status(&mut self, id: u64, status: u16) {
        if let Some(entry) = self.entry_mut(id).filter(|entry| entry.fault != Some(Fault::Drop)) {
            entry.status = Some(status);
        }
    }

    /// Returns all entries, newest last.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &LogEntry> {
        self.entries.iter()
    }

    fn entry_mut(&mut self, id: u64) -> Option<&mut LogEntry> {
        self.entries.iter_mut().rev().find(|entry| entry.id == id)
    }
}

fn endpoint_name(path: &str) -> &'static str {
    match path {
        "/oauth2.0/authorize" => "authorize",
        "/oauth2.0/show" => "show",
        "/oauth2.0/token" => "token",
        "/oauth2.0/me" => "me",
        "/user/get_user_info" => "get_user_info",
        path if path.starts_with("/ek_qqapp/") || path.starts_with("/qzapp/") => "avatar",
        _ => "unknown",
    }
}

fn redact(params: &Params) -> Map<String, Value> {
    let mut redacted: Map<String, Value> = Map::new();
    for (name, value) in params.iter().take(MAX_PARAMS) {
        let value = if SECRET_PARAMS.contains(&name.to_ascii_lowercase().as_str()) {
            REDACTED.to_owned()
        } else {
            value.chars().take(MAX_VALUE_CHARS).collect()
        };
        match redacted.get_mut(name) {
            None => {
                redacted.insert(name.to_owned(), value.into());
            }
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
        }
    }
    redacted
}
