//! The Unicode data that the rules need: tables on the server, the JavaScript engine's own in the browser, where the
//! tables would add 4 kB to the WebAssembly.

#[cfg(not(feature = "hydrate"))]
pub(super) use tables::*;

#[cfg(feature = "hydrate")]
pub(super) use engine::*;

#[cfg(not(feature = "hydrate"))]
mod tables {
    use unicode_normalization::UnicodeNormalization;

    /// Whether `text` has only characters of identifiers (`XID_Continue`) and `-`.
    pub(in crate::validation) fn is_identifier(text: &str) -> bool {
        text.chars().all(|c| c == '-' || unicode_ident::is_xid_continue(c))
    }

    pub(in crate::validation) fn to_lowercase(text: &str) -> String {
        text.to_lowercase()
    }

    /// Normalization form KC.
    pub(in crate::validation) fn nfkc(text: &str) -> String {
        text.nfkc().collect()
    }
}

#[cfg(feature = "hydrate")]
mod engine {
    use js_sys::{JsString, RegExp};

    /// Whether `text` has only characters of identifiers (`XID_Continue`) and `-`.
    pub(in crate::validation) fn is_identifier(text: &str) -> bool {
        RegExp::new(r"^[\p{XIDC}-]*$", "u").test(text)
    }

    pub(in crate::validation) fn to_lowercase(text: &str) -> String {
        JsString::from(text).to_lower_case().into()
    }

    /// Normalization form KC.
    pub(in crate::validation) fn nfkc(text: &str) -> String {
        JsString::from(text).normalize("NFKC").into()
    }
}
