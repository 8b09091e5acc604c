//! The mailbox: the mails that the site has sent, newest first.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::layout::page;
use crate::language::Lang;
use crate::sandbox::mailbox::ReceivedMail;
use crate::sandbox::state::Sandbox;
use crate::sandbox::texts::{Texts, texts};

/// Shows all mails, each as text and as HTML.
pub(in crate::sandbox) fn mailbox(sandbox: &Sandbox, lang: Lang) -> Response {
    let texts = texts(lang);
    let now = sandbox.now();
    let mut mails = sandbox.mailbox().mails();
    mails.reverse();
    let list = if mails.is_empty() {
        view! { <div class="card"><p>{texts.no_mails}</p><p class="soft">{texts.no_mails_hint}</p></div> }.into_any()
    } else {
        mails.into_iter().map(|mail| mail_section(texts, mail, now)).collect_view().into_any()
    };
    let content = view! {
        <h1 class="wide">{texts.mailbox}</h1>
        <p class="soft"><a href="/">{texts.to_overview}</a>" · "<a href="/sandbox/mails">{texts.as_json}</a></p>
        {list}
    };
    page(lang, StatusCode::OK, texts.mailbox, content)
}

fn mail_section(texts: &'static Texts, mail: ReceivedMail, now: i64) -> impl IntoView {
    let ReceivedMail { time, from, to, subject, text, html, .. } = mail;
    // The frame cannot run scripts or read this page, and it inherits the page's policy. Its links open in a new tab.
    let document = format!("<base target=\"_blank\">{html}");
    view! {
        <section class="card" data-testid="sandbox-mail">
            <h2>{subject.clone()}</h2>
            <dl>
                <dt>{texts.mail_to}</dt>
                <dd>{to.join(", ")}</dd>
                <dt>{texts.mail_from}</dt>
                <dd>{from}</dd>
                <dt>{texts.time}</dt>
                <dd>{(texts.seconds_ago)(now - time)}</dd>
            </dl>
            <pre tabindex="0">{linked(&text)}</pre>
            <details>
                <summary>{texts.mail_html}</summary>
                <iframe
                    title=subject
                    srcdoc=document
                    sandbox="allow-popups allow-popups-to-escape-sandbox"
                ></iframe>
            </details>
        </section>
    }
}

/// Turns the URLs of a text into links.
fn linked(text: &str) -> Vec<AnyView> {
    let parts = text.split_inclusive(char::is_whitespace);
    let link = |part: &str| {
        let url = part.trim_end();
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return part.to_owned().into_any();
        }
        let space = part.strip_prefix(url).unwrap_or_default().to_owned();
        view! { <a href=url.to_owned()>{url.to_owned()}</a>{space} }.into_any()
    };
    parts.map(link).collect()
}
