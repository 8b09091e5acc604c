//! A site whose requests to QQ can fail below HTTP.

use std::time::Duration;

use super::faulty_qq::FaultyQq;
use super::site::TestSite;

/// The site and the proxy between it and the sandbox.
pub(crate) struct FaultySite {
    pub(crate) site: TestSite,
    pub(crate) qq: FaultyQq,
    /// The target of redirects: a QQ without faults.
    pub(crate) redirect_target: FaultyQq,
}

impl FaultySite {
    pub(crate) async fn start_with(mut options: Vec<(String, String)>) -> FaultySite {
        let (qq, redirect_target) = (FaultyQq::start().await, FaultyQq::start().await);
        options.push(("QQ_GRAPH_URL".to_owned(), qq.url.clone()));
        // Without a limit of its own, a silent profile keeps a login waiting as long as any other silent call.
        let mut site =
            TestSite::start_with_config(options, |config| config.qq.profile_timeout = Duration::from_secs(60)).await;
        for proxy in [&qq, &redirect_target] {
            proxy.forward_to(&site.qq_url, &redirect_target.url);
        }
        site.qq_url.clone_from(&qq.url);
        FaultySite { site, qq, redirect_target }
    }
}
