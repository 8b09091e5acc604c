//! What the sandbox has handed out: authorization codes, access tokens and refresh tokens.

use super::bounded::Bounded;
use super::refusal::Refusal;

/// A code lives ten minutes (qq wiki 使用Authorization_Code获取Access_Token).
const CODE_LIFE: i64 = 10 * 60;

/// From one sign-in, renewals go on for three months at most (the same page).
const CHAIN_LIFE: i64 = 90 * 24 * 60 * 60;

const MOST_CODES: usize = 10_000;
const MOST_TOKENS: usize = 50_000;

/// What a person has agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Consent {
    /// The person's name.
    pub(super) name: String,
    /// The API names agreed to, separated by commas.
    pub(super) scope: String,
}

#[derive(Clone, Debug)]
struct Code {
    consent: Consent,
    redirect_uri: String,
    expires_at: i64,
    spent: bool,
}

#[derive(Clone, Debug)]
struct AccessToken {
    consent: Consent,
    expires_at: i64,
    revoked: bool,
}

#[derive(Clone, Debug)]
struct RefreshToken {
    consent: Consent,
    chain_ends_at: i64,
    spent: bool,
    revoked: bool,
}

/// A fresh pair of tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    pub(super) name: String,
    pub(super) access_token: String,
    pub(super) expires_in: i64,
    pub(super) refresh_token: String,
}

/// Everything handed out so far, up to a bound.
#[derive(Clone, Debug)]
pub(super) struct Grants {
    codes: Bounded<Code>,
    access_tokens: Bounded<AccessToken>,
    refresh_tokens: Bounded<RefreshToken>,
    token_ttl: i64,
}

impl Grants {
    pub(super) fn new(token_ttl: i64) -> Self {
        Self {
            codes: Bounded::new(MOST_CODES),
            access_tokens: Bounded::new(MOST_TOKENS),
            refresh_tokens: Bounded::new(MOST_TOKENS),
            token_ttl,
        }
    }

    /// A code for what was agreed to, bound to the redirect URI it goes to.
    pub(super) fn issue_code(&mut self, consent: Consent, redirect_uri: &str, now: i64) -> Result<String, Refusal> {
        let code = secret().map_err(|_| Refusal::NoCode)?;
        self.codes.insert(
            code.clone(),
            Code {
                consent,
                redirect_uri: redirect_uri.to_owned(),
                expires_at: now.saturating_add(CODE_LIFE),
                spent: false,
            },
        );
        Ok(code)
    }

    /// Tokens for a code.
    pub(super) fn exchange(&mut self, code: &str, redirect_uri: &str, now: i64) -> Result<Tokens, Refusal> {
        let code = self.codes.get_mut(code).ok_or(Refusal::CodeUnknown)?;
        if code.spent {
            return Err(Refusal::CodeReused);
        }
        // What QQ says to an expired code is documented nowhere; the general refusal fits.
        if now >= code.expires_at {
            return Err(Refusal::CodeUnknown);
        }
        if code.redirect_uri != redirect_uri {
            return Err(Refusal::RedirectUri);
        }
        code.spent = true;
        let consent = code.consent.clone();
        self.issue_tokens(consent, now.saturating_add(CHAIN_LIFE), self.token_ttl, now)
    }

    /// New tokens for a refresh token, which is good for one use only: "get access token error" is
    /// where the table of codes speaks of that (qq wiki 公共返回码说明, note on 100021).
    pub(super) fn renew(&mut self, refresh_token: &str, now: i64) -> Result<Tokens, Refusal> {
        let token = self.refresh_tokens.get_mut(refresh_token).ok_or(Refusal::NoAccessToken)?;
        if token.revoked {
            return Err(Refusal::TokenRevoked);
        }
        if token.spent || now >= token.chain_ends_at {
            return Err(Refusal::NoAccessToken);
        }
        token.spent = true;
        let (consent, chain_ends_at) = (token.consent.clone(), token.chain_ends_at);
        let life = self.token_ttl.min(chain_ends_at - now);
        self.issue_tokens(consent, chain_ends_at, life, now)
    }

    /// What the access token was given for.
    pub(super) fn look_up(&self, access_token: &str, now: i64) -> Result<&Consent, Refusal> {
        let token = self.access_tokens.get(access_token).ok_or(Refusal::TokenIllegal)?;
        if token.revoked {
            Err(Refusal::TokenRevoked)
        } else if now >= token.expires_at {
            Err(Refusal::TokenExpired)
        } else {
            Ok(&token.consent)
        }
    }

    /// The person withdraws consent: every token given for it stops working.
    pub(super) fn revoke(&mut self, name: &str) {
        for token in self.access_tokens.values_mut() {
            token.revoked |= token.consent.name == name;
        }
        for token in self.refresh_tokens.values_mut() {
            token.revoked |= token.consent.name == name;
        }
    }

    fn issue_tokens(
        &mut self,
        consent: Consent,
        chain_ends_at: i64,
        expires_in: i64,
        now: i64,
    ) -> Result<Tokens, Refusal> {
        let tokens = Tokens {
            name: consent.name.clone(),
            access_token: secret().map_err(|_| Refusal::NoAccessToken)?,
            expires_in,
            refresh_token: secret().map_err(|_| Refusal::NoAccessToken)?,
        };
        self.access_tokens.insert(
            tokens.access_token.clone(),
            AccessToken { consent: consent.clone(), expires_at: now.saturating_add(expires_in), revoked: false },
        );
        self.refresh_tokens.insert(
            tokens.refresh_token.clone(),
            RefreshToken { consent, chain_ends_at, spent: false, revoked: false },
        );
        Ok(tokens)
    }
}

/// Codes and tokens seen in captures are 32 upper-case hex digits.
fn secret() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032X}", u128::from_be_bytes(bytes)))
}
