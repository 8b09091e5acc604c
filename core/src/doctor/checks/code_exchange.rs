//! Exchanges an authorization code for a token.

use secrecy::SecretString;

use crate::doctor::context::Context;
use crate::qq::{AuthorizePage, QqError, Token};

/// A code or token that QQ cannot have issued.
pub(super) const DUMMY_SECRET: &str = "00000000000000000000000000000000";
/// The authorize and token endpoints answer this for an unregistered callback
/// (回调地址常见问题及修改方法).
const CALLBACK_ILLEGAL: i64 = 100_010;

/// The token endpoint's response.
pub(super) struct CodeExchange {
    /// Whether the code was a dummy.
    pub(super) is_dummy: bool,
    pub(super) result: Result<Token, QqError>,
}

impl CodeExchange {
    /// Exchanges the code that the sandbox returned, or else a dummy code.
    pub(super) async fn run(context: &Context<'_>, page: &Result<AuthorizePage, QqError>) -> CodeExchange {
        let (is_dummy, code) = match page {
            Ok(AuthorizePage::Code(code)) => (false, code),
            _ => (true, &SecretString::from(DUMMY_SECRET)),
        };
        CodeExchange { is_dummy, result: context.client.exchange_code(code).await }
    }

    /// The test user's token.
    pub(super) fn token(&self) -> Option<&Token> {
        self.result.as_ref().ok().filter(|_| !self.is_dummy)
    }

    pub(super) fn is_callback_illegal(&self) -> bool {
        matches!(&self.result, Err(QqError::Api(error)) if error.code == CALLBACK_ILLEGAL)
    }
}
