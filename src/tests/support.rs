//! The site under test, its sandbox, and the browsers that use them.

mod browser;
mod faulty_qq;
mod faulty_site;
mod log;
mod mailbox;
mod pooler;
mod sandbox_api;
mod settings;
mod site;
mod smtp_server;
mod token_endpoint;

pub(crate) use browser::{Browser, Response, http_client, state_param};
pub(crate) use faulty_qq::{Endpoint, Fault, FaultyQq};
pub(crate) use faulty_site::FaultySite;
pub(crate) use log::Log;
pub(crate) use mailbox::mail_options;
pub(crate) use pooler::{PoolMode, Pooler};
pub(crate) use settings::{env_number, options};
pub(crate) use site::TestSite;
pub(crate) use smtp_server::{Encryption, TestSmtpServer};
