use super::{Said, Texts};
use crate::config::ConfigError;
use crate::doctor::report::Subject;
use crate::qq::{MalformedResponse, QqError, TransportError};

const fn said(detail: &'static str, advice: &'static str) -> Said {
    Said { detail, advice }
}

const SOMETHING_BETWEEN: &str = "See whether a proxy, a firewall or a login page of the network answers in QQ's place, \
     and whether QQ_GRAPH_URL is right (https://graph.qq.com).";
const CUT: &str = "See whether a firewall or proxy cuts connections to QQ.";
const QQ_FAILS: &str = "QQ itself is in trouble: wait and run this again.";
const TOO_SLOW: &str = "See whether this machine may connect to QQ (outgoing port 443, proxy), and whether QQ_TIMEOUT_MS \
     is long enough (10000 is usual).";

pub(super) static TEXTS: Texts = Texts {
    title: |subject| match subject {
        Subject::Configuration => "Configuration",
        Subject::Database => "Database",
        Subject::SecretKey => "Secret key",
        Subject::Clock => "Clock",
        Subject::DnsAndTls => "Way to QQ",
        Subject::App => "App ID and key",
        Subject::Callback => "Callback address",
        Subject::Identity => "Who signs in",
        Subject::Profile => "Nickname and avatar",
        Subject::Renewal => "Renewing tokens",
        Subject::PublicUrl => "PUBLIC_URL",
        Subject::Mail => "Mail",
    },
    line: |title, detail| format!("{title}: {detail}"),
    not_checked: |because| format!("not checked: {because}"),
    because_of_configuration: "the configuration has to be right first",
    because_unreachable: "QQ cannot be reached",
    because_no_answer: "QQ's first answer did not come",
    because_of_callback: "QQ turned the callback address down first",
    because_nobody_signed_in: "nobody could be signed in",
    because_nobody_is_known: "QQ did not say who signed in",
    because_it_needs_a_person: "only a person who signs in can show it",
    because_sandbox_sleeps: |place| format!("the built-in sandbox ({place}) starts with the site"),

    configuration_good: |origin, callback| format!("people see {origin}; QQ sends them back to {callback}"),
    configuration_bad: |ConfigError { variable, problem, remedy }| {
        (format!("{variable} {problem}"), format!("Correct {variable}: {remedy}."))
    },
    start_bad: said("{words}", "Correct it; the site does not start like this."),
    client_bad: said("QQ_GRAPH_URL: {words}", "Set QQ_GRAPH_URL to https://graph.qq.com, or leave it unset."),

    database_good: said("{place} is reachable, up to date and writable", ""),
    database_not_made: said("{place} does not exist yet; the first start makes it", ""),
    database_pending: said(
        "{place} is reachable and writable; its tables are {words} step(s) behind",
        "Nothing to do: the next start brings the tables up to date. Make a copy before that.",
    ),
    database_newer: said(
        "{place} was made by a newer version of this program",
        "Start the newer version again, or use another DATABASE_URL.",
    ),
    database_damaged: said(
        "{place} holds tables that this program did not make so, or that were left half-made",
        "Restore the last copy of the database, or use another DATABASE_URL.",
    ),
    database_address: said(
        "DATABASE_URL cannot be understood",
        "Use sqlite://path/to/file.db or postgres://user:password@host/name; write special characters of the \
         password as %XX.",
    ),
    database_silent: said(
        "{place} does not answer in time",
        "See whether the database is overloaded, or a firewall stands in between.",
    ),
    database_unreachable: said(
        "{place} cannot be reached: {words}",
        "See whether the database runs, and whether host, port and path in DATABASE_URL are right.",
    ),
    database_login: said("{place} refuses user or password", "Correct user and password in DATABASE_URL."),
    database_missing: said(
        "{place}: there is no database of this name",
        "Create it, or correct the name in DATABASE_URL.",
    ),
    database_other_file: said(
        "{place} is not a database, or is damaged",
        "Correct the path in DATABASE_URL, or restore the last copy.",
    ),
    database_locked: said(
        "{place} is locked by another program",
        "Close what keeps it open for writing, such as a database browser, a backup or a stuck copy of the site.",
    ),
    database_read_only: said(
        "{place} cannot be written: {words}",
        "Give the user that runs the site the right to write the file and its folder, or the tables of the \
         PostgreSQL database; take mode=ro and immutable out of DATABASE_URL.",
    ),
    database_full: said("{place} cannot be written: {words}", "Make room on the disk."),
    database_other: said("{place} fails: {words}", "Mend what the database says; a full disk is the usual cause."),

    key_given: said("SECRET_KEY has 32 bytes", ""),
    key_in_file: said("{place} holds 32 bytes and belongs to its owner alone", ""),
    key_open: said(
        "{place} is good, but others on this machine can open it",
        "Take their rights away: chmod 600 {place}",
    ),
    key_not_made: said("{place} does not exist yet; the first start makes it", ""),
    key_unusable: said(
        "{place} does not hold 32 bytes in base64",
        "Restore the file, or delete it to have a new key made (everybody is signed out then).",
    ),
    key_unreadable: said("{place} cannot be read: {words}", "Give the user that runs the site the right to read it."),
    folder_bad: said(
        "{place} does not exist, and cannot be made: {words}",
        "Give the user that runs the site the right to write the folder, or correct DATABASE_URL.",
    ),

    clock_good: said("differs from QQ's by {place} s", ""),
    clock_off: said(
        "differs from QQ's by {place} s",
        "Have this machine's clock set by NTP (timedatectl set-ntp true): the age of tokens is told by it.",
    ),
    clock_wrong: said(
        "differs from QQ's by {place} s: tokens will be taken for older or younger than they are",
        "Set this machine's clock right, best by NTP (timedatectl set-ntp true).",
    ),
    clock_no_date: said("QQ's answer does not say what time it is", "Compare this machine's clock by hand."),

    reach_good: said("{place} answers", ""),
    reach_good_tls: said("{place} answers, and its certificate is good", ""),
    reach_name: said(
        "{place}: the name is not known ({words})",
        "See whether this machine can look names up (/etc/resolv.conf), and whether QQ_GRAPH_URL is right.",
    ),
    reach_refused: said(
        "{place}: nothing takes the connection ({words})",
        "See whether a firewall or proxy is in the way and QQ_GRAPH_URL is right; a sandbox has to be running.",
    ),
    reach_certificate: said(
        "{place}: the certificate is not good ({words})",
        "See whether something between here and QQ breaks TLS open (a proxy, antivirus), whether QQ_GRAPH_URL is \
         right, and whether this machine's clock is.",
    ),
    reach_timeout: said("{place}: no answer in time", TOO_SLOW),
    reach_broken: said("{place}: the connection broke ({words})", CUT),
    reach_other: said(
        "{place}: no connection ({words})",
        "See whether this machine is connected to the internet and may reach QQ.",
    ),

    refused: |code, meaning| format!("QQ answers {code}: {meaning}"),
    refused_unknown: |code, words| format!("QQ answers {code}, which is not documented ({words:?})"),
    fresh_refused: said(
        "QQ turned down what it had just given: {words}",
        "See that nothing uses codes and tokens before the site does (a proxy that repeats requests), and that no \
         fault is planned at the sandbox.",
    ),
    trouble: |error| (words_for(error), advice_for(error).to_owned()),

    app_good: said("QQ knows both: it refused nothing but a made-up code", ""),
    app_good_code: said("QQ took both, and gave a token for a code", ""),
    app_impossible: said(
        "{place} gave a token for a code that nobody has; that is not QQ",
        "Set QQ_GRAPH_URL to https://graph.qq.com.",
    ),

    callback_good: said("QQ accepts {place}", ""),
    callback_signed_in: said("QQ accepts {place}, and came back to it with a code and the state", ""),
    callback_no_redirect: said("QQ shows a web page where it should send the person on", SOMETHING_BETWEEN),
    callback_elsewhere: said(
        "QQ redirects to a place that is neither its own page nor the callback",
        SOMETHING_BETWEEN,
    ),
    callback_state_lost: said(
        "QQ came back without the state, so the site must refuse it",
        "Nothing can be mended here: some phones' browsers lose it and the person has to sign in again; if it is \
         always so, see whether a proxy changes addresses.",
    ),
    callback_cancelled: said(
        "QQ came back as if the person had turned back, though nobody did",
        "See that no fault is planned at the sandbox (DELETE /sandbox/faults).",
    ),

    identity_good: said("QQ said whose token it is", ""),
    identity_good_made_up: said("QQ refused a made-up token, as it should", ""),
    identity_impossible: said(
        "{place} knows whose a made-up token is; that is not QQ",
        "Set QQ_GRAPH_URL to https://graph.qq.com.",
    ),
    identity_second_try: said("QQ answered at the second try only; first, {words}", QQ_FAILS),

    profile_good: said("QQ gave both", ""),
    profile_partial: said(
        "QQ says that a part of the person's data is lost; people appear without nickname or avatar",
        "Nothing to do: the next sign-in asks again.",
    ),
    profile_no_avatar: said(
        "QQ gave no avatar; people appear without",
        "Nothing to do, unless it is so for everybody.",
    ),
    avatar_words: ToString::to_string,
    profile_avatar_lost: said(
        "the avatar is left out: {words}; people appear without",
        "See whether this machine may connect to Tencent's image hosts (*.qlogo.cn, outgoing port 443). Avatars are \
         fetched directly, never through a proxy.",
    ),
    profile_second_try: said("QQ answered at the second try only; first, {words}", QQ_FAILS),
    profile_goes_on: |detail| format!("{detail}; sign-ins go on without nickname and avatar"),

    renewal_good: said("QQ gave a new token for the refresh token", ""),
    renewal_no_refresh_token: said(
        "QQ gave no refresh token",
        "Nothing to do: people pass by QQ again when their token has expired.",
    ),

    url_good: said("{place} is what QQ's console takes", ""),
    url_sandbox_only: said("{place} will do for the sandbox; QQ itself wants https, a domain and no port", ""),
    url_not_a_domain: said(
        "{place} is not a public domain, and QQ's console takes neither localhost nor IP addresses",
        "Set PUBLIC_URL to https:// and the domain whose callback is registered (网站回调域); on your own machine, let \
         that domain lead here by the hosts file.",
    ),
    url_port: said(
        "{place} has a port, which QQ's console does not take",
        "Take the port out of PUBLIC_URL and serve on 443 (or 80), by a reverse proxy if need be.",
    ),
    url_http: said(
        "{place} is http, which is good for debugging on this machine only",
        "Set PUBLIC_URL to https:// before other people sign in, and register the callback anew (网站回调域).",
    ),

    mail_none: said("none is sent, and nothing depends on it (SMTP_URL is unset)", ""),
};

fn words_for(error: &QqError) -> String {
    match error {
        QqError::MalformedResponse(MalformedResponse::Html) => "QQ's answer is a web page, not data".to_owned(),
        QqError::Transport(TransportError::Status(status @ 300..=399)) => {
            format!("QQ's answer is a redirect (HTTP status {status})")
        }
        QqError::Transport(TransportError::Status(status)) => format!("QQ's answer is HTTP status {status}"),
        QqError::Transport(other) => other.to_string(),
        other => other.to_string(),
    }
}

fn advice_for(error: &QqError) -> &'static str {
    match error {
        QqError::Transport(TransportError::Timeout) => TOO_SLOW,
        QqError::Transport(TransportError::Status(500..)) => QQ_FAILS,
        QqError::Transport(TransportError::Interrupted(_)) => CUT,
        QqError::ForeignToken => {
            "Never let such a token in. See whether QQ_APP_ID and QQ_APP_KEY belong to one and the same app."
        }
        _ => SOMETHING_BETWEEN,
    }
}
