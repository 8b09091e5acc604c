//! Checks the rest of a sign-in: identity, profile and token refresh.

use secrecy::SecretString;

use super::code_exchange::DUMMY_SECRET;
use crate::doctor::context::Context;
use crate::doctor::finding::{Finding, Findings};
use crate::doctor::report::{CheckName, Status};
use crate::qq::{ErrorClass, Identity, QqError, Token, UserCredentials, UserInfo};

/// Checks with the token of the sandbox's test user, or as far as possible without one.
pub(super) async fn check(context: &Context<'_>, token: Option<&Token>) -> Findings {
    let (identity, profile, renewal) = match token {
        Some(token) => check_with_token(context, token).await,
        None if context.is_sandbox => {
            let skipped = context.messages.skipped_sign_in_failed.warning(&[]);
            (skipped.clone(), skipped.clone(), skipped)
        }
        None => {
            let skipped = context.messages.skipped_needs_user.ok(&[]);
            (check_dummy_token(context).await, skipped.clone(), skipped)
        }
    };
    [(CheckName::Identity, identity), (CheckName::Profile, profile), (CheckName::Renewal, renewal)].into()
}

/// QQ must reject a dummy token with a code from 100013 to 100016.
async fn check_dummy_token(context: &Context<'_>) -> Finding {
    match context.client.fetch_openid_once(&SecretString::from(DUMMY_SECRET), false).await {
        Ok(_) => context.messages.not_qq.error(&[context.qq_url()]),
        Err(error @ QqError::Api(_)) if error.class() == ErrorClass::ReauthRequired => {
            context.messages.identity_dummy_token_rejected.ok(&[])
        }
        Err(error) => context.qq_error(&error),
    }
}

async fn check_with_token(context: &Context<'_>, token: &Token) -> (Finding, Finding, Finding) {
    let (identity_finding, identity) = check_identity(context, &token.access_token).await;
    let profile = match &identity {
        Some(identity) => check_profile(context, &token.access_token, identity).await,
        None => context.messages.skipped_sign_in_failed.warning(&[]),
    };
    (identity_finding, profile, check_refresh(context, token.refresh_token.as_ref()).await)
}

/// Retries where the site does, and reports a retry that helped as a warning.
async fn check_identity(context: &Context<'_>, token: &SecretString) -> (Finding, Option<Identity>) {
    let fetch = |request_unionid| context.client.fetch_openid_once(token, request_unionid);
    let request_unionid = context.config.qq.request_unionid;
    let (mut result, mut first_error) = (fetch(request_unionid).await, None);
    if let Err(error) = &result
        && error.is_transient()
    {
        first_error = result.err();
        result = fetch(request_unionid).await;
    }
    if let Err(error) = &result
        && error.is_unionid_denied()
    {
        first_error = result.err();
        result = fetch(false).await;
    }
    let finding = match (&result, first_error) {
        (Ok(_), None) => context.messages.sign_in_step_ok.ok(&[]),
        (Ok(_), Some(error)) if error.is_unionid_denied() => {
            Finding { status: Status::Warning, ..context.qq_error(&error) }
        }
        (Ok(_), Some(error)) => context.messages.second_attempt.warning(&[&context.qq_error(&error).detail]),
        (Err(error), _) => context.fresh_token_error(error),
    };
    (finding, result.ok())
}

async fn check_profile(context: &Context<'_>, token: &SecretString, identity: &Identity) -> Finding {
    let credentials = UserCredentials { access_token: token, openid: &identity.openid };
    let error = match context.client.fetch_user_info_once(credentials).await {
        Ok(user_info) => return check_user_info(context, &user_info).await,
        Err(error) if error.is_transient() => match context.client.fetch_user_info_once(credentials).await {
            Ok(_) => return context.messages.second_attempt.warning(&[&context.qq_error(&error).detail]),
            Err(error) => error,
        },
        Err(error) => error,
    };
    let finding = context.fresh_token_error(&error);
    let detail = context.messages.profile_error.error(&[&finding.detail]).detail;
    Finding { detail, ..finding }
}

async fn check_user_info(context: &Context<'_>, user_info: &UserInfo) -> Finding {
    let messages = context.messages;
    if user_info.is_partial || user_info.nickname.is_none() {
        return messages.profile_partial.warning(&[]);
    }
    let Some(avatar_url) = &user_info.avatar_url else { return messages.profile_no_avatar.warning(&[]) };
    match context.client.fetch_avatar(avatar_url).await {
        Ok(_) => messages.sign_in_step_ok.ok(&[]),
        Err(error) => messages.profile_avatar_failed.warning(&[&(messages.avatar_error)(&error)]),
    }
}

async fn check_refresh(context: &Context<'_>, refresh_token: Option<&SecretString>) -> Finding {
    let Some(refresh_token) = refresh_token else { return context.messages.refresh_no_token.warning(&[]) };
    match context.client.refresh_token(refresh_token).await {
        Ok(_) => context.messages.sign_in_step_ok.ok(&[]),
        Err(error) => context.fresh_token_error(&error),
    }
}
