//! The sandbox's QQ accounts. A user is defined by a name; the IDs are derived from it.

use sha2::{Digest, Sha256};

use super::bounded_map::BoundedMap;

/// Sample users whose names are hard for a site: Chinese, Latin, emoji, markup, and very long.
pub(super) const SAMPLE_NAMES: [&str; 5] = [
    "小明",
    "Alice Example",
    "企鹅🐧小新👩‍💻",
    r#"<b>"Bobby"</b> & 'co' <script>"#,
    "一个名字特别特别长的人·Bartholomew Maximilian Featherstonehaugh-Cholmondeley the Fourth",
];

/// Maximum length of a name in characters. QQ's own limit is much lower; a sandbox may test limits.
pub(super) const MAX_NAME_CHARS: usize = 500;

const MAX_CREATED_USERS: usize = 10_000;

/// A QQ account.
#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) openid: String,
}

impl User {
    fn new(app_id: &str, name: &str) -> Self {
        Self { name: name.to_owned(), openid: openid(app_id, name) }
    }
}

/// The sample users and the users created by signing in.
#[derive(Debug)]
pub(super) struct Users {
    app_id: String,
    samples: [User; SAMPLE_NAMES.len()],
    created: BoundedMap<User>,
}

impl Users {
    pub(super) fn new(app_id: &str) -> Self {
        Self {
            app_id: app_id.to_owned(),
            samples: SAMPLE_NAMES.map(|name| User::new(app_id, name)),
            created: BoundedMap::new(MAX_CREATED_USERS),
        }
    }

    pub(super) fn samples(&self) -> &[User] {
        &self.samples
    }

    pub(super) fn created_newest_first(&self) -> impl Iterator<Item = &User> {
        self.created.newest_first()
    }

    /// Creates the user unless it exists.
    pub(super) fn create_if_missing(&mut self, name: &str) {
        if !self.contains(name) {
            let user = User::new(&self.app_id, name);
            self.created.insert(user.openid.clone(), user);
        }
    }

    pub(super) fn contains(&self, name: &str) -> bool {
        self.contains_openid(&openid(&self.app_id, name))
    }

    pub(super) fn contains_openid(&self, openid: &str) -> bool {
        self.samples.iter().any(|user| user.openid == openid) || self.created.get(openid).is_some()
    }
}

/// Returns the user's ID for this app: 32 upper-case hex digits (qq wiki OpenAPI调用说明). It stays the
/// same when the sandbox restarts.
pub(super) fn openid(app_id: &str, name: &str) -> String {
    digest(&["openid", app_id, name])
}

/// Returns the user's ID for all apps of a developer (qq wiki UnionID介绍).
pub(super) fn unionid(name: &str) -> String {
    format!("UID_{}", digest(&["unionid", name]))
}

fn digest(parts: &[&str]) -> String {
    Sha256::digest(parts.join("\0")).iter().take(16).map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{openid, unionid};

    #[test]
    fn openid_depends_on_app_and_name() {
        assert_eq!(openid("1", "a"), openid("1", "a"));
        assert_ne!(openid("1", "a"), openid("2", "a"));
        assert_ne!(openid("1", "a"), openid("1", "b"));
    }

    #[test]
    fn ids_look_like_those_of_qq() {
        let hex =
            |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
        assert!(hex(&openid("1", "a")));
        assert!(unionid("a").strip_prefix("UID_").is_some_and(hex));
    }
}
