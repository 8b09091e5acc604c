//! Every icon of the site, drawn on a grid of 24 by 24 with lines of the text's colour.

use leptos::prelude::*;

/// An icon. It repeats what the text beside it says, so screen readers skip it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Icon {
    Back,
    Bolt,
    Bubble,
    Check,
    Computer,
    Download,
    Error,
    Info,
    Lock,
    Mail,
    Warning,
}

impl Icon {
    pub(in crate::web) fn view(self) -> impl IntoView {
        view! {
            <svg
                class="icon"
                viewBox="0 0 24 24"
                width="20"
                height="20"
                aria-hidden="true"
                inner_html=self.shapes()
            ></svg>
        }
    }

    fn shapes(self) -> &'static str {
        match self {
            Icon::Back => r#"<path d="m14.5 6-6 6 6 6"/>"#,
            Icon::Bolt => r#"<path d="M13 3 5 13.5h6L10.5 21 19 10.5h-6.5Z"/>"#,
            // A speech bubble with a keyhole: the mark of the site.
            Icon::Bubble => {
                r#"<path fill-rule="evenodd" d="M7 3h10a5 5 0 0 1 5 5v5a5 5 0 0 1-5 5h-5.5l-4.3 3.6A.75.75 0 0 1 6 21v-3.1A5 5 0 0 1 2 13V8a5 5 0 0 1 5-5Zm5 3.5a2.4 2.4 0 0 0-1.2 4.48L10 14.5h4l-.8-3.52A2.4 2.4 0 0 0 12 6.5Z"/>"#
            }
            Icon::Check => r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.3 2.7 2.7L16 9.5"/>"#,
            Icon::Computer => r#"<rect x="3" y="4.5" width="18" height="12" rx="2"/><path d="M8.5 20h7M12 16.5V20"/>"#,
            Icon::Download => r#"<path d="M12 4v11M7.5 11l4.5 4.5 4.5-4.5M5 20h14"/>"#,
            Icon::Error => r#"<circle cx="12" cy="12" r="9"/><path d="M12 7.5v5.5M12 16.3v.2"/>"#,
            Icon::Info => r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5M12 7.7v.1"/>"#,
            Icon::Lock => {
                r#"<rect x="5" y="10.5" width="14" height="9.5" rx="2.5"/><path d="M8.5 10.5V8a3.5 3.5 0 0 1 7 0v2.5"/>"#
            }
            Icon::Mail => r#"<rect x="3" y="5" width="18" height="14" rx="2.5"/><path d="m4 7.5 8 6 8-6"/>"#,
            Icon::Warning => {
                r#"<path d="M10.7 4.3 2.9 17.8A1.5 1.5 0 0 0 4.2 20h15.6a1.5 1.5 0 0 0 1.3-2.2L13.3 4.3a1.5 1.5 0 0 0-2.6 0ZM12 9.5v4M12 16.6v.2"/>"#
            }
        }
    }
}
