//! The rest of a sign-in, as far as it can be gone through: who it is, how they present
//! themselves, and a new token for the old one.

use secrecy::SecretString;

use super::consultation::Consultation;
use super::qq_itself::MADE_UP;
use super::report::{Finding, Status};
use crate::qq::{ErrorClass, Identity, QqError, Token, UserCredentials, UserInfo};

/// What became of it.
pub(super) struct Rehearsal {
    pub(super) identity: Finding,
    pub(super) profile: Finding,
    pub(super) renewal: Finding,
}

/// `token` is that of the person whom the sandbox signed in.
pub(super) async fn go_through(consultation: &Consultation<'_>, token: Option<&Token>) -> Rehearsal {
    let texts = consultation.texts();
    let Some(token) = token else {
        if consultation.is_stand_in {
            let unknown = Finding::not_checked(texts, texts.because_nobody_signed_in);
            return Rehearsal { identity: unknown.clone(), profile: unknown.clone(), renewal: unknown };
        }
        let unknown = Finding::not_needed(texts, texts.because_it_needs_a_person);
        return Rehearsal { identity: ask_in_vain(consultation).await, profile: unknown.clone(), renewal: unknown };
    };
    let (identity, somebody) = identify(consultation, &token.access_token).await;
    let profile = match &somebody {
        Some(somebody) => look_at(consultation, &token.access_token, somebody).await,
        None => Finding::not_checked(texts, texts.because_nobody_is_known),
    };
    Rehearsal { identity, profile, renewal: renew(consultation, token.refresh_token.as_ref()).await }
}

/// Asks the real QQ whose a made-up token is: it refuses with one of 100013–100016.
async fn ask_in_vain(consultation: &Consultation<'_>) -> Finding {
    let texts = consultation.texts();
    match consultation.client.fetch_openid_once(&SecretString::from(MADE_UP), false).await {
        Ok(_) => texts.identity_impossible.bad(consultation.qq_address(), ""),
        Err(error @ QqError::Api(_)) if error.class() == ErrorClass::ReauthRequired => {
            texts.identity_good_made_up.good("")
        }
        Err(error) => consultation.error(&error),
    }
}

async fn identify(consultation: &Consultation<'_>, token: &SecretString) -> (Finding, Option<Identity>) {
    // The site goes on where a second question helps, and so does the doctor; but it tells.
    let ask = |request_unionid| consultation.client.fetch_openid_once(token, request_unionid);
    let request_unionid = consultation.config.qq.request_unionid;
    let (answer, earlier) = match ask(request_unionid).await {
        Err(error) if error.is_transient() => (ask(request_unionid).await, Some(error)),
        answer => (answer, None),
    };
    let (answer, earlier) = match answer {
        Err(error) if error.is_unionid_denied() => (ask(false).await, Some(error)),
        answer => (answer, earlier),
    };
    match (answer, earlier) {
        (Ok(identity), None) => (consultation.texts().identity_good.good(""), Some(identity)),
        (Ok(identity), Some(error)) => (second_try(consultation, &error), Some(identity)),
        (Err(error), _) => (consultation.error_about_fresh(&error), None),
    }
}

fn second_try(consultation: &Consultation<'_>, error: &QqError) -> Finding {
    let first = consultation.error(error);
    if error.is_unionid_denied() {
        return Finding { status: Status::Warning, ..first };
    }
    consultation.texts().identity_second_try.warning("", &first.detail)
}

async fn look_at(consultation: &Consultation<'_>, token: &SecretString, identity: &Identity) -> Finding {
    let (client, texts) = (consultation.client, consultation.texts());
    let who = UserCredentials { access_token: token, openid: &identity.openid };
    let first = client.fetch_user_info_once(who).await;
    let told = match first {
        Ok(profile) => return judge(consultation, &profile).await,
        Err(error) if error.is_transient() => match client.fetch_user_info_once(who).await {
            Ok(_) => return texts.profile_second_try.warning("", &consultation.error(&error).detail),
            Err(error) => consultation.error_about_fresh(&error),
        },
        Err(error) => consultation.error_about_fresh(&error),
    };
    Finding { detail: (texts.profile_goes_on)(&told.detail), ..told }
}

async fn judge(consultation: &Consultation<'_>, profile: &UserInfo) -> Finding {
    let texts = consultation.texts();
    if profile.is_partial || profile.nickname.is_none() {
        return texts.profile_partial.warning("", "");
    }
    let Some(address) = &profile.avatar_url else { return texts.profile_no_avatar.warning("", "") };
    match consultation.client.fetch_avatar(address).await {
        Ok(_) => texts.profile_good.good(""),
        Err(error) => texts.profile_avatar_lost.warning("", &(texts.avatar_words)(&error)),
    }
}

async fn renew(consultation: &Consultation<'_>, refresh_token: Option<&SecretString>) -> Finding {
    let texts = consultation.texts();
    let Some(refresh_token) = refresh_token else { return texts.renewal_no_refresh_token.warning("", "") };
    match consultation.client.refresh_token(refresh_token).await {
        Ok(_) => texts.renewal_good.good(""),
        Err(error) => consultation.error_about_fresh(&error),
    }
}
