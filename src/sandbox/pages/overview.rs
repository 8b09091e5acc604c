//! The page for people who use the sandbox: what it knows, what it was asked, what goes wrong.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::page;
use crate::sandbox::avatar::qq_path;
use crate::sandbox::call::Call;
use crate::sandbox::faults::{Endpoint, Named, Planned};
use crate::sandbox::journal::Entry;
use crate::sandbox::memory::{Memory, Sandbox};
use crate::sandbox::person::Person;
use crate::sandbox::settings::SandboxSettings;
use crate::sandbox::texts::{Texts, texts};

const PEOPLE_SHOWN: usize = 50;
const REQUESTS_SHOWN: usize = 50;

/// The app (not its key), the people, the faults, the latest requests.
pub(in crate::sandbox) fn overview(sandbox: &Sandbox, call: &Call) -> Response {
    let text = texts(call.lang);
    let now = sandbox.now();
    let memory = sandbox.memory();
    let content = html! {
        h1.wide { (text.sandbox) }
        p { (text.purpose) }
        (app(text, sandbox.settings()))
        (faults(text, &memory.faults.planned(), &call.host))
        (people(text, &memory))
        (requests(text, &memory, now))
    };
    page(call.lang, StatusCode::OK, text.overview, &content)
}

fn app(text: &Texts, settings: &SandboxSettings) -> Markup {
    html! {
        section.card {
            h2 { (text.app) }
            dl {
                dt { (text.app_id) } dd { code { (settings.app_id) } }
                dt { (text.callbacks) }
                dd { @for callback in &settings.callbacks { div { code { (callback) } } } }
                dt { (text.token_life) } dd { ((text.seconds)(settings.token_ttl_secs)) }
            }
        }
    }
}

fn faults(text: &Texts, planned: &[Planned], host: &str) -> Markup {
    html! {
        section.card {
            h2 { (text.faults) }
            @if planned.is_empty() {
                p { (text.no_faults) }
            } @else {
                ul {
                    @for plan in planned {
                        li { code { (plan.endpoint) ": " (plan.fault) } " × " (plan.times) }
                    }
                }
            }
            p.soft { (text.plan_faults) }
            pre tabindex="0" {
                "curl -X PUT http://" (host) "/sandbox/faults/token -d '{\"fault\": \"http_500\", \"times\": 1}'\n"
                "curl -X DELETE http://" (host) "/sandbox/faults"
            }
            p.soft { (text.endpoints) " " code { (Endpoint::names().join(" ")) } }
        }
    }
}

fn people(text: &Texts, memory: &Memory) -> Markup {
    let met = memory.people.met().take(PEOPLE_SHOWN);
    html! {
        section.card {
            h2 { (text.people) }
            ul.people {
                @for person in memory.people.ready().iter().chain(met) { (entry(text, person)) }
            }
        }
    }
}

fn entry(text: &Texts, person: &Person) -> Markup {
    html! {
        li {
            img.avatar src=(qq_path(&person.openid, 100)) width="40" height="40" alt="" loading="lazy";
            div {
                div { (person.name) }
                code.soft { (person.openid) }
            }
            form method="post" action="/sandbox/revoke" {
                input type="hidden" name="user" value=(person.name);
                button.small type="submit" aria-label=((text.revoke_of)(&person.name)) { (text.revoke) }
            }
        }
    }
}

fn requests(text: &Texts, memory: &Memory, now: i64) -> Markup {
    let mut latest =
        memory.journal.entries().rev().filter(|entry| is_of_interest(entry)).take(REQUESTS_SHOWN).peekable();
    html! {
        section.card {
            h2 { (text.requests) }
            @if latest.peek().is_none() {
                p { (text.no_requests) }
            } @else {
                div.scroll tabindex="0" role="region" aria-label=(text.requests) {
                    table {
                        thead { tr {
                            th scope="col" { (text.when) }
                            th scope="col" { (text.request) }
                            th scope="col" { (text.status) }
                            th scope="col" { (text.fault) }
                            th scope="col" { (text.params) }
                        } }
                        tbody { @for entry in latest { (row(text, entry, now)) } }
                    }
                }
            }
            p.soft { a href="/sandbox/requests" { (text.as_json) } }
        }
    }
}

/// The sandbox's own pages ask for a handful of avatars each time they are shown, and would crowd out all else.
fn is_of_interest(entry: &Entry) -> bool {
    entry.endpoint != "avatar" || entry.status != Some(200) || entry.fault.is_some()
}

fn row(text: &Texts, entry: &Entry, now: i64) -> Markup {
    html! {
        tr {
            td { ((text.ago)(now - entry.time)) }
            td.request { code { (entry.method) " " (entry.path) } }
            td { @match entry.status { Some(status) => (status), None => (text.no_answer) } }
            td { (entry.fault.unwrap_or("–")) }
            td.params {
                @for (name, value) in &entry.params {
                    div { code { (name) "=" (value.as_str().map_or_else(|| value.to_string(), str::to_owned)) } }
                }
            }
        }
    }
}
