# shellcheck shell=bash
# What the server is going to read from the environment or .env. To be sourced at the root of the repository.

# setting NAME DEFAULT: the value that the server uses, from the environment or from .env.
setting() {
    local value=${!1:-}
    [ -n "$value" ] || value=$(sed -n "s/^$1=[\"']\{0,1\}\([^\"']*\)[\"']\{0,1\}\$/\1/p" .env 2>/dev/null | tail -n 1)
    printf '%s\n' "${value:-$2}"
}

# Lets the mailbox page of the sandbox show the site's mails, unless QQ or mail is configured.
use_sandbox_mailbox() {
    local name
    for name in QQ_APP_ID QQ_APP_KEY QQ_APP_KEY_FILE SMTP_URL SMTP_URL_FILE MAIL_FROM; do
        [ -z "$(setting "$name" '')" ] || return 0
    done
    export SMTP_URL=sandbox MAIL_FROM='QQ Login <login@example.com>'
}
