use super::{MailText, Message, Messages};
use crate::login::{LinkFailure, LoginFailure};
use crate::sessions::Device;
use crate::validation::{EmailError, UsernameError};
use crate::web::time::{RelativeTime, TimeUnit};

pub(super) static MESSAGES: Messages = Messages {
    site_name: "QQ Login",
    skip_to_content: "Skip to content",
    sandbox_note: "This site uses a QQ sandbox on this machine. Nothing is sent to the real QQ.",
    space: Some(" "),
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

    // The end of the session.
    session_ended: Message {
        title: "You've been signed out",
        advice: "Sign in again to continue. Anything you've typed on this page is still here.",
    },
    session_sign_in: "Sign in (opens in a new tab)",

    // Times.
    datetime: |datetime, zone| format!("{} ({zone})", datetime.strftime("%B %-d, %Y at %-I:%M %p")),
    relative_time,
    beijing_time: "Beijing time",

    home_title: "Welcome",
    home_heading: |site| format!("Welcome to {site}"),
    home_lead: "Sign in with your QQ account. No new password to remember.",
    home_features: &[
        ("No new password", "You sign in at QQ. There is nothing to remember, and nothing to leak."),
        ("One click to join", "New here? Create an account in one click, and change the details later."),
        ("Your data is yours", "See what we store, download it, or delete it at any time."),
    ],
    home_greeting: "Hello, ",
    home_signed_in: "Signed in as",
    view_account: "View my account",

    login_title: "Sign in",
    login_heading: |site| format!("Sign in to {site}"),
    login_panel_title: "Sign in with QQ in one step",
    login_points: ["No new password to remember", "Create an account in one click", "Only your nickname and avatar"],
    login_wechat: Message {
        title: "QQ sign-in doesn't work in WeChat",
        advice: "Tap ··· in the corner and choose \"Open in browser\", then sign in there.",
    },
    login_qq: "Sign in with QQ",
    login_qq_busy: "Going to QQ…",
    login_privacy: "We receive your QQ nickname, avatar and a site-specific ID.",
    login_privacy_never: "We never see your QQ number, friends or password.",
    login_next: |path| format!("After you sign in, you'll continue to {path}"),
    login_failure,

    register_title: "Create your account",
    register_steps: ["QQ", "Create account", "Done"],
    register_welcome: "Welcome, ",
    register_welcome_nameless: "Welcome",
    register_lead: "You're new here. Create an account to finish signing in — no password needed.",
    register_auto_lead: "We'll pick a username for you. Nothing to fill in.",
    register_auto_submit: "Create account in one click",
    register_form_title: "Or choose your own username",
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
    username_suggestions: "Available:",
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
    qq_authorization_ends: "Expires",
    qq_authorization_left: "Time left",
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

    // Changing the username.
    username_change_title: "Change username",
    username_change_lead: "You can change your username up to three times a day. Nobody else can take the old \
                           one for 30 days, so you can go back to it.",
    username_change_submit: "Change username",
    username_changing: "Saving…",
    username_changed: "Username changed",
    username_too_many_changes: Message {
        title: "You've changed your username three times in 24 hours",
        advice: "Your username hasn't changed. Please try again tomorrow.",
    },

    // Linked QQ accounts.
    qq_accounts_title: "QQ accounts",
    qq_accounts_lead: "Each of these QQ accounts signs you in to your account.",
    qq_accounts_manage: "Manage QQ accounts",
    qq_account_current: "This session",
    qq_account_linked: "Linked:",
    qq_account_last_used: "Last sign-in:",
    qq_account_unlink: "Unlink",
    qq_account_in_use_hint: "Unlinking a QQ account signs it out everywhere. To unlink the one you're signed in with now, \
                             sign in with another one first.",
    qq_account_only_one: "This is your only way to sign in, so you can't unlink it. Link another QQ account first.",
    qq_account_recovery: "An email address doesn't sign you in by itself. If you lose this QQ account, a verified address \
                          lets you link a new one.",
    qq_account_add_title: "Link another QQ account",
    qq_account_add_lead: "You choose the account at QQ. If QQ goes on with the one you're using now, sign out of QQ in this \
                          browser first. We'll ask you to confirm before we link it.",
    qq_account_add_submit: "Choose at QQ",
    qq_account_link_side: "The QQ account to link",
    qq_account_link_submit: "Link this QQ account",
    qq_account_linked_done: "QQ account linked. It can sign in to your account now.",
    qq_account_unlinked_done: "QQ account unlinked and signed out everywhere.",
    qq_link_failure,
    qq_account_linked_mail: |site, username| MailText {
        subject: format!("A QQ account was linked to your {site} account"),
        paragraphs: vec![format!(
            "A QQ account was linked to your account @{username} on {site}. It can sign in to your account now."
        )],
        action: "Review your QQ accounts",
        footer: QQ_ACCOUNTS_WARNING.to_owned(),
    },
    qq_account_unlinked_mail: |site, username| MailText {
        subject: format!("A QQ account was unlinked from your {site} account"),
        paragraphs: vec![format!(
            "A QQ account was unlinked from your account @{username} on {site}. It can't sign in to your account anymore."
        )],
        action: "Review your QQ accounts",
        footer: QQ_ACCOUNTS_WARNING.to_owned(),
    },

    // Export and deletion.
    account_mismatch: Message {
        title: "You're signed in to a different account",
        advice: "The page you came from was opened with another account, so we didn't do anything. \
                 Check the account below before you continue.",
    },
    confirm_identity: Message {
        title: "Confirm it's you",
        advice: "It's been more than 10 minutes since you signed in. To protect your account, sign in with QQ again. \
                 You'll come back to this page.",
    },
    data_lead: "Download everything we store about you as a JSON file: your username, email addresses, QQ accounts, \
                avatar and sessions.",
    data_download: "Download",
    delete_title: "Delete account",
    delete_lead: "This can't be undone. When you delete your account:",
    delete_consequences: &[
        "Your username, email address, nickname, avatar and link to QQ are deleted immediately and can't be restored.",
        "Someone else can take your username.",
        "You're signed out everywhere.",
        "Your QQ account isn't affected. You can sign up here with it again at any time, with a new, empty account.",
        "This site stays on QQ's list of authorized apps until you remove it there.",
    ],
    delete_submit: "Permanently delete my account",
    delete_cancel: "Keep my account",
    account_deleted: "Your account and all its data have been deleted.",

    // Email addresses.
    emails_title: "Email addresses",
    emails_lead: "With a verified address you can get back into your account if you lose access to your QQ.",
    emails_lead_without_mail: "This site doesn't send email, so addresses can't be verified here.",
    emails_empty: "You haven't added an email address yet.",
    emails_manage: "Manage",
    emails_verify: "Verify your address",
    email_primary: "Primary",
    email_send: "Send verification email",
    email_sent_recently: |wait_secs| {
        format!("Verification email sent. You can send it again in {}.", count(wait_secs, "second"))
    },
    email_make_primary: "Make primary",
    email_remove: "Remove",
    email_add_title: "Add an email address",
    email_add_submit: "Add address",
    email_adding: "Adding…",
    email_add_exists: "You've already added this address.",
    email_add_too_many: "You can't add more than five addresses. Remove one first.",
    email_added: "Address added.",
    email_added_check_mail: Message {
        title: "Address added. Check your inbox",
        advice: "We've sent an email with a link that verifies the address. It works for 24 hours. \
                 If it doesn't arrive, look in your spam folder.",
    },
    email_removed: "Address removed.",
    email_primary_changed: "Primary address changed.",
    email_primary_unverified: Message {
        title: "Verify this address first",
        advice: "Only a verified address can be your primary one.",
    },
    email_verification_sent: Message {
        title: "Verification email sent",
        advice: "Open the link in it within 24 hours. If it doesn't arrive, look in your spam folder.",
    },
    email_now_verified: "Your address is verified.",

    // Pages of mailed links.
    mail_link_unusable: Message {
        title: "This link doesn't work anymore",
        advice: "It has expired, was already used, or something it refers to has changed. You can request a new link \
                 where you requested this one.",
    },
    verify_email_title: "Verify your email address",
    verify_email_lead: |username| format!("It will be a verified address of the account @{username}."),
    verify_email_warning: "If this isn't your account, close this page. Nothing changes.",
    verify_email_submit: "Verify address",
    verify_email_done: Message { title: "Address verified", advice: "You can close this page." },
    verify_email_taken: Message {
        title: "This address belongs to another account",
        advice: "Another account on this site has verified it, so it can't be used for this one.",
    },
    link_qq_title: "Link this QQ to your account?",
    link_qq_lead: "Afterwards, this QQ account signs in to your account.",
    link_qq_side: "The QQ account you signed in with",
    link_qq_account_side: "Your account on this site",
    link_qq_linked: "Linked so far:",
    link_qq_nameless: "QQ without a nickname",
    link_qq_others: "The QQ linked so far",
    link_qq_keep: "Keep it linked",
    link_qq_unlink: "Unlink it: I've lost access to it",
    link_qq_unlink_hint: "Unlinking it also signs it out everywhere.",
    link_qq_submit: "Link and sign in",
    link_qq_submitting: "Linking…",
    link_qq_cancel: "Don't link",
    link_qq_done: "This QQ is linked to your account now.",
    link_qq_other_browser: Message {
        title: "Open this link in the other browser",
        advice: "It works only in the browser where you signed in with QQ and asked for it, and only until you sign in \
                 there again. Copy the link from the email and paste it there. Nothing was changed.",
    },
    link_qq_taken: Message {
        title: "This QQ is linked to an account already",
        advice: "It was linked to an account after you asked for this link. Sign in with it again to use that account.",
    },

    // An account that exists, at registration.
    register_link_title: "I already have an account",
    register_link_lead: "Enter a verified email address of your account. We'll email you a link that adds this QQ to it.",
    register_link_email: "Email address of your account",
    register_link_submit: "Email me a link",
    register_link_submitting: "Sending…",
    register_link_sent: Message {
        title: "Check your inbox",
        advice: "If an account has verified this address, we've just sent a link to it. Open it in this browser within \
                 15 minutes.",
    },
    login_lost_qq: Message {
        title: "Lost access to your QQ?",
        advice: "Sign in with another QQ and choose “I already have an account”. We'll email you a link to get back into \
                 your account.",
    },
    login_recover: "Recover your account with another QQ",
    recover_title: "Get back into your account",
    recover_steps: ["QQ", "Find account", "Done"],
    recover_lead: "This QQ isn't linked to an account yet. Link it to the one you have.",

    // Mails about email addresses.
    verify_email_mail: |site, email| MailText {
        subject: format!("Verify your email address for {site}"),
        paragraphs: vec![
            format!("Please confirm that {email} is your email address for {site}."),
            "The link works once, within 24 hours.".to_owned(),
        ],
        action: "Verify email address",
        footer:
            "If you didn't add this address, you can ignore this email. Nothing happens until the link is confirmed."
                .to_owned(),
    },
    already_verified_mail: |site, email| {
        MailText {
        subject: format!("Your email address was entered again on {site}"),
        paragraphs: vec![
            format!(
                "Someone entered {email} for another account on {site}. The address is already verified for your account, \
                 so nothing has changed."
            ),
            "If this was you, sign in to the account you already have. To use the address for the other account, remove \
             it from yours first."
                .to_owned(),
        ],
        action: "",
        footer: "If it wasn't you, you don't need to do anything.".to_owned(),
    }
    },
    primary_email_mail: |site, username, email| MailText {
        subject: format!("Your primary email address on {site} has changed"),
        paragraphs: vec![format!(
            "{email} is no longer the primary email address of your account @{username} on {site}."
        )],
        action: "Review your account",
        footer:
            "If you didn't do this, someone else may be using your account. Sign in, check your email addresses and \
                 linked QQ accounts, and sign out all other sessions."
                .to_owned(),
    },
    link_qq_mail: |site| {
        MailText {
        subject: format!("Link a QQ account to your {site} account"),
        paragraphs: vec![
            format!(
                "Someone signed in to {site} with a QQ account that has no account there yet, and asked to link it to \
                 yours."
            ),
            "If this was you, open the link in the same browser within 15 minutes. Nothing changes until you confirm it \
             there."
                .to_owned(),
        ],
        action: "Review and link",
        footer: "If it wasn't you, ignore this email and don't forward it. The link works in no other browser.".to_owned(),
    }
    },
    qq_linked_mail: |site, username, unlinks_others| MailText {
        subject: format!("A QQ account was linked to your {site} account"),
        paragraphs: vec![if unlinks_others {
            format!(
                "A QQ account was linked to your account @{username} on {site}, by a link sent to your email address. \
                 The QQ accounts linked before were unlinked and signed out."
            )
        } else {
            format!(
                "A QQ account was linked to your account @{username} on {site}, by a link sent to your email address."
            )
        }],
        action: "Review your account",
        footer: "If you didn't do this, someone else can read your email and may be using your account. Change the \
                 password of your mailbox and contact the operator of the site."
            .to_owned(),
    },

    // Who runs the site.
    operator_label: "Operator",
    contact_label: "Contact",
    icp_label: "ICP filing",
    terms_title: "Terms",
    privacy_operator_title: "Who runs this site",
    // Browsers and the mail about a new one.
    device: |Device { browser, system }| match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.clone(),
        (None, None) => "Unknown browser".to_owned(),
    },
    new_browser_mail: |site, username, device, time| {
        MailText {
        subject: format!("New sign-in to your {site} account"),
        paragraphs: vec![
            format!("Your account @{username} on {site} was signed in to from a browser that you haven't used before."),
            format!("{device}, {time}"),
            "If this was you, there's nothing to do.".to_owned(),
        ],
        action: "Review active sessions",
        footer: "If this wasn't you, end that session, sign out everywhere else, and change the password of your QQ account."
            .to_owned(),
    }
    },

    privacy_title: "Privacy",
    privacy_unionid: "We also ask QQ for your unionid, an ID that is the same on all sites of one operator.",
    privacy_scope: |scope| format!("We also ask for your permission to use these QQ APIs: {scope}."),
    privacy_sections: &[
        (
            "What we store",
            "Your username, the email address you entered, and the ID, nickname and avatar we receive from QQ. \
             We also store an encrypted access token, which lets us read your nickname and avatar from QQ, and for \
             each session the name of your browser and operating system.",
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
    privacy_browsers: "If your email address is verified, we email you when you sign in with a browser that you haven't \
        used before. To recognize a browser, we set a cookie with a random ID when you sign in. It lasts 400 days and \
        doesn't sign you in. We store only a hash of it.",
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

const QQ_ACCOUNTS_WARNING: &str = "If you didn't do this, someone else may be using your account. Sign in, check your QQ \
                                   accounts, and sign out all other sessions.";

fn qq_link_failure(failure: LinkFailure) -> Message {
    match failure {
        LinkFailure::Cancelled => {
            Message { title: "You cancelled at QQ", advice: "No QQ account was linked. You can try again at any time." }
        }
        LinkFailure::Denied => Message {
            title: "QQ didn't confirm the account",
            advice: "No QQ account was linked. Please try again and sign in at QQ.",
        },
        LinkFailure::Misconfigured => Message {
            title: "QQ sign-in isn't set up correctly",
            advice: "No QQ account was linked. Please contact the site's operator.",
        },
        LinkFailure::Unreachable => Message {
            title: "We can't reach QQ right now",
            advice: "No QQ account was linked. Please try again later.",
        },
        LinkFailure::Expired => Message {
            title: "This took too long",
            advice: "No QQ account was linked, since you chose it a while ago or chose another one in a different tab. \
                     Please start again.",
        },
        LinkFailure::SignedOut => Message {
            title: "You were signed out before you came back from QQ",
            advice: "No QQ account was linked. Please start again.",
        },
        LinkFailure::OtherUser => Message {
            title: "You're signed in to a different account now",
            advice: "You started to link a QQ account to another account, so we didn't link it to this one.",
        },
        LinkFailure::AlreadyLinked => Message {
            title: "This QQ account is linked to your account already",
            advice: "Nothing has changed. To link a different one, switch accounts at QQ.",
        },
        LinkFailure::LinkedElsewhere => Message {
            title: "This QQ account belongs to another account",
            advice: "Nothing has changed. To link it here, sign in with it, then unlink it there or delete that account.",
        },
        LinkFailure::InUse => Message {
            title: "You're signed in with this QQ account",
            advice: "It wasn't unlinked. Sign in with another QQ account of yours first.",
        },
        LinkFailure::LastOne => Message {
            title: "This is your only way to sign in",
            advice: "It wasn't unlinked. Link another QQ account first.",
        },
    }
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
