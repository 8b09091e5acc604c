use super::messages::{Messages, message};
use crate::config::ConfigError;
use crate::doctor::report::CheckName;
use crate::qq::{MalformedResponse, QqError, TransportError};

const CHECK_INTERCEPTION: &str = "Check whether a proxy, firewall or captive portal answers instead of QQ, and whether \
     QQ_GRAPH_URL is right (https://graph.qq.com).";
const CHECK_CONNECTION: &str = "Check whether a firewall or proxy drops connections to QQ.";
const CHECK_TIMEOUT: &str = "Check that this machine can reach QQ (outbound port 443, proxy) and that QQ_TIMEOUT_MS is \
     not too low (default 10000).";
const QQ_FAILED: &str = "This is a failure on QQ's side. Try again later.";

pub(super) static MESSAGES: Messages = Messages {
    title: |name| match name {
        CheckName::Configuration => "Configuration",
        CheckName::Database => "Database",
        CheckName::SecretKey => "Secret key",
        CheckName::Clock => "Clock",
        CheckName::DnsAndTls => "Connection to QQ",
        CheckName::App => "App ID and key",
        CheckName::Callback => "Callback URL",
        CheckName::Identity => "Identity",
        CheckName::Profile => "Nickname and avatar",
        CheckName::Renewal => "Token refresh",
        CheckName::PublicUrl => "PUBLIC_URL",
        CheckName::Mail => "Email",
    },
    colon: ": ",
    semicolon: "; ",
    space: " ",
    choose: |texts| texts.en,

    skipped_configuration_invalid: message("not checked: fix the configuration first", ""),
    skipped_unreachable: message("not checked: cannot reach QQ", ""),
    skipped_callback_rejected: message("not checked: QQ rejected the callback URL first", ""),
    skipped_sign_in_failed: message("not checked: the test sign-in failed", ""),
    skipped_needs_user: message("not checked: needs a real user to sign in", ""),
    skipped_sandbox_not_running: message("not checked: the built-in sandbox ({0}) starts with the site", ""),

    configuration_ok: message("site {0}, callback {1}", ""),
    configuration_error: |ConfigError { variable, problem, remedy }| {
        (format!("{variable} {problem}"), format!("Correct {variable}: {remedy}."))
    },
    startup_error: message("{0}", "The site cannot start until this is fixed."),

    file_not_created_yet: message("{0} does not exist yet; the first start creates it", ""),
    file_not_creatable: message(
        "cannot create {0}: {1}",
        "Let the user that runs the site write to the folder, or correct DATABASE_URL.",
    ),

    database_ok: message("{0} is reachable, up to date and writable", ""),
    database_newer: message(
        "{0} was migrated by a newer version of this program",
        "This works if the newer version is the next one. After further releases, run the newer version, or restore a backup.",
    ),
    database_damaged: message(
        "{0} has a changed or unfinished migration",
        "Restore a backup, or use another DATABASE_URL.",
    ),
    database_timeout: message("{0} did not respond in time", "Check the database's load, and any firewall in between."),
    database_login_rejected: message("{0} rejected the user or password", "Correct them in DATABASE_URL."),
    database_not_found: message(
        "{0}: there is no database with this name",
        "Create the database, or correct its name in DATABASE_URL.",
    ),
    database_pooler: message(
        "{0} is behind a connection pooler that loses prepared statements",
        "Let the pooler share connections between sessions, not transactions, or set it up as described in docs/scale.md.",
    ),
    database_not_a_database: message(
        "{0} is not a database, or is corrupt",
        "Correct the path in DATABASE_URL, or restore a backup.",
    ),
    database_locked: message(
        "{0} is locked by another program",
        "Close the program that writes to it: a database browser, a backup, or a hung copy of the site.",
    ),
    database_pending: message(
        "{0} is writable and needs {1} migration(s)",
        "The next start runs them. Back up the database first.",
    ),
    database_foreign: message(
        "{0} belongs to another program, whose table {1} it contains",
        "Create an empty database for the site, or correct DATABASE_URL.",
    ),
    database_unreachable: message(
        "cannot connect to {0}: {1}",
        "Check that the database is running and that host, port and path in DATABASE_URL are right.",
    ),
    database_read_only: message(
        "{0} is not writable: {1}",
        "Let the user that runs the site write to the file and its folder (PostgreSQL: to the tables), and remove \
         mode=ro and immutable from DATABASE_URL.",
    ),
    database_full: message("{0} is not writable: {1}", "Free up disk space."),
    database_other: message("{0}: {1}", "Fix what the database reports; the usual cause is a full disk."),

    database_settings: message(
        "settings that the site asks for do not apply ({0})",
        "A connection pooler resets them. Set them for the database user of the site: {1}",
    ),
    database_not_durable: message(
        "a crash of the server may lose changes that were saved ({0} = off)",
        "Turn these settings on in postgresql.conf.",
    ),
    database_few_connections: message(
        "only {0} connections are allowed, and each instance of the site uses up to {1}",
        "Raise max_connections, or the CONNECTION LIMIT of the user or the database.",
    ),
    database_old_version: message(
        "the site is not tested with PostgreSQL {0}",
        "Upgrade PostgreSQL to version 15 or later.",
    ),
    database_encoding: message(
        "the encoding {0} cannot store every nickname",
        "Create the database with ENCODING 'UTF8', and copy the data if there is any.",
    ),

    key_in_variable: message("SECRET_KEY has 32 bytes", ""),
    key_private: message("{0} has 32 bytes, and only its owner can read it", ""),
    key_readable_by_others: message("other users of this machine can read {0}", "Run: chmod 600 {0}"),
    key_invalid: message(
        "{0} does not contain 32 bytes in base64",
        "Restore the file, or delete it to get a new key (this signs everyone out).",
    ),
    key_unreadable: message("{0}", "Let the user that runs the site read the file."),

    clock_skew: message(
        "differs from QQ's by {0} s",
        "Synchronize this machine's clock (timedatectl set-ntp true); token lifetimes depend on it.",
    ),
    clock_no_date: message("QQ sent no date", "Check this machine's clock yourself."),

    network_ok: message("connected to {0}", ""),
    network_timeout: message("{0}: no response in time", CHECK_TIMEOUT),
    network_unknown_host: message(
        "{0}: cannot resolve the host name ({1})",
        "Check this machine's DNS (/etc/resolv.conf) and QQ_GRAPH_URL.",
    ),
    network_refused: message(
        "{0}: connection refused ({1})",
        "Check firewall, proxy and QQ_GRAPH_URL. If this is a sandbox, start it.",
    ),
    network_certificate: message(
        "{0}: invalid certificate ({1})",
        "Check QQ_GRAPH_URL, this machine's clock, and whether a proxy or antivirus intercepts TLS.",
    ),
    network_interrupted: message("{0}: connection lost ({1})", CHECK_CONNECTION),
    network_other: message("{0}: cannot connect ({1})", "Check that this machine is online and may reach QQ."),
    network_proxy: message("", "{0} is set: check that this proxy runs and may reach QQ, or unset {0}."),

    qq_code: message("QQ returned {0}: {1}", ""),
    qq_code_undocumented: message("QQ returned {0}, which is not documented ({1})", ""),
    qq_error: |error| (describe(error), advice(error)),
    second_attempt: message("QQ answered only on the second attempt; the first one failed: {0}", QQ_FAILED),
    fresh_token_rejected: message(
        "QQ rejected a code or token it had just issued: {0}",
        "Check that nothing uses codes and tokens before the site does (such as a proxy that repeats requests), and \
         that no sandbox fault is set.",
    ),
    not_qq: message("{0} accepted a dummy code or token, so it is not QQ", "Set QQ_GRAPH_URL to https://graph.qq.com."),

    app_dummy_code_rejected: message("QQ accepts both and rejected only a dummy code", ""),
    app_token_issued: message("QQ accepts both and issued a token", ""),

    callback_accepted: message("QQ accepts {0}", ""),
    callback_no_redirect: message("QQ shows a web page instead of redirecting", CHECK_INTERCEPTION),
    callback_unknown_redirect: message(
        "QQ redirects neither to its login page nor to the callback URL",
        CHECK_INTERCEPTION,
    ),
    callback_state_lost: message(
        "QQ returned without the state, so the site would reject the sign-in",
        "Some mobile browsers lose it; signing in again helps. If it always happens, check whether a proxy changes \
         URLs.",
    ),
    callback_cancelled: message(
        "QQ reported a cancelled sign-in, but nobody cancelled",
        "Check that no sandbox fault is set (DELETE /sandbox/faults).",
    ),

    sign_in_step_ok: message("QQ answered as documented", ""),
    identity_dummy_token_rejected: message("QQ rejected a dummy token, as it should", ""),
    profile_partial: message(
        "QQ reported incomplete user data; nickname or avatar will be missing",
        "Nothing to do: the next sign-in asks again.",
    ),
    profile_no_avatar: message("QQ returned no avatar", "Nothing to do, unless it affects every user."),
    profile_avatar_failed: message(
        "the avatar will be missing: {0}",
        "Check that this machine can reach Tencent's image hosts (*.qlogo.cn, outbound port 443) directly; a proxy is \
         not used for avatars.",
    ),
    avatar_error: ToString::to_string,
    profile_error: message("{0}; sign-in still works, without nickname and avatar", ""),
    refresh_no_token: message(
        "QQ issued no refresh token",
        "Nothing to do: users go through QQ again when their token expires.",
    ),

    public_url_ok: message("{0} meets QQ's rules; a reverse proxy must pass the Host header unchanged", ""),
    public_url_sandbox_only: message("{0} works with the sandbox; QQ requires https, a domain and no port", ""),
    public_url_not_a_domain: message(
        "{0} is not a public domain; QQ accepts neither localhost nor IP addresses",
        "Set PUBLIC_URL to https:// and the domain of the registered callback (网站回调域). To test on this machine, \
         point that domain to it in the hosts file.",
    ),
    public_url_has_port: message(
        "{0} has a port, which QQ does not accept",
        "Remove the port from PUBLIC_URL and serve on port 443 (or 80), behind a reverse proxy if needed.",
    ),
    public_url_http: message(
        "{0} uses http, which is for local testing only",
        "Set PUBLIC_URL to https:// before others sign in, and update the callback on the console (网站回调域).",
    ),
    mail_unused: message("not used (SMTP_URL is unset)", ""),
    mail_sandbox: message("goes to the mailbox page of the sandbox", ""),
    mail_ok: message("{0} accepts the connection and login; mail will come from {1}", ""),
    mail_login_rejected: message(
        "{0} rejected the login: {1}",
        "Correct user and password in SMTP_URL. Many providers want an app password or authorization code instead of the \
         password of the account.",
    ),
    mail_tls: message(
        "cannot connect securely to {0}: {1}",
        "Check host, port and encryption in SMTP_URL: smtps:// for TLS (usually port 465), or smtp:// with ?tls=required \
         for STARTTLS (usually port 587). The certificate must be one that browsers trust.",
    ),
    mail_unreachable: message(
        "cannot reach {0}: {1}",
        "Check host and port in SMTP_URL, and whether a firewall blocks the port. Many cloud providers block port 25.",
    ),
};

fn describe(error: &QqError) -> String {
    match error {
        QqError::MalformedResponse(MalformedResponse::Html) => "QQ returned a web page instead of data".to_owned(),
        QqError::Transport(TransportError::Status(status @ 300..=399)) => {
            format!("QQ returned a redirect (HTTP status {status})")
        }
        QqError::Transport(TransportError::Status(status)) => format!("QQ returned HTTP status {status}"),
        QqError::Transport(error) => error.to_string(),
        error => error.to_string(),
    }
}

fn advice(error: &QqError) -> &'static str {
    match error {
        QqError::Transport(TransportError::Timeout) => CHECK_TIMEOUT,
        QqError::Transport(TransportError::Status(500..)) => QQ_FAILED,
        QqError::Transport(TransportError::Interrupted(_)) => CHECK_CONNECTION,
        QqError::ForeignToken => "Check that QQ_APP_ID and QQ_APP_KEY belong to the same app.",
        _ => CHECK_INTERCEPTION,
    }
}
