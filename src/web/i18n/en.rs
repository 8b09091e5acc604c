use super::{Message, Messages};
use crate::login::LoginFailure;
use crate::validation::{EmailError, UsernameError};

pub(super) static MESSAGES: Messages = Messages {
    site_name: "QQ Login",
    skip_to_content: "Skip to content",
    language: "Language",
    theme: "Appearance",
    theme_system: "System",
    theme_light: "Light",
    theme_dark: "Dark",
    sandbox_note: "This site uses a QQ sandbox on this machine. It does not talk to the real QQ.",
    error_prefix: "Error: ",

    home_title: "Welcome",
    home_lead: "Sign in with your QQ account. No new password to remember.",
    home_greeting: |name| format!("Hello, {name}"),
    home_signed_in: "You are signed in.",
    to_account: "See my account",
    to_home: "Back to the home page",

    login_title: "Sign in",
    login_qq: "Sign in with QQ",
    login_qq_busy: "Going to QQ…",
    login_privacy: "From QQ we get your nickname, your avatar and an identifier made for this site. \
                    We never see your QQ number, friends or password.",
    login_next: |path| format!("After signing in you go on to {path}"),
    login_again: "Sign in again",

    register_title: "Finish your account",
    register_welcome: |nickname| format!("Hello, {nickname}"),
    register_welcome_nameless: "Hello",
    register_lead: "This is the first time you sign in with this QQ. Choose how to make your account; \
                    neither way needs a password.",
    auto_title: "One click",
    auto_lead: "We choose a user name for you and sign you in at once. Nothing to fill in.",
    auto_submit: "Create an account in one click",
    form_title: "Choose for yourself",
    form_lead: "Choose a user name and leave an e-mail address. Both are required.",
    form_submit: "Create account",
    form_busy: "Creating…",
    form_problem: "There is a problem",
    form_kept: "What you typed is still in the form below.",
    username: "User name",
    username_hint: "3–32 characters: letters of any script, digits, _ and -.",
    username_checking: "Checking…",
    username_available: "You can have this user name.",
    email: "E-mail address",
    email_hint: "For example name@example.com",

    account_title: "My account",
    account_username: "User name",
    account_nickname: "QQ nickname",
    account_no_nickname: "Not given by QQ",
    account_email: "E-mail address",
    account_no_email: "None",
    account_email_verified: "verified",
    account_email_unverified: "not verified",
    account_token: "QQ permission",
    account_token_obtained: "Obtained",
    account_token_expires: "Good until",
    account_token_stale: Message {
        title: "Your QQ permission could not be renewed just now",
        advice: "QQ does not answer. You are still signed in, and this site goes on working.",
    },
    permission_state: "State",
    permission_good: "Good",
    permission_ending: "Ends soon",
    permission_ended: "Ended",
    permission_ends_soon: "This permission ends soon. You can renew it now; otherwise that happens by itself, \
                           or QQ asks you again.",
    permission_renew: "Renew now",
    permission_renewed: "The permission was renewed.",
    portrait_update: "Update from QQ",
    portrait_updated: "Nickname and avatar are up to date.",
    portrait_partly: "QQ did not give all of it: what is missing stays as it was. Please try again in a while.",
    portrait_unavailable: "QQ does not answer, so nickname and avatar stay as they were. Please try again in a while.",
    portrait_refused: "QQ refuses nickname and avatar to this site. You cannot fix this yourself; please tell the site's operator.",
    asking_qq: "Asking QQ…",
    try_again: "Try again",
    somebody_else: Message {
        title: "You came back from QQ as somebody else",
        advice: "The account that was signed in here before has been signed out.",
    },
    logout: "Sign out",
    logout_note: "Signing out here does not sign you out of QQ: you may still be signed in to QQ on this device.",
    account_more: "More about your account",
    account_export: "Download my data",
    sessions_title: "Where I am signed in",
    sessions_lead: "Each line is a browser that is signed in to your account. Sign out those you do not use any more.",
    sessions_this: "This browser",
    sessions_began: "Signed in:",
    sessions_seen: "Last used:",
    sessions_end: "Sign out there",
    sessions_end_others: "Sign out everywhere else",
    sessions_ended: "Done: signed out there.",
    delete_title: "Delete my account",
    delete_lead: "This cannot be undone. When you delete your account:",
    delete_means: &[
        "Your user name, e-mail address, nickname, avatar and the link to your QQ are deleted at once.",
        "You are signed out in every browser.",
        "Your QQ itself stays as it is. If you come again, you begin anew.",
        "The permission that you gave this site stays on QQ's list until you take it back there.",
    ],
    delete_submit: "Delete my account for good",
    delete_back: "Keep my account",
    deleted: "Your account was deleted, with all that was kept of you.",

    privacy_title: "Privacy",
    privacy_unionid: "Besides, we ask QQ for an identifier that is the same for all sites of one operator (unionid).",
    privacy_scope: |calls| format!("Besides, we ask you at QQ for the permission to use: {calls}."),
    privacy: &[
        (
            "What is kept",
            "Your user name, the e-mail address that you typed, and what QQ told of you: identifier, nickname and \
             avatar. Also a key with which this site can ask QQ for the latter two; it is kept encrypted.",
        ),
        (
            "What for",
            "To know you again when you come back. Nothing is passed on, there is no advertising, and nothing is \
             loaded from other sites: your avatar, too, comes from here.",
        ),
        (
            "Cookies",
            "One while you are signed in, one while you are at QQ (ten minutes), and one each for language and \
             appearance if you choose them. None follows you elsewhere.",
        ),
        (
            "The log",
            "Who signs in and out is written down for security, with the number of the account and a part of the \
             network address, without names.",
        ),
        (
            "Taking along and deleting",
            "Your account page has a copy of everything for you to download, a list of the browsers in which you are \
             signed in, and the deletion of your account, which takes effect at once.",
        ),
    ],
    privacy_sessions: |idle_days, max_days| {
        format!(
            "You are signed out after {idle_days} days without a visit, and after {max_days} days at the latest. \
             What is kept of your account stays until you delete it."
        )
    },

    not_found: Message { title: "Page not found", advice: "The address may be wrong, or the page has moved." },
    forbidden: Message {
        title: "Request refused",
        advice: "This request came from another site, so nothing was done. Please try again on a page of this site.",
    },
    misdirected: Message { title: "Not an address of this site", advice: "Please use the site's own address." },
    bad_form: Message {
        title: "What was sent cannot be read",
        advice: "Nothing was saved. Please go back and fill in the form again.",
    },
    wrong_method: Message {
        title: "This address cannot be opened directly",
        advice: "Please use the pages of this site.",
    },
    too_many: |seconds| ("Too many attempts".to_owned(), format!("Please try again in {seconds} s.")),
    broken: Message {
        title: "Something went wrong",
        advice: "This is our fault, not yours. Please try again in a while.",
    },
    unavailable: Message {
        title: "Not available just now",
        advice: "The site cannot use its database at the moment. Please try again in a few seconds.",
    },
    request_id: |id| format!("If you tell the site's operator, name this: {id}"),
    failure,
    username_problem,
    email_problem,
};

fn failure(failure: LoginFailure) -> Message {
    match failure {
        LoginFailure::Expired => Message {
            title: "This sign-in has expired",
            advice: "It took too long, was used already, or was begun in another browser. Please sign in again.",
        },
        LoginFailure::Cancelled => Message {
            title: "You cancelled the QQ sign-in",
            advice: "No account was made and nothing was saved. You can sign in whenever you like.",
        },
        LoginFailure::Denied => Message {
            title: "QQ asks you to sign in again",
            advice: "The permission has lapsed or was revoked. Please sign in again.",
        },
        LoginFailure::Misconfigured => Message {
            title: "QQ sign-in is set up wrongly on this site",
            advice: "You cannot fix this yourself; please tell the site's operator, who can run qq-login doctor or read the log.",
        },
        LoginFailure::Unreachable => Message {
            title: "QQ cannot be reached right now",
            advice: "QQ did not answer, or not in a way we understand. Please try again in a while.",
        },
        LoginFailure::Closed => Message {
            title: "This site takes no new accounts",
            advice: "No account belongs to this QQ. If you have an account, sign in with the QQ it belongs to.",
        },
    }
}

fn username_problem(problem: UsernameError) -> &'static str {
    match problem {
        UsernameError::Missing => "Enter a user name.",
        UsernameError::TooShort => "This user name is too short: it needs at least 3 characters.",
        UsernameError::TooLong => "This user name is too long: 32 characters at most.",
        UsernameError::ForbiddenCharacter => "Use only letters, digits, _ and - in a user name.",
        UsernameError::Reserved => "This user name is reserved. Choose another one.",
        UsernameError::LookAlikeScripts => {
            "Do not mix scripts that look alike, such as Latin and Cyrillic, in a user name."
        }
        UsernameError::Taken => "This user name is taken. Choose another one.",
    }
}

fn email_problem(problem: EmailError) -> &'static str {
    match problem {
        EmailError::Missing => "Enter an e-mail address.",
        EmailError::Malformed => "Enter one e-mail address, such as name@example.com.",
        EmailError::TooLong => "This e-mail address is too long.",
    }
}
