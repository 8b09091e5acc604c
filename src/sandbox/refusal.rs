//! QQ's error codes, with the words it uses for them.

/// Why QQ says no: a code and a description (qq wiki 公共返回码说明).
///
/// Where a description was seen on the wire it is repeated letter by letter, trailing spaces
/// included; where none was seen, the wording is ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    ResponseType,
    ClientIdMissing,
    ClientSecretMissing,
    GrantType,
    CodeMissing,
    RefreshTokenMissing,
    AccessTokenMissing,
    ClientUnknown,
    ClientSecretWrong,
    RedirectUri,
    AppOffline,
    TokenIllegal,
    TokenExpired,
    TokenRevoked,
    TokenCheckFailed,
    NoCode,
    CodeUnknown,
    CodeReused,
    NoAccessToken,
    WhichMissing,
    ApiNotAllowed,
    UnionIdDenied,
    AppUnapproved,
}

impl Refusal {
    const ALL: [Self; 23] = [
        Self::ResponseType,
        Self::ClientIdMissing,
        Self::ClientSecretMissing,
        Self::GrantType,
        Self::CodeMissing,
        Self::RefreshTokenMissing,
        Self::AccessTokenMissing,
        Self::ClientUnknown,
        Self::ClientSecretWrong,
        Self::RedirectUri,
        Self::AppOffline,
        Self::TokenIllegal,
        Self::TokenExpired,
        Self::TokenRevoked,
        Self::TokenCheckFailed,
        Self::NoCode,
        Self::CodeUnknown,
        Self::CodeReused,
        Self::NoAccessToken,
        Self::WhichMissing,
        Self::ApiNotAllowed,
        Self::UnionIdDenied,
        Self::AppUnapproved,
    ];

    pub(super) fn with_code(code: &str) -> Option<Self> {
        let code: u32 = code.parse().ok()?;
        Self::ALL.into_iter().find(|known| known.code() == code)
    }

    pub(super) fn code(self) -> u32 {
        match self {
            Self::ResponseType => 100_000,
            Self::ClientIdMissing => 100_001,
            Self::ClientSecretMissing => 100_002,
            Self::GrantType => 100_004,
            Self::CodeMissing => 100_005,
            Self::RefreshTokenMissing => 100_006,
            Self::AccessTokenMissing => 100_007,
            Self::ClientUnknown => 100_008,
            Self::ClientSecretWrong => 100_009,
            Self::RedirectUri => 100_010,
            Self::AppOffline => 100_011,
            Self::TokenIllegal => 100_013,
            Self::TokenExpired => 100_014,
            Self::TokenRevoked => 100_015,
            Self::TokenCheckFailed => 100_016,
            Self::NoCode => 100_018,
            Self::CodeUnknown => 100_019,
            Self::CodeReused => 100_020,
            Self::NoAccessToken => 100_021,
            Self::WhichMissing => 100_028,
            Self::ApiNotAllowed => 100_030,
            Self::UnionIdDenied => 100_048,
            // A code of the login page, not of the table; said on the page only.
            Self::AppUnapproved => 110_406,
        }
    }

    /// `app_id` is the one the caller named: QQ repeats it when it does not know it.
    pub(super) fn description(self, app_id: &str) -> String {
        match self {
            Self::ResponseType => "param response_type is wrong or lost ",
            Self::ClientIdMissing => "param client_id is wrong or lost ",
            Self::ClientSecretMissing => "param client_secret is wrong or lost ",
            Self::GrantType => "param grant_type is wrong or lost ",
            Self::CodeMissing => "param code is wrong or lost ",
            Self::RefreshTokenMissing => "param refresh_token is wrong or lost ",
            Self::AccessTokenMissing => "param access token is wrong or lost ",
            Self::ClientUnknown => {
                return format!("client id is illegal, not exist [appid: {app_id}]");
            }
            Self::ClientSecretWrong => "client secret is illegal",
            Self::RedirectUri => "redirect uri is illegal",
            Self::AppOffline => "app is not online",
            Self::TokenIllegal => "access token is illegal",
            Self::TokenExpired => "access token is expired",
            Self::TokenRevoked => "access token is revoked",
            Self::TokenCheckFailed => "access token check failed",
            Self::NoCode => "get code error",
            Self::CodeUnknown => "code to access token error",
            Self::CodeReused => "code is reused error",
            Self::NoAccessToken => "get access token error",
            Self::WhichMissing => "param which is wrong or lost ",
            Self::ApiNotAllowed => "user has not authorized this api",
            Self::UnionIdDenied => "companyid not set",
            Self::AppUnapproved => "app is not approved, only its developer may sign in",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn every_code_leads_back_to_its_refusal() {
        for refusal in Refusal::ALL {
            assert_eq!(Refusal::with_code(&refusal.code().to_string()), Some(refusal));
        }
    }
}
