//! Tests of the whole site over HTTP: the real router on a free port, its own database, the sandbox
//! as QQ, a clock that only moves when a test advances it, and browsers with cookies.
//!
//! Prefixes such as `s02_` are the numbers of the promises in `docs/security.md` that a test covers.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a failing test panics")]

mod account_creation;
mod account_deletion;
mod account_export;
mod account_recovery;
mod account_recovery_closed;
mod account_switch;
mod app_change;
mod attempts;
mod audit_log;
mod authorization;
mod avatars;
mod blocked_users;
mod cache_headers;
mod callback_errors;
mod company_login;
mod concurrent_token_refresh;
mod copy_database;
mod database;
mod database_unavailable;
mod dev_bar;
mod doctor;
mod email_addresses;
mod email_changes;
mod email_page;
mod errors;
mod fault_table;
mod form_drafts;
mod form_redirects;
mod forms;
mod generated_usernames;
mod key_rotation;
mod link_qq;
mod linked_openids;
mod mail;
mod mail_links;
mod middleware;
mod migrations;
mod model;
mod new_browser;
mod nicknames;
mod page_templates;
mod pages;
mod pooler;
mod profile;
mod proxy_request_ids;
mod qq_faults;
mod races;
mod rate_limits;
mod recent_sign_in;
mod registration;
mod registration_modes;
mod request_headers;
mod request_log;
mod return_to;
mod routes;
mod security_headers;
mod session_lifetime;
mod session_list;
mod sessions;
mod sign_in;
mod site_identity;
mod source_code;
mod start_login;
mod startup;
mod support;
mod token_refresh;
mod username_changes;
mod username_suggestions;
mod write_path;
