//! A site whose QQ can be spoiled below HTTP.

use super::site::TestSite;
use super::wicked_qq::WickedQq;

/// The site, and what stands between it and the sandbox.
pub(crate) struct SpoiledSite {
    pub(crate) site: TestSite,
    pub(crate) qq: WickedQq,
    /// Where redirects lead: a QQ that is well.
    pub(crate) elsewhere: WickedQq,
}

impl SpoiledSite {
    /// Starts with some settings of its own.
    pub(crate) async fn start_with(mut options: Vec<(String, String)>) -> SpoiledSite {
        let (qq, elsewhere) = (WickedQq::start().await, WickedQq::start().await);
        options.push(("QQ_GRAPH_URL".to_owned(), qq.url.clone()));
        let mut site = TestSite::start_with(options).await;
        for each in [&qq, &elsewhere] {
            each.stand_before(&site.qq, &elsewhere.url);
        }
        site.qq.clone_from(&qq.url);
        SpoiledSite { site, qq, elsewhere }
    }
}
