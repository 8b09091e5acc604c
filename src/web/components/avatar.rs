//! A user's picture.

use leptos::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

/// The width and height of an avatar.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::web) enum AvatarSize {
    /// For a line of text: 32 pixels.
    Small,
    /// 64 pixels.
    #[default]
    Medium,
    /// For the header of the account: 80 pixels.
    Large,
}

/// The avatar, over the first letter of the name: the picture may be missing or fail to load.
#[component]
pub(in crate::web) fn Avatar(
    name: String,
    /// The hash of the stored picture.
    hash: Option<String>,
    #[prop(optional)] size: AvatarSize,
) -> impl IntoView {
    let (class, side) = match size {
        AvatarSize::Small => ("avatar small", "32"),
        AvatarSize::Medium => ("avatar", "64"),
        AvatarSize::Large => ("avatar large", "80"),
    };
    // One visible letter may be several characters: accents, family emoji.
    let initial = name.graphemes(true).next().map(str::to_uppercase);
    view! {
        <span class=class aria-hidden="true">
            {initial}
            {hash.map(|hash| view! { <img src=format!("/avatar/{hash}") alt="" width=side height=side /> })}
        </span>
    }
}
