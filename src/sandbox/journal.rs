//! What was asked lately, secrets replaced.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Map, Value};

use super::call::Call;
use super::params::Params;

const MOST_ENTRIES: usize = 1000;
const MOST_PARAMS: usize = 40;
const LONGEST_VALUE: usize = 2048;

/// Parameters that open doors.
const SECRETS: [&str; 4] = ["client_secret", "code", "access_token", "refresh_token"];
const REPLACEMENT: &str = "[redacted]";

/// One request. It is written down as it comes in, so that one which is never answered stands here
/// too.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Entry {
    /// Counts all requests since the start.
    pub(super) id: u64,
    /// When it came, in unix seconds.
    pub(super) time: i64,
    pub(super) endpoint: &'static str,
    pub(super) method: String,
    pub(super) path: String,
    /// By name; a parameter given more than once has a list of values.
    pub(super) params: Map<String, Value>,
    /// The status of the answer; none while, or if, there is no answer.
    pub(super) status: Option<u16>,
    /// The fault the answer was given.
    pub(super) fault: Option<&'static str>,
}

/// The latest requests.
#[derive(Debug, Default)]
pub(super) struct Journal {
    entries: VecDeque<Entry>,
    requests: u64,
}

impl Journal {
    /// Writes a request down; the number names it later.
    pub(super) fn note(&mut self, call: &Call, now: i64) -> u64 {
        self.requests += 1;
        if self.entries.len() >= MOST_ENTRIES {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry {
            id: self.requests,
            time: now,
            endpoint: endpoint(&call.path),
            method: call.method.to_string(),
            path: call.path.chars().take(LONGEST_VALUE).collect(),
            params: redacted(&call.params),
            status: None,
            fault: None,
        });
        self.requests
    }

    pub(super) fn fault(&mut self, id: u64, fault: &'static str) {
        if let Some(entry) = self.entry(id) {
            entry.fault = Some(fault);
        }
    }

    pub(super) fn answered(&mut self, id: u64, status: u16) {
        if let Some(entry) = self.entry(id) {
            entry.status = Some(status);
        }
    }

    /// The newest last.
    pub(super) fn entries(&self) -> impl DoubleEndedIterator<Item = &Entry> {
        self.entries.iter()
    }

    fn entry(&mut self, id: u64) -> Option<&mut Entry> {
        self.entries.iter_mut().rev().find(|entry| entry.id == id)
    }
}

/// The name of what was asked, for people to look for.
fn endpoint(path: &str) -> &'static str {
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

fn redacted(params: &Params) -> Map<String, Value> {
    let mut shown: Map<String, Value> = Map::new();
    for (name, value) in params.iter().take(MOST_PARAMS) {
        let value = if SECRETS.contains(&name.to_ascii_lowercase().as_str()) {
            REPLACEMENT.to_owned()
        } else {
            value.chars().take(LONGEST_VALUE).collect()
        };
        match shown.get_mut(name) {
            None => {
                shown.insert(name.to_owned(), value.into());
            }
            Some(Value::Array(values)) => values.push(value.into()),
            Some(first) => *first = Value::Array(vec![first.take(), value.into()]),
        }
    }
    shown
}
