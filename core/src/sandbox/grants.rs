//! Authorization codes, access tokens and refresh tokens.

use super::bounded_map::BoundedMap;
use super::oauth_error::OAuthError;

/// An authorization code is valid for ten minutes (qq wiki 使用Authorization_Code获取Access_Token).
const CODE_LIFETIME_SECS: i64 = 10 * 60;

/// Tokens can be refreshed for three months after sign-in (same page).
const REFRESH_LIFETIME_SECS: i64 = 90 * 24 * 60 * 60;

const MAX_CODES: usize = 10_000;
const MAX_TOKENS: usize = 50_000;

/// What a user has consented to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Consent {
    pub(super) username: String,
    /// API names, separated by commas.
    pub(super) scope: String,
}

#[derive(Clone, Debug)]
struct Code {
    consent: Consent,
    redirect_uri: String,
    expires_at: i64,
    is_used: bool,
}

/// An access token or a refresh token. Access tokens are never marked as used.
#[derive(Clone, Debug)]
struct Token {
    consent: Consent,
    expires_at: i64,
    is_used: bool,
    is_revoked: bool,
}

/// A new pair of tokens.
#[derive(Debug)]
pub(super) struct TokenPair {
    pub(super) username: String,
    pub(super) access_token: String,
    pub(super) expires_in_secs: i64,
    pub(super) refresh_token: String,
}

/// Everything that was issued, up to a maximum. Times are unix seconds.
#[derive(Clone, Debug)]
pub(super) struct Grants {
    codes: BoundedMap<Code>,
    access_tokens: BoundedMap<Token>,
    refresh_tokens: BoundedMap<Token>,
    token_ttl_secs: i64,
}

impl Grants {
    pub(super) fn new(token_ttl_secs: u64) -> Self {
        Self {
            codes: BoundedMap::new(MAX_CODES),
            access_tokens: BoundedMap::new(MAX_TOKENS),
            refresh_tokens: BoundedMap::new(MAX_TOKENS),
            token_ttl_secs: i64::try_from(token_ttl_secs).unwrap_or(i64::MAX),
        }
    }

    /// Issues a code that can be exchanged with the same redirect URI only.
    pub(super) fn issue_code(&mut self, consent: Consent, redirect_uri: &str, now: i64) -> Result<String, OAuthError> {
        let code = random_id().map_err(|_| OAuthError::GetCodeFailed)?;
        let redirect_uri = redirect_uri.to_owned();
        let expires_at = now.saturating_add(CODE_LIFETIME_SECS);
        self.codes.insert(code.clone(), Code { consent, redirect_uri, expires_at, is_used: false });
        Ok(code)
    }

    /// Exchanges a code for tokens.
    pub(super) fn exchange_code(&mut self, code: &str, redirect_uri: &str, now: i64) -> Result<TokenPair, OAuthError> {
        let code = self.codes.get_mut(code).ok_or(OAuthError::CodeInvalid)?;
        if code.is_used {
            return Err(OAuthError::CodeReused);
        }
        // QQ does not document the error for an expired code.
        if now >= code.expires_at {
            return Err(OAuthError::CodeInvalid);
        }
        if code.redirect_uri != redirect_uri {
            return Err(OAuthError::RedirectUriIllegal);
        }
        code.is_used = true;
        let consent = code.consent.clone();
        self.issue_tokens(consent, self.token_ttl_secs, now.saturating_add(REFRESH_LIFETIME_SECS), now)
    }

    /// Exchanges a refresh token, which can be used once, for new tokens. The error for a used one follows
    /// the note on 100021 in qq wiki 公共返回码说明.
    pub(super) fn refresh(&mut self, refresh_token: &str, now: i64) -> Result<TokenPair, OAuthError> {
        let token = self.refresh_tokens.get_mut(refresh_token).ok_or(OAuthError::GetAccessTokenFailed)?;
        if token.is_revoked {
            return Err(OAuthError::TokenRevoked);
        }
        if token.is_used || now >= token.expires_at {
            return Err(OAuthError::GetAccessTokenFailed);
        }
        token.is_used = true;
        let (consent, refresh_until) = (token.consent.clone(), token.expires_at);
        self.issue_tokens(consent, self.token_ttl_secs.min(refresh_until - now), refresh_until, now)
    }

    /// Returns what the user of a valid access token has consented to.
    pub(super) fn find_consent(&self, access_token: &str, now: i64) -> Result<&Consent, OAuthError> {
        let token = self.access_tokens.get(access_token).ok_or(OAuthError::AccessTokenIllegal)?;
        if token.is_revoked {
            Err(OAuthError::TokenRevoked)
        } else if now >= token.expires_at {
            Err(OAuthError::AccessTokenExpired)
        } else {
            Ok(&token.consent)
        }
    }

    /// Revokes all tokens of a user.
    pub(super) fn revoke(&mut self, username: &str) {
        for token in self.access_tokens.values_mut().chain(self.refresh_tokens.values_mut()) {
            token.is_revoked |= token.consent.username == username;
        }
    }

    fn issue_tokens(
        &mut self,
        consent: Consent,
        expires_in_secs: i64,
        refresh_until: i64,
        now: i64,
    ) -> Result<TokenPair, OAuthError> {
        let tokens = TokenPair {
            username: consent.username.clone(),
            access_token: random_id().map_err(|_| OAuthError::GetAccessTokenFailed)?,
            expires_in_secs,
            refresh_token: random_id().map_err(|_| OAuthError::GetAccessTokenFailed)?,
        };
        let access_token =
            Token { consent, expires_at: now.saturating_add(expires_in_secs), is_used: false, is_revoked: false };
        let refresh_token = Token { expires_at: refresh_until, ..access_token.clone() };
        self.access_tokens.insert(tokens.access_token.clone(), access_token);
        self.refresh_tokens.insert(tokens.refresh_token.clone(), refresh_token);
        Ok(tokens)
    }
}

/// Returns 32 random upper-case hex digits, the format of QQ's codes and tokens.
fn random_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    Ok(format!("{:032X}", u128::from_be_bytes(bytes)))
}
