//! Under which name the site runs, and who runs it.

use url::Url;

use super::public_url::has_credentials;
use super::{ConfigError, Environment};
use crate::validation::Email;
use crate::validation::visibility::{is_format_control, is_visible};

/// What users read about the site and its operator. The law of mainland China asks for some of it.
#[derive(Clone, Debug, Default)]
pub struct SiteIdentity {
    /// `SITE_NAME`. `None`: a name by language.
    pub name: Option<String>,
    pub operator_name: Option<String>,
    pub contact_email: Option<String>,
    pub icp_number: Option<String>,
    pub terms_url: Option<String>,
}

impl SiteIdentity {
    pub(super) fn read(env: &Environment) -> Result<SiteIdentity, ConfigError> {
        Ok(SiteIdentity {
            name: read_text(env, "SITE_NAME")?,
            operator_name: read_text(env, "OPERATOR_NAME")?,
            contact_email: read_email(env)?,
            icp_number: read_icp_number(env)?,
            terms_url: read_terms_url(env)?,
        })
    }
}

fn read_text(env: &Environment, name: &'static str) -> Result<Option<String>, ConfigError> {
    const MAX_CHARS: usize = 100;
    let Some(text) = env.get(name)? else { return Ok(None) };
    let problem = if text.chars().any(|c| c.is_control() || is_format_control(c)) || !text.chars().any(is_visible) {
        "has a character that cannot be seen"
    } else if text.chars().count() > MAX_CHARS {
        "is too long"
    } else {
        return Ok(Some(text));
    };
    Err(ConfigError::new(name, problem, "use plain text on one line, at most 100 characters"))
}

fn read_email(env: &Environment) -> Result<Option<String>, ConfigError> {
    const NAME: &str = "CONTACT_EMAIL";
    let Some(value) = env.get(NAME)? else { return Ok(None) };
    let email = Email::parse(&value).map_err(|_| {
        ConfigError::new(
            NAME,
            format!("{value:?} is not an email address"),
            "use one address, such as help@example.com",
        )
    })?;
    Ok(Some(email.as_str().to_owned()))
}

fn read_icp_number(env: &Environment) -> Result<Option<String>, ConfigError> {
    const NAME: &str = "ICP_NUMBER";
    let Some(number) = read_text(env, NAME)? else { return Ok(None) };
    if number.contains("ICP") && number.chars().any(|c| c.is_ascii_digit()) {
        return Ok(Some(number));
    }
    let problem = format!("{number:?} is not the number of an ICP filing");
    Err(ConfigError::new(NAME, problem, "use the number as it was issued, such as 京ICP备12345678号-1"))
}

fn read_terms_url(env: &Environment) -> Result<Option<String>, ConfigError> {
    const NAME: &str = "TERMS_URL";
    let Some(value) = env.get(NAME)? else { return Ok(None) };
    let url = Url::parse(&value).ok().filter(|url| ["https", "http"].contains(&url.scheme()) && !has_credentials(url));
    let url = url.ok_or_else(|| {
        ConfigError::new(NAME, "is not the URL of a page", "use a complete URL, such as https://www.example.com/terms")
    })?;
    Ok(Some(url.into()))
}
