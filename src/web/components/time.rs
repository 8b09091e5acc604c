//! A time, in the site's zone. The page's script shows it in the browser's zone.

use leptos::prelude::*;

use crate::web::page_context::PageContext;
use crate::web::time::{RelativeTime, rfc3339};

/// Shows when something was or will be.
#[component]
pub(in crate::web) fn Time(
    /// In seconds since 1970.
    timestamp: i64,
    /// Shows the distance from now, with the time as a tooltip.
    #[prop(optional)]
    is_relative: bool,
    /// `data-testid`.
    #[prop(optional)]
    test_id: Option<&'static str>,
) -> impl IntoView {
    use_context::<PageContext>().zip(rfc3339(timestamp)).map(|(page, datetime)| {
        let state = &page.request.state;
        let absolute = page.messages.format_datetime(timestamp, &state.site.time_zone);
        if !is_relative {
            return view! { <time data-testid=test_id datetime=datetime>{absolute}</time> }.into_any();
        }
        let relative = (page.messages.relative_time)(RelativeTime::new(timestamp, state.login.now()));
        view! { <time data-testid=test_id datetime=datetime title=absolute data-relative>{relative}</time> }.into_any()
    })
}
