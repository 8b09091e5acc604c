//! Writes one content as plain text and as HTML.

use std::fmt::Write;

use super::queue::MailMessage;
use crate::language::Lang;

/// What a mail says. Both forms of the message say the same.
pub struct MailContent {
    pub lang: Lang,
    pub subject: String,
    /// The paragraphs before the link.
    pub paragraphs: Vec<String>,
    pub link: Option<MailLink>,
    /// The paragraph after the link, less prominent: why the recipient gets this mail, and what to do if it surprises them.
    pub footer: String,
}

/// A link that the HTML shows as a button.
pub struct MailLink {
    pub label: &'static str,
    pub url: String,
}

const BODY_STYLE: &str = "margin:0 auto;padding:24px;max-width:34em;line-height:1.6;\
                          font-family:system-ui,'PingFang SC','Microsoft YaHei',sans-serif";
// QQ's darker blue: white text on it has a contrast of 5.3:1.
const BUTTON_STYLE: &str = "display:inline-block;padding:10px 20px;border-radius:6px;background:#0a6ebd;color:#fff;\
                            text-decoration:none";

impl MailContent {
    /// Addresses the content to `to`.
    pub fn into_message(self, to: String) -> MailMessage {
        MailMessage { to, text: self.text(), html: self.html(), subject: self.subject }
    }

    fn text(&self) -> String {
        let mut text = self.paragraphs.join("\n\n");
        if let Some(link) = &self.link {
            let colon = if self.lang == Lang::ZhCn { "：" } else { ":" };
            let _ = write!(text, "\n\n{}{colon}\n{}", link.label, link.url);
        }
        let _ = write!(text, "\n\n-- \n{}\n", self.footer);
        text
    }

    fn html(&self) -> String {
        let mut html = format!(
            "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{}</title></head><body style=\"{}\">",
            self.lang.tag(),
            escape(&self.subject),
            BODY_STYLE,
        );
        for paragraph in &self.paragraphs {
            let _ = write!(html, "<p>{}</p>", escape(paragraph));
        }
        if let Some(MailLink { label, url }) = &self.link {
            let url = escape(url);
            let _ = write!(html, "<p><a href=\"{url}\" style=\"{BUTTON_STYLE}\">{}</a></p>", escape(label));
            // For mail programs that show no buttons, and for readers who check where a link leads.
            let _ = write!(html, "<p style=\"word-break:break-all\"><small>{url}</small></p>");
        }
        let _ = write!(html, "<hr><p><small>{}</small></p></body></html>", escape(&self.footer));
        html
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_html_say_the_same_and_html_is_escaped() {
        let link = MailLink { label: "Open", url: "https://a.example/?b&c".to_owned() };
        let content = MailContent {
            lang: Lang::ZhCn,
            subject: "你好 <b>".to_owned(),
            paragraphs: vec!["\"Ann\" & <script>".to_owned(), "第二段".to_owned()],
            link: Some(link),
            footer: "Ignore it.".to_owned(),
        };
        let message = content.into_message("ann@example.com".to_owned());
        assert_eq!((message.to.as_str(), message.subject.as_str()), ("ann@example.com", "你好 <b>"));
        let expected = "\"Ann\" & <script>\n\n第二段\n\nOpen：\nhttps://a.example/?b&c\n\n-- \nIgnore it.\n";
        assert_eq!(message.text, expected);
        for part in [
            "<html lang=\"zh-CN\">",
            "<title>你好 &lt;b&gt;</title>",
            "<p>&quot;Ann&quot; &amp; &lt;script&gt;</p><p>第二段</p>",
            "<a href=\"https://a.example/?b&amp;c\"",
            "<small>Ignore it.</small>",
        ] {
            assert!(message.html.contains(part), "{part}: {}", message.html);
        }
    }
}
