//! What the components of a page find in their context.

use leptos::prelude::*;

use super::i18n::Messages;
use super::request::RequestInfo;
use crate::sessions::SignedInUser;

/// What the document around every page shows.
#[derive(Clone)]
pub(super) struct PageContext {
    pub(super) request: RequestInfo,
    pub(super) messages: &'static Messages,
    pub(super) title: String,
    pub(super) user: Option<SignedInUser>,
}

impl PageContext {
    pub(super) fn site_name(&self) -> &str {
        self.request.state.site.name(self.messages)
    }
}

/// Returns what the loader prepared for the component of a page.
pub(super) fn page_data<T: Clone + Send + Sync + 'static>() -> Option<(PageContext, T)> {
    use_context().zip(use_context())
}
