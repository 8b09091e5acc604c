//! The faults and the endpoints, by the names that `/sandbox/faults` uses.

use serde::Serialize;

/// Defines [`Fault`] from groups of variants and their names, and a constant for each group.
macro_rules! faults {
    ($($(#[$group_doc:meta])* $group:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)+ })+) => {
        /// A way for a response to go wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub(in crate::sandbox) enum Fault {
            $($($(#[$doc])* #[serde(rename = $name)] $variant,)+)+
        }

        impl Fault {
            $($(#[$group_doc])* const $group: &[Self] = &[$(Self::$variant,)+];)+

            pub(in crate::sandbox) fn name(self) -> &'static str {
                match self { $($(Self::$variant => $name,)+)+ }
            }
        }
    };
}

faults! {
    /// Faults of every endpoint.
    COMMON {
        Http500 = "http_500",
        Html = "html",
        Empty = "empty",
        Truncated = "truncated",
        BadCharset = "bad_charset",
        /// Ten megabytes of spaces before the answer.
        Huge = "huge",
        /// One byte a second for ten minutes, then the answer.
        Drip = "drip",
        /// The connection is closed without a response.
        Drop = "drop",
        Redirect = "redirect",
        /// A correct answer after 30 seconds.
        Slow = "slow",
    }
    AUTHORIZE {
        /// The callback has no state, as on some Android browsers (casdoor/casdoor#2959).
        DropState = "drop_state",
        /// The user approves, but the callback reports a cancellation.
        Cancel = "cancel",
        /// Only the app's developer may sign in. QQ shows its own error page.
        AppUnapproved = "app_unapproved",
    }
    TOKEN {
        CodeReused = "code_reused",
        CodeExpired = "code_expired",
        CodeUnknown = "code_unknown",
        WrongKey = "wrong_key",
        RedirectIllegal = "redirect_illegal",
        AppOffline = "app_offline",
        RefreshUsed = "refresh_used",
        /// `expires_in` is a number, as in some captures.
        ExpiresNumber = "expires_number",
        /// The refresh token is missing, as in old examples.
        NoRefresh = "no_refresh",
    }
    ME {
        /// The token belongs to another app.
        WrongClient = "wrong_client",
        NoOpenid = "no_openid",
        TokenIllegal = "token_illegal",
        TokenCheckFailed = "token_check_failed",
        /// The app may not read unionids. A request for one then fails as a whole.
        UnionidDenied = "unionid_denied",
    }
    /// Faults of the endpoints that can answer JSONP.
    JSONP {
        /// JSONP without spaces, even if JSON was requested.
        JsonpTight = "jsonp_tight",
    }
    USER_INFO {
        NotLoggedIn = "not_logged_in",
        OpenidInvalid = "openid_invalid",
        ApiDenied = "api_denied",
        /// Some avatar fields are empty, the others are missing.
        AvatarMissing = "avatar_missing",
        /// `is_lost` is set and the nickname is empty.
        IsLost = "is_lost",
    }
}

impl Fault {
    pub(in crate::sandbox) fn is_common(self) -> bool {
        Self::COMMON.contains(&self)
    }
}

/// An endpoint that can have faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::sandbox) enum Endpoint {
    Authorize,
    Token,
    Me,
    GetUserInfo,
    Avatar,
}

impl Endpoint {
    pub(in crate::sandbox) const ALL: [Self; 5] =
        [Self::Authorize, Self::Token, Self::Me, Self::GetUserInfo, Self::Avatar];

    pub(in crate::sandbox) fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Token => "token",
            Self::Me => "me",
            Self::GetUserInfo => "get_user_info",
            Self::Avatar => "avatar",
        }
    }

    /// Returns the faults that this endpoint can have.
    pub(in crate::sandbox) fn faults(self) -> impl Iterator<Item = Fault> {
        let own: &[&[Fault]] = match self {
            Self::Authorize => &[Fault::AUTHORIZE],
            Self::Token => &[Fault::TOKEN, Fault::JSONP],
            Self::Me => &[Fault::ME, Fault::JSONP],
            Self::GetUserInfo => &[Fault::USER_INFO],
            Self::Avatar => &[],
        };
        Fault::COMMON.iter().chain(own.iter().copied().flatten()).copied()
    }
}
