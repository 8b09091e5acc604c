//! One try at signing in, from leaving for QQ to coming back.
//!
//! An attempt lives in the browser that began it, as a sealed cookie of its own, so that several
//! tabs can be on their way at once and starting one writes nothing to the database. Coming back
//! spends it: one row with a unique key, written before QQ is called, so that of several
//! callbacks, on several machines too, exactly one goes on.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sqlx::AnyPool;
use subtle::ConstantTimeEq;

use super::{LoginError, ReturnTo};
use crate::accounts::COMPANY_QQ;
use crate::clock::Clock;
use crate::random::{self, Random};
use crate::sealing::{Sealer, SecretKeys, fingerprint};

/// How long an attempt can be finished, in seconds: as long as an authorization code lives at QQ
/// (QQ Connect wiki, 使用Authorization_Code获取Access_Token).
const LIFETIME_SECS: i64 = 10 * 60;
/// How many attempts one browser can have open.
const MAX_OPEN: usize = 10;
/// How much their cookies may take of a request, in bytes; proxies refuse headers of 8 KiB.
const MAX_COOKIE_BYTES: usize = 5 * 1024;
/// Random bytes in a state.
const STATE_BYTES: usize = 24;

/// The attempts of all browsers.
#[derive(Clone)]
pub(super) struct Attempts {
    pool: AnyPool,
    sealer: Sealer,
    is_https: bool,
    clock: Clock,
    random: Random,
}

/// An attempt that was begun in the browser at hand and is not too old.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Attempt {
    state: String,
    next: String,
    started_at: i64,
}

impl Attempt {
    /// Where the person wanted to go.
    pub(super) fn next(&self) -> ReturnTo {
        ReturnTo::parse(&self.next)
    }
}

impl Attempts {
    pub(super) fn new(pool: AnyPool, secrets: &SecretKeys, is_https: bool, clock: Clock, random: Random) -> Attempts {
        let sealer = Sealer::new(secrets, "sign-in attempt", random.clone());
        Attempts { pool, sealer, is_https, clock, random }
    }

    /// Begins an attempt: gives the cookies with it added, and its state.
    pub(super) fn begin(&self, jar: CookieJar, next: &ReturnTo) -> Result<(CookieJar, String), LoginError> {
        // Letters, digits, `-` and `_` only: a state with other characters was lost on the way
        // back on Android (casdoor/casdoor#2959).
        let state = URL_SAFE_NO_PAD.encode(random::bytes::<STATE_BYTES>(&self.random)?);
        let attempt = Attempt { state: state.clone(), next: next.as_str().to_owned(), started_at: (self.clock)() };
        let name = self.cookie_name(&state);
        let value = self.seal(&name, &attempt)?;
        let jar = self.make_room(jar, name.len() + value.len());
        Ok((jar.add(self.cookie(name, value)), state))
    }

    /// Finds the attempt with this state among the browser's cookies. It stays there until it is
    /// too old, so that a callback opened again still knows where it led.
    pub(super) fn find(&self, jar: &CookieJar, state: &str) -> Option<Attempt> {
        let name = self.cookie_name(state);
        let attempt = self.open(&name, jar.get(&name)?.value())?;
        let is_same = bool::from(attempt.state.as_bytes().ct_eq(state.as_bytes()));
        (is_same && self.is_current(&attempt)).then_some(attempt)
    }

    /// Uses the attempt up. True for exactly one caller, ever.
    pub(super) async fn spend(&self, attempt: &Attempt) -> Result<bool, sqlx::Error> {
        let spent =
            sqlx::query("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(fingerprint(&attempt.state))
                .bind((self.clock)())
                .execute(&self.pool)
                .await?;
        Ok(spent.rows_affected() == 1)
    }

    /// Forgets the attempts that could not be finished any more anyway.
    pub(super) async fn purge(&self) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM spent_attempts WHERE spent_at < $1")
            .bind((self.clock)().saturating_sub(2 * LIFETIME_SECS))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    fn is_current(&self, attempt: &Attempt) -> bool {
        let age_secs = (self.clock)().saturating_sub(attempt.started_at);
        // A little below zero: another machine's clock may be a little ahead.
        (-30..=LIFETIME_SECS).contains(&age_secs)
    }

    /// Removes the oldest attempts until the new one fits, and those that are of no use any more.
    fn make_room(&self, mut jar: CookieJar, new_bytes: usize) -> CookieJar {
        let mut open: Vec<(i64, usize, String)> = Vec::new();
        let names: Vec<String> =
            jar.iter().map(Cookie::name).filter(|name| name.starts_with(self.prefix())).map(str::to_owned).collect();
        for name in names {
            let value = jar.get(&name).map(|cookie| cookie.value().to_owned()).unwrap_or_default();
            match self.open(&name, &value).filter(|attempt| self.is_current(attempt)) {
                Some(attempt) => open.push((attempt.started_at, name.len() + value.len(), name)),
                None => jar = jar.remove(self.cookie(name, String::new())),
            }
        }
        open.sort();
        let mut bytes: usize = new_bytes + open.iter().map(|(_, size, _)| size).sum::<usize>();
        let mut count = open.len() + 1;
        for (_, size, name) in open {
            if count <= MAX_OPEN && bytes <= MAX_COOKIE_BYTES {
                break;
            }
            jar = jar.remove(self.cookie(name, String::new()));
            count -= 1;
            bytes -= size;
        }
        jar
    }

    fn prefix(&self) -> &'static str {
        if self.is_https { "__Host-attempt-" } else { "attempt-" }
    }

    fn cookie_name(&self, state: &str) -> String {
        let mut digest = fingerprint(state);
        digest.truncate(16);
        format!("{}{digest}", self.prefix())
    }

    fn cookie(&self, name: String, value: String) -> Cookie<'static> {
        Cookie::build((name, value))
            .path("/")
            .secure(self.is_https)
            .http_only(true)
            // Lax, since the way back from QQ is a cross-site navigation.
            .same_site(SameSite::Lax)
            .max_age(time::Duration::seconds(LIFETIME_SECS))
            .build()
    }

    fn seal(&self, name: &str, attempt: &Attempt) -> Result<String, LoginError> {
        let plain = serde_json::to_vec(attempt).unwrap_or_default();
        Ok(URL_SAFE_NO_PAD.encode(self.sealer.seal(&context(COMPANY_QQ, name), &plain)?))
    }

    fn open(&self, name: &str, value: &str) -> Option<Attempt> {
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        serde_json::from_slice(&self.sealer.open(&context(COMPANY_QQ, name), &sealed)?).ok()
    }
}

/// An attempt counts for the company it was begun with and in its own cookie only. QQ names no
/// issuer in its callback (RFC 9207), so this and the callback's path tell companies apart.
fn context(company: &str, cookie_name: &str) -> Vec<u8> {
    [company.as_bytes(), b"\0", cookie_name.as_bytes()].concat()
}

#[cfg(test)]
mod tests;
