//! The people of the sandbox. A name is all a person needs; the rest follows from it.

use sha2::{Digest, Sha256};

use super::bounded::Bounded;

/// Ready-made people. Their names are what a site has to cope with: Chinese, Latin, emoji, markup,
/// and length.
pub(super) const READY: [&str; 5] = [
    "小明",
    "Alice Example",
    "企鹅🐧小新👩‍💻",
    r#"<b>"Bobby"</b> & 'co' <script>"#,
    "一个名字特别特别长的人·Bartholomew Maximilian Featherstonehaugh-Cholmondeley the Fourth",
];

/// Longer names are refused. QQ itself is far stricter; a sandbox may be used to try the limits.
pub(super) const LONGEST_NAME: usize = 500;

const MOST_PEOPLE: usize = 10_000;

/// Somebody with an account at this stand-in for QQ.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) openid: String,
}

impl Person {
    fn new(app_id: &str, name: &str) -> Self {
        Self { name: name.to_owned(), openid: openid(app_id, name) }
    }
}

/// Everybody known so far, by openid.
#[derive(Debug)]
pub(super) struct People {
    ready: Vec<Person>,
    met: Bounded<Person>,
}

impl People {
    pub(super) fn new(app_id: &str) -> Self {
        Self { ready: READY.map(|name| Person::new(app_id, name)).to_vec(), met: Bounded::new(MOST_PEOPLE) }
    }

    pub(super) fn ready(&self) -> &[Person] {
        &self.ready
    }

    /// Those who are not ready-made, the newest first.
    pub(super) fn met(&self) -> impl Iterator<Item = &Person> {
        self.met.newest_first()
    }

    /// Makes the person's acquaintance, if it is not made yet.
    pub(super) fn meet(&mut self, app_id: &str, name: &str) {
        let person = Person::new(app_id, name);
        if self.by_openid(&person.openid).is_none() {
            self.met.insert(person.openid.clone(), person);
        }
    }

    pub(super) fn by_openid(&self, openid: &str) -> Option<&Person> {
        self.ready.iter().find(|person| person.openid == openid).or_else(|| self.met.get(openid))
    }

    pub(super) fn knows(&self, app_id: &str, name: &str) -> bool {
        self.by_openid(&openid(app_id, name)).is_some()
    }
}

/// One per app and person, 32 upper-case hex digits (qq wiki OpenAPI调用说明). It follows from both
/// alone, so that a person stays the same one when the sandbox starts again.
pub(super) fn openid(app_id: &str, name: &str) -> String {
    digest(&["openid", app_id, name])
}

/// One per person across all apps of a developer (qq wiki UnionID介绍). The sandbox is one
/// developer's, so it follows from the name alone.
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
    fn an_openid_belongs_to_one_person_in_one_app() {
        assert_eq!(openid("1", "a"), openid("1", "a"));
        assert_ne!(openid("1", "a"), openid("2", "a"));
        assert_ne!(openid("1", "a"), openid("1", "b"));
    }

    #[test]
    fn ids_have_the_shape_of_qqs() {
        let hex =
            |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
        assert!(hex(&openid("1", "a")));
        assert!(unionid("a").strip_prefix("UID_").is_some_and(hex));
    }
}
