//! Login attempts: each lives from `start_login` to its callback, in a sealed cookie of its own.
//!
//! A browser can have several attempts (one per tab), and starting one writes nothing to the database. The callback
//! consumes its attempt with one row under a unique key before it calls QQ, so that only one of several concurrent
//! callbacks proceeds, on several machines too.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::link_qq::LinkRequest;
use super::{LoginError, ReturnTo};
use crate::accounts::COMPANY_QQ;
use crate::clock::{Clock, MAX_SKEW_SECS};
use crate::database::{Database, QueryError};
use crate::random::{self, Random};
use crate::sealing::{Sealer, SecretKeys, fingerprint};
use crate::sessions::Device;

/// The lifetime of an authorization code (QQ Connect wiki, 使用Authorization_Code获取Access_Token).
const LIFETIME_SECS: i64 = 10 * 60;
const MAX_ATTEMPTS: usize = 10;
/// Total size of a browser's attempt cookies. Proxies reject headers larger than 8 KiB.
const MAX_COOKIE_BYTES: usize = 5 * 1024;
const STATE_BYTES: usize = 24;

/// Creates, finds and consumes the attempts of all browsers.
pub(super) struct Attempts {
    /// Whose login is attempted.
    company: &'static str,
    sealer: Sealer,
    is_https: bool,
    clock: Clock,
    random: Random,
    /// The number of the last attempt.
    last_number: AtomicU64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    state: String,
    #[serde(rename = "next")]
    return_to: String,
    started_at: i64,
    /// Orders the attempts of a browser, which may start several in one second. Attempts of earlier versions have none.
    #[serde(default)]
    number: u64,
    /// Set if the QQ account is to be linked, not to be signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<LinkRequest>,
    /// Whether a new user wants to link an account that exists, not to get one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_recovery: bool,
    /// What the browser says about itself when it comes back.
    #[serde(skip)]
    pub(super) device: Device,
}

impl Attempt {
    pub(super) fn return_to(&self) -> ReturnTo {
        ReturnTo::parse(&self.return_to)
    }

    /// The request to link the QQ account, instead of signing it in.
    pub(super) fn link(&self) -> Option<&LinkRequest> {
        self.link.as_ref()
    }

    /// Whether a new user wants to link an account that exists, not to get one.
    pub(super) fn is_recovery(&self) -> bool {
        self.is_recovery
    }

    /// Identifies the attempt without revealing its state.
    pub(super) fn state_hash(&self) -> String {
        fingerprint(&self.state)
    }
}

impl Attempts {
    pub(super) fn new(secrets: &SecretKeys, is_https: bool, clock: Clock, random: Random) -> Attempts {
        let sealer = Sealer::new(secrets, "sign-in attempt", random.clone());
        Attempts { company: COMPANY_QQ, sealer, is_https, clock, random, last_number: AtomicU64::new(0) }
    }

    /// Returns the attempts of logins at another company, which have cookies of their own.
    pub(super) fn of_company(&self, company: &'static str) -> Attempts {
        let (sealer, clock, random) = (self.sealer.clone(), self.clock.clone(), self.random.clone());
        Attempts { company, sealer, is_https: self.is_https, clock, random, last_number: AtomicU64::new(0) }
    }

    /// Returns the cookies with a new attempt added, and its `state`.
    pub(super) fn start(
        &self,
        jar: CookieJar,
        return_to: &ReturnTo,
        link: Option<LinkRequest>,
        is_recovery: bool,
    ) -> Result<(CookieJar, String), LoginError> {
        // Only letters, digits, `-` and `_`: Android lost a state with other characters (casdoor/casdoor#2959).
        let state = URL_SAFE_NO_PAD.encode(random::bytes::<STATE_BYTES>(&self.random)?);
        let known = self.read_all(&jar);
        let attempt = Attempt {
            state: state.clone(),
            return_to: return_to.as_str().to_owned(),
            started_at: (self.clock)(),
            number: self.next_number(&known),
            link,
            is_recovery,
            device: Device::default(),
        };
        let name = self.cookie_name(&state);
        let plain = serde_json::to_vec(&attempt).unwrap_or_default();
        let value = URL_SAFE_NO_PAD.encode(self.sealer.seal(&sealing_context(self.company, &name), &plain)?);
        let jar = self.make_room(jar, known, name.len() + value.len());
        Ok((jar.add(self.cookie(name, value)), state))
    }

    /// Finds the browser's unexpired attempt with this `state`. A consumed attempt is found too, so that a replayed
    /// callback knows where the first one led.
    pub(super) fn find(&self, jar: &CookieJar, state: &str) -> Option<Attempt> {
        let attempt = self.open(jar.get(&self.cookie_name(state))?)?;
        bool::from(attempt.state.as_bytes().ct_eq(state.as_bytes())).then_some(attempt)
    }

    /// Returns `true` for exactly one caller per attempt.
    pub(super) async fn consume(&self, database: &Database, attempt: &Attempt) -> Result<bool, QueryError> {
        let insert =
            sqlx::query("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        Ok(database.execute(insert.bind(attempt.state_hash()).bind((self.clock)())).await? == 1)
    }

    /// Deletes the rows of attempts that have expired by `now`.
    pub(super) async fn purge(database: &Database, now: i64) -> Result<(), QueryError> {
        database
            .purge(
                "DELETE FROM spent_attempts WHERE state_hash IN \
                 (SELECT state_hash FROM spent_attempts WHERE spent_at < $1 LIMIT $2)",
                now.saturating_sub(2 * LIFETIME_SECS),
            )
            .await
    }

    /// Decrypts an attempt's cookie. Returns `None` if it is invalid or expired.
    fn open(&self, cookie: &Cookie<'_>) -> Option<Attempt> {
        let sealed = URL_SAFE_NO_PAD.decode(cookie.value()).ok()?;
        let plain = self.sealer.open(&sealing_context(self.company, cookie.name()), &sealed)?;
        let attempt: Attempt = serde_json::from_slice(&plain).ok()?;
        let age_secs = (self.clock)().saturating_sub(attempt.started_at);
        (-MAX_SKEW_SECS..=LIFETIME_SECS).contains(&age_secs).then_some(attempt)
    }

    /// Returns the attempts of a browser with their cookies. An invalid or expired one is `None`.
    fn read_all(&self, jar: &CookieJar) -> Vec<(Option<Attempt>, Cookie<'static>)> {
        let prefix = self.cookie_prefix();
        let cookies = jar.iter().filter(|cookie| cookie.name().starts_with(&prefix));
        cookies.map(|cookie| (self.open(cookie), cookie.clone())).collect()
    }

    /// Returns a number that is larger than those of all attempts of this process, and of those that the browser
    /// has started elsewhere.
    fn next_number(&self, known: &[(Option<Attempt>, Cookie<'static>)]) -> u64 {
        let largest_known = known.iter().filter_map(|(attempt, _)| Some(attempt.as_ref()?.number)).max().unwrap_or(0);
        self.last_number.fetch_max(largest_known, Ordering::Relaxed);
        self.last_number.fetch_add(1, Ordering::Relaxed).wrapping_add(1)
    }

    /// Removes invalid and expired attempts, and the oldest ones until the new one fits.
    fn make_room(
        &self,
        mut jar: CookieJar,
        known: Vec<(Option<Attempt>, Cookie<'static>)>,
        new_cookie_bytes: usize,
    ) -> CookieJar {
        let age = |attempt: Attempt| (attempt.number, attempt.started_at);
        let mut attempts: Vec<_> = known.into_iter().map(|(attempt, cookie)| (attempt.map(age), cookie)).collect();
        attempts.sort_by_key(|(age, _)| Reverse(*age));
        let (mut count, mut total_bytes) = (1, new_cookie_bytes);
        for (age, cookie) in attempts {
            count += 1;
            total_bytes += cookie.name().len() + cookie.value().len();
            if age.is_none() || count > MAX_ATTEMPTS || total_bytes > MAX_COOKIE_BYTES {
                jar = jar.remove(self.cookie(cookie.name().to_owned(), String::new()));
            }
        }
        jar
    }

    fn cookie_prefix(&self) -> String {
        let host = if self.is_https { "__Host-" } else { "" };
        match self.company {
            COMPANY_QQ => format!("{host}attempt-"),
            company => format!("{host}{company}-attempt-"),
        }
    }

    fn cookie_name(&self, state: &str) -> String {
        let mut hash = fingerprint(state);
        hash.truncate(16);
        format!("{}{hash}", self.cookie_prefix())
    }

    fn cookie(&self, name: String, value: String) -> Cookie<'static> {
        Cookie::build((name, value))
            .path("/")
            .secure(self.is_https)
            .http_only(true)
            // Not Strict: the redirect back from QQ is a cross-site navigation.
            .same_site(SameSite::Lax)
            .max_age(time::Duration::seconds(LIFETIME_SECS))
            .build()
    }
}

/// Whether an attempt could have this `state`: states have this length and these characters.
pub(super) fn is_state(text: &str) -> bool {
    URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == STATE_BYTES)
}

/// Binds an attempt to its cookie and to the company it was started with. QQ's callback has no issuer parameter
/// (RFC 9207); this and the callback's path tell companies apart.
fn sealing_context(company: &str, cookie_name: &str) -> Vec<u8> {
    [company.as_bytes(), b"\0", cookie_name.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
