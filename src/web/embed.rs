//! What programs use that mount the site with routes of their own ([`super::router_with`]). Their handlers take a
//! [`PageRequest`], which axum extracts.

use axum::response::Response;
use axum_extra::extract::CookieJar;

use super::error::WebError;
use super::request::PageRequest;
use super::routes::redirection_after_login;
use crate::login::{CompanyUser, LoginFailure};
use crate::sessions::SignedInUser;

impl PageRequest {
    /// Returns the user who is signed in, if there is one.
    pub async fn user(&self) -> Result<Option<SignedInUser>, WebError> {
        self.signed_in_user().await
    }

    /// Starts a login at a company other than QQ; the query's `next` says where it leads. Returns the cookies to set, and the
    /// `state` for the company's authorization page. `company` is a name in the table `companies`.
    pub fn start_company_login(&self, company: &'static str) -> Result<(CookieJar, String), WebError> {
        self.state.rate_limits.count_start(self.client_ip)?;
        Ok(self.state.login.start_company_login(company, self.cookies.clone(), &self.next())?)
    }

    /// Completes a login at a company other than QQ. `identify` exchanges the authorization code; it runs once per login, and
    /// only if this browser has started one with this `state`. Returns a redirect, whatever happens.
    pub async fn finish_company_login(
        &self,
        company: &'static str,
        state: &str,
        identify: impl Future<Output = Result<CompanyUser, LoginFailure>>,
    ) -> Result<Response, WebError> {
        let login = &self.state.login;
        let device = self.device();
        let outcome =
            login.finish_company_login(company, &self.cookies, state, identify, device, &self.session).await?;
        Ok(redirection_after_login(outcome).into_response(self))
    }
}
