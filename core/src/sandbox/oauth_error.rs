//! QQ's error codes and descriptions.

/// Defines [`OAuthError`] from a table of variants, codes and descriptions.
macro_rules! oauth_errors {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $description:literal;)+) => {
        /// An error of the OAuth endpoints (qq wiki 公共返回码说明).
        ///
        /// Descriptions that were seen on the wire are repeated exactly, trailing spaces included.
        /// The others are our own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum OAuthError {
            $($(#[$doc])* $variant,)+
        }

        impl OAuthError {
            const ALL: &[Self] = &[$(Self::$variant,)+];

            fn code_and_description(self) -> (u32, &'static str) {
                match self {
                    $(Self::$variant => ($code, $description),)+
                }
            }
        }
    };
}

oauth_errors! {
    ResponseTypeInvalid = 100_000, "param response_type is wrong or lost ";
    ClientIdMissing = 100_001, "param client_id is wrong or lost ";
    ClientSecretMissing = 100_002, "param client_secret is wrong or lost ";
    GrantTypeInvalid = 100_004, "param grant_type is wrong or lost ";
    CodeMissing = 100_005, "param code is wrong or lost ";
    RefreshTokenMissing = 100_006, "param refresh_token is wrong or lost ";
    AccessTokenMissing = 100_007, "param access token is wrong or lost ";
    ClientIdUnknown = 100_008, "client id is illegal, not exist [appid: {client_id}]";
    ClientSecretWrong = 100_009, "client secret is illegal";
    RedirectUriIllegal = 100_010, "redirect uri is illegal";
    AppOffline = 100_011, "app is not online";
    AccessTokenIllegal = 100_013, "access token is illegal";
    AccessTokenExpired = 100_014, "access token is expired";
    TokenRevoked = 100_015, "access token is revoked";
    TokenCheckFailed = 100_016, "access token check failed";
    GetCodeFailed = 100_018, "get code error";
    CodeInvalid = 100_019, "code to access token error";
    CodeReused = 100_020, "code is reused error";
    GetAccessTokenFailed = 100_021, "get access token error";
    WhichInvalid = 100_028, "param which is wrong or lost ";
    ApiNotAuthorized = 100_030, "user has not authorized this api";
    UnionidNotAllowed = 100_048, "companyid not set";
    /// A code of QQ's sign-in page. The table of error codes does not list it.
    AppUnapproved = 110_406, "app is not approved, only its developer may sign in";
}

impl OAuthError {
    pub(super) fn from_code(code: &str) -> Option<Self> {
        let code: u32 = code.parse().ok()?;
        Self::ALL.iter().copied().find(|error| error.code() == code)
    }

    pub(super) fn code(self) -> u32 {
        self.code_and_description().0
    }

    /// Returns QQ's description, which repeats an unknown `client_id`.
    pub(super) fn description(self, client_id: &str) -> String {
        self.code_and_description().1.replace("{client_id}", client_id)
    }
}

#[cfg(test)]
mod tests {
    use super::OAuthError;

    #[test]
    fn every_code_identifies_its_error() {
        for error in OAuthError::ALL {
            assert_eq!(OAuthError::from_code(&error.code().to_string()), Some(*error));
        }
    }
}
