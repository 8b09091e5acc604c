//! The faults and the endpoints, by the names that `/sandbox/faults` uses.

use serde::Serialize;

/// Defines an enum whose variants have names, which are also their JSON form.
macro_rules! named_enum {
    ($(#[$meta:meta])* $type:ident { $($(#[$doc:meta])* $variant:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub(in crate::sandbox) enum $type {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl $type {
            pub(in crate::sandbox) fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

named_enum! {
    /// A way for a response to go wrong.
    Fault {
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
        /// JSONP without spaces, even if JSON was requested.
        JsonpTight = "jsonp_tight",

        /// The token belongs to another app.
        WrongClient = "wrong_client",
        NoOpenid = "no_openid",
        TokenIllegal = "token_illegal",
        TokenCheckFailed = "token_check_failed",
        /// The app may not read unionids. A request for one then fails as a whole.
        UnionidDenied = "unionid_denied",

        NotLoggedIn = "not_logged_in",
        OpenidInvalid = "openid_invalid",
        ApiDenied = "api_denied",
        /// Some avatar fields are empty, the others are missing.
        AvatarMissing = "avatar_missing",
        /// `is_lost` is set and the nickname is empty.
        IsLost = "is_lost",

        /// The callback has no state, as on some Android browsers (casdoor/casdoor#2959).
        DropState = "drop_state",
        /// The user approves, but the callback reports a cancellation.
        Cancel = "cancel",
        /// Only the app's developer may sign in. QQ shows its own error page.
        AppUnapproved = "app_unapproved",
    }
}

named_enum! {
    /// An endpoint that can have faults.
    Endpoint {
        Authorize = "authorize",
        Token = "token",
        Me = "me",
        UserInfo = "get_user_info",
        Avatar = "avatar",
    }
}

impl Fault {
    /// Faults that every endpoint can have.
    pub(super) const COMMON: &[Self] = &[
        Self::Http500,
        Self::Html,
        Self::Empty,
        Self::Truncated,
        Self::BadCharset,
        Self::Huge,
        Self::Drip,
        Self::Drop,
        Self::Redirect,
        Self::Slow,
    ];

    pub(in crate::sandbox) fn is_common(self) -> bool {
        Self::COMMON.contains(&self)
    }
}

impl Endpoint {
    pub(in crate::sandbox) const ALL: [Self; 5] =
        [Self::Authorize, Self::Token, Self::Me, Self::UserInfo, Self::Avatar];

    pub(in crate::sandbox) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|endpoint| endpoint.name() == name)
    }

    /// Returns the faults that this endpoint can have.
    pub(in crate::sandbox) fn faults(self) -> impl Iterator<Item = Fault> {
        Fault::COMMON.iter().chain(self.own_faults()).copied()
    }

    fn own_faults(self) -> &'static [Fault] {
        match self {
            Self::Authorize => &[Fault::DropState, Fault::Cancel, Fault::AppUnapproved],
            Self::Token => &[
                Fault::CodeReused,
                Fault::CodeExpired,
                Fault::CodeUnknown,
                Fault::WrongKey,
                Fault::RedirectIllegal,
                Fault::AppOffline,
                Fault::RefreshUsed,
                Fault::ExpiresNumber,
                Fault::NoRefresh,
                Fault::JsonpTight,
            ],
            Self::Me => &[
                Fault::WrongClient,
                Fault::NoOpenid,
                Fault::TokenIllegal,
                Fault::TokenCheckFailed,
                Fault::UnionidDenied,
                Fault::JsonpTight,
            ],
            Self::UserInfo => {
                &[Fault::NotLoggedIn, Fault::OpenidInvalid, Fault::ApiDenied, Fault::AvatarMissing, Fault::IsLost]
            }
            Self::Avatar => &[],
        }
    }
}
