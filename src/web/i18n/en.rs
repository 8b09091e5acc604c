use super::{Message, Messages};
use crate::login::LoginFailure;
use crate::validation::{EmailError, UsernameError};
use crate::web::time::{RelativeTime, TimeUnit};

pub(super) static MESSAGES: Messages = Messages {
    site_name: "QQ Login",
    skip_to_content: "Skip to content",
    sandbox_note: "This site uses a QQ sandbox on this machine. Nothing is sent to the real QQ.",
    language_label: "Language",
    theme_label: "Appearance",
    theme_system: "System",
    theme_light: "Light",
    theme_dark: "Dark",
    error_prefix: "Error: ",
    back_to_home: "Back to home",
    try_again: "Try again",
    contacting_qq: "Contacting QQ…",
    redirecting: "Redirecting…",
    continue_link: "Continue",

    // Times.
    datetime: |datetime, zone| format!("{} ({zone})", datetime.strftime("%B %-d, %Y at %-I:%M %p")),
    relative_time,
    beijing_time: "Beijing time",

    home_title: "Welcome",
    home_lead: "Sign in with your QQ account. No new password to remember.",
    home_greeting: "Hello, ",
    home_signed_in: "Signed in as",
    view_account: "View my account",

    login_title: "Sign in",
    login_again: "Sign in again",
    login_qq: "Sign in with QQ",
    login_qq_busy: "Going to QQ…",
    login_privacy: "We receive your QQ nickname, avatar and a site-specific ID. \
                    We never see your QQ number, friends or password.",
    login_next: |path| format!("After you sign in, you'll continue to {path}"),
    login_failure,

    register_title: "Create your account",
    register_welcome: "Welcome, ",
    register_welcome_nameless: "Welcome",
    register_lead: "You're new here. Create an account to finish signing in — no password needed.",
    register_auto_title: "One-click sign-up",
    register_auto_lead: "We'll pick a username for you. Nothing to fill in.",
    register_auto_submit: "Create account in one click",
    register_form_title: "Choose your own username",
    register_form_lead: "Enter a username and your email address. Both are required.",
    register_form_submit: "Create account",
    register_submitting: "Creating account…",
    form_errors_title: "There is a problem",
    form_input_kept: "What you entered is still in the form below.",
    username_label: "Username",
    username_hint: "2–32 characters: letters in any language, numbers, _ and -.",
    username_checking: "Checking…",
    username_available: "Username is available.",
    username_error,
    email_label: "Email",
    email_hint: "For example, name@example.com",
    email_error,

    account_title: "My account",
    account_switched: Message {
        title: "You're now signed in with a different QQ account",
        advice: "The account you were using before has been signed out.",
    },
    account_nickname: "QQ nickname",
    account_nickname_missing: "Not provided by QQ",
    account_email_missing: "You haven't added an email address.",
    account_profile_title: "Profile",
    account_sessions_lead: "See where you're signed in, and sign out of browsers you don't recognize.",
    account_sessions_manage: "Manage sessions",
    account_data_title: "Your data",
    account_data_lead: "Download everything we store about you, or delete your account.",
    account_export: "Download my data",
    email_verified: "Verified",
    email_unverified: "Unverified",
    profile_refresh: "Update from QQ",
    profile_refreshed: "Your nickname and avatar are up to date.",
    profile_partial: "QQ returned only part of your profile. The rest hasn't changed. Please try again later.",
    profile_unreachable: "QQ isn't responding. Your nickname and avatar haven't changed. Please try again later.",
    profile_denied: "QQ doesn't let this site read your nickname and avatar. Please contact the site's operator.",
    qq_authorization_title: "QQ authorization",
    qq_authorization_active: "Active",
    qq_authorization_expiring: "Expires soon",
    qq_authorization_expired: "Expired",
    qq_authorization_issued: "Issued",
    qq_authorization_expires: "Expires",
    qq_authorization_expiring_note: "Your QQ authorization expires soon. Renew it now, or we'll renew it automatically; \
                                     QQ may ask you to confirm.",
    qq_authorization_renew: "Renew now",
    qq_authorization_renewed: "QQ authorization renewed.",
    qq_authorization_refresh_failed: Message {
        title: "We couldn't renew your QQ authorization",
        advice: "QQ isn't responding. You're still signed in and can keep using this site. Please try again later.",
    },
    qq_authorization_still_unusable: Message {
        title: "Your QQ authorization can't be used",
        advice: "You've just been to QQ to renew it, but the new one has already expired or QQ doesn't accept it. \
                 You're still signed in. You can try again now or later.",
    },
    logout: "Sign out",
    logout_note: "Signing out here doesn't sign you out of QQ on this device.",

    sessions_title: "Active sessions",
    sessions_lead: "These browsers are signed in to your account. Sign out any that you don't recognize or no longer use.",
    sessions_ended: "Signed out. You're still signed in on this browser.",
    sessions_end_others: "Sign out all other sessions",
    session_current: "This browser",
    session_started: "Signed in: ",
    session_last_active: "Last active: ",
    session_end: "Sign out",

    delete_title: "Delete account",
    delete_lead: "This can't be undone. When you delete your account:",
    delete_consequences: &[
        "Your username, email address, nickname, avatar and link to QQ are deleted immediately.",
        "You're signed out everywhere.",
        "Your QQ account isn't affected. If you sign in here again, you'll start with a new account.",
        "This site stays on QQ's list of authorized apps until you remove it there.",
    ],
    delete_submit: "Permanently delete my account",
    delete_cancel: "Keep my account",
    account_deleted: "Your account and all its data have been deleted.",

    privacy_title: "Privacy",
    privacy_unionid: "We also ask QQ for your unionid, an ID that is the same on all sites of one operator.",
    privacy_scope: |scope| format!("We also ask for your permission to use these QQ APIs: {scope}."),
    privacy_sections: &[
        (
            "What we store",
            "Your username, the email address you entered, and the ID, nickname and avatar we receive from QQ. \
             We also store an encrypted access token, which lets us read your nickname and avatar from QQ.",
        ),
        (
            "How we use it",
            "To recognize you when you come back. We don't share your data, show ads or load anything from other \
             sites. Your avatar is served from here, too.",
        ),
        (
            "Cookies",
            "We set one while you're signed in, some for ten minutes at most when you go to QQ or submit a form, and one \
             each for language and appearance if you choose them. None of them tracks you on other sites.",
        ),
        (
            "Logs",
            "For security, we log when an account signs in or out, with its ID and part of the network address. \
             Names are not logged.",
        ),
        (
            "Export and deletion",
            "On your account page you can download your data, review your active sessions and delete your account. \
             Deletion takes effect immediately.",
        ),
    ],
    privacy_sessions: |idle_days, max_days| {
        format!(
            "We sign you out after {} without a visit, and after {} at the latest. \
             We keep your account data until you delete your account.",
            count(idle_days.unsigned_abs(), "day"),
            count(max_days.unsigned_abs(), "day")
        )
    },

    not_found: Message { title: "Page not found", advice: "The address may be wrong, or the page may have moved." },
    forbidden: Message {
        title: "Request blocked",
        advice: "This request came from another site, so we didn't process it. Please try again from a page of this site.",
    },
    misdirected: Message {
        title: "This isn't the site's address",
        advice: "Please use the site's official address. If you did, its operator can find the reason in the log.",
    },
    bad_form: Message {
        title: "We couldn't read the form",
        advice: "Nothing was saved. Please go back and submit the form again.",
    },
    method_not_allowed: Message {
        title: "This address can't be opened directly",
        advice: "Please use the links and buttons on this site.",
    },
    rate_limited: |retry_after_secs| {
        ("Too many attempts".to_owned(), format!("Please try again in {}.", count(retry_after_secs, "second")))
    },
    internal_error: Message {
        title: "Something went wrong",
        advice: "The problem is on our side. Please try again later.",
    },
    unavailable: Message {
        title: "Temporarily unavailable",
        advice: "The site can't reach its database right now. Please try again in a few seconds.",
    },
    request_id: |id| format!("If you contact the site's operator, mention this request ID: {id}"),
};

fn count(number: u64, unit: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

fn relative_time(RelativeTime { amount, unit, is_past }: RelativeTime) -> String {
    let unit = match unit {
        TimeUnit::Second if is_past => return "just now".to_owned(),
        TimeUnit::Second => "second",
        TimeUnit::Minute => "minute",
        TimeUnit::Hour => "hour",
        TimeUnit::Day => "day",
    };
    let distance = count(amount, unit);
    if is_past { format!("{distance} ago") } else { format!("in {distance}") }
}

fn login_failure(failure: LoginFailure) -> Message {
    match failure {
        LoginFailure::Expired => Message {
            title: "This sign-in has expired",
            advice: "It took too long, was already used, or was started in another browser. Please sign in again.",
        },
        LoginFailure::Cancelled => Message {
            title: "You cancelled the QQ sign-in",
            advice: "No account was created and nothing was saved. You can sign in at any time.",
        },
        LoginFailure::Denied => Message {
            title: "QQ needs you to sign in again",
            advice: "Your QQ authorization has expired or was revoked.",
        },
        LoginFailure::Misconfigured => Message {
            title: "QQ sign-in isn't set up correctly on this site",
            advice: "Please contact the site's operator, who can run qq-login doctor or check the log.",
        },
        LoginFailure::Unreachable => Message {
            title: "We can't reach QQ right now",
            advice: "QQ didn't respond, or sent a response we can't understand. Please try again later.",
        },
        LoginFailure::Closed => Message {
            title: "This site isn't accepting new accounts",
            advice: "There's no account for this QQ. If you already have an account, sign in with the QQ linked to it.",
        },
        LoginFailure::Blocked => Message {
            title: "This account is blocked",
            advice: "The site's operator has blocked it. If you think this is a mistake, please contact them.",
        },
        LoginFailure::Cookies => Message {
            title: "Your browser didn't keep our cookie",
            advice: "We need a cookie to sign you in. Allow cookies for this site in your browser's settings, then sign in \
                     again. If you started in another app or browser, continue there.",
        },
    }
}

fn username_error(error: UsernameError) -> &'static str {
    match error {
        UsernameError::Missing => "Enter a username.",
        UsernameError::TooShort => "Username must be at least 2 characters.",
        UsernameError::TooLong => "Username must be 32 characters or fewer.",
        UsernameError::ForbiddenCharacter => "Username can contain only letters, numbers, _ and -.",
        UsernameError::ForbiddenStart => "Username must start with a letter or number.",
        UsernameError::Reserved => "This username is reserved. Choose another one.",
        UsernameError::LookAlikeScripts => "Username can't mix alphabets that look alike, such as Latin and Cyrillic.",
        UsernameError::Taken => "This username is taken. Choose another one.",
    }
}

fn email_error(error: EmailError) -> &'static str {
    match error {
        EmailError::Missing => "Enter your email address.",
        EmailError::Malformed => "Enter one valid email address, such as name@example.com.",
        EmailError::TooLong => "This email address is too long. Use a shorter one.",
    }
}
