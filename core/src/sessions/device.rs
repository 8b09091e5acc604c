//! Recognizes browser and operating system by the header `User-Agent`.
//!
//! The crate brings no patterns. The full set of uap-core has hundreds, for versions and models of devices too; these few
//! name what users recognize, among them the browsers that are common in China.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use ua_parser::{os, user_agent};

/// A longer header is not looked at.
const MAX_BYTES: usize = 1024;

/// What a session was started with. Unknown parts are `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The English name of the browser, such as `Chrome`.
    pub browser: Option<String>,
    /// The name of the operating system, such as `Windows`.
    pub system: Option<String>,
}

/// The first pattern that matches counts: most browsers also name Chrome and Safari.
const BROWSERS: [(&str, &str); 19] = [
    ("MicroMessenger/", "WeChat"),
    (r"(?:^|[ ;])QQ/\d", "QQ"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/|UBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("MiuiBrowser/", "Mi Browser"),
    ("VivoBrowser/", "vivo Browser"),
    ("HeyTapBrowser/", "OPPO Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("baiduboxapp/|BIDUBrowser", "Baidu"),
    ("QihooBrowser/|360SE|360EE", "360 Browser"),
    ("MetaSr|SogouMobileBrowser/", "Sogou Browser"),
    ("AlipayClient/", "Alipay"),
    ("DingTalk/", "DingTalk"),
    (r"Edg(?:e|A|iOS)?/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("Chrome/|Chromium/|CriOS/", "Chrome"),
    (r"Version/.*Safari/", "Safari"),
];

const SYSTEMS: [(&str, &str); 9] = [
    ("HarmonyOS", "HarmonyOS"),
    ("Windows Phone", "Windows Phone"),
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPad", "iPadOS"),
    ("iPhone|iPod", "iOS"),
    ("CrOS", "ChromeOS"),
    ("Macintosh|Mac OS X", "macOS"),
    ("Linux|X11", "Linux"),
];

static BROWSER: LazyLock<Option<user_agent::Extractor<'static>>> = LazyLock::new(|| {
    let parsers = BROWSERS.map(|(regex, name)| user_agent::Parser {
        regex: regex.into(),
        family_replacement: Some(name.into()),
        ..user_agent::Parser::default()
    });
    user_agent::Builder::new().push_all(parsers).ok()?.build().ok()
});

static SYSTEM: LazyLock<Option<os::Extractor<'static>>> = LazyLock::new(|| {
    let parsers = SYSTEMS.map(|(regex, name)| os::Parser {
        regex: regex.into(),
        os_replacement: Some(name.into()),
        ..os::Parser::default()
    });
    os::Builder::new().push_all(parsers).ok()?.build().ok()
});

impl Device {
    /// `user_agent` is the header's value. Phones put their names there, in any encoding.
    pub fn recognize(user_agent: &[u8]) -> Device {
        let start = user_agent.get(..MAX_BYTES).unwrap_or(user_agent);
        let text = String::from_utf8_lossy(start);
        Device {
            browser: BROWSER.as_ref().and_then(|parser| Some(parser.extract(&text)?.family.into_owned())),
            system: SYSTEM.as_ref().and_then(|parser| Some(parser.extract(&text)?.os.into_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_are_recognized() {
        const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
        const ANDROID: &str =
            "Mozilla/5.0 (Linux; Android 14; V2309A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0";
        const IPHONE: &str =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        for (start, end, browser, system) in [
            (WINDOWS, "Chrome/126.0.0.0 Safari/537.36", "Chrome", "Windows"),
            (WINDOWS, "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.2592.87", "Edge", "Windows"),
            (WINDOWS, "Chrome/116.0.0.0 Safari/537.36 OPR/102.0.0.0", "Opera", "Windows"),
            (
                WINDOWS,
                "Chrome/94.0.4606.71 Safari/537.36 Core/1.94.225 QQBrowser/12.2.5540.400",
                "QQ Browser",
                "Windows",
            ),
            (WINDOWS, "Chrome/98.0 Safari/537.36 MicroMessenger/7.0.20 WindowsWechat(0x63090a13)", "WeChat", "Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0)", "Gecko/20100101 Firefox/127.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
                "Version/17.5 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (IPHONE, "Version/17.5 Mobile/15E148 Safari/604.1", "Safari", "iOS"),
            (IPHONE, "CriOS/126.0.6478.35 Mobile/15E148 Safari/604.1", "Chrome", "iOS"),
            (IPHONE, "Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN", "WeChat", "iOS"),
            (IPHONE, "Mobile/15E148 QQ/9.0.60.620 V1_IPH_SQ_9.0.60_1_APP_A", "QQ", "iOS"),
            (ANDROID, "Chrome/98.0 MQQBrowser/6.2 TBS/046715 Mobile Safari/537.36 V1_AND QQ/9.0.65", "QQ", "Android"),
            (ANDROID, "Chrome/100.0 MQQBrowser/15.2 Mobile Safari/537.36", "QQ Browser", "Android"),
            (ANDROID, "Chrome/87.0 Mobile Safari/537.36 VivoBrowser/22.5.0.0", "vivo Browser", "Android"),
            (
                "Mozilla/5.0 (Phone; OpenHarmony 5.0; HarmonyOS 5.0) AppleWebKit/537.36 (KHTML, like Gecko)",
                "Chrome/114.0 Safari/537.36 ArkWeb/4.1 Mobile HuaweiBrowser/5.1",
                "Huawei Browser",
                "HarmonyOS",
            ),
            ("Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X)", "Version/16.6 Mobile Safari/604.1", "Safari", "iPadOS"),
        ] {
            let expected = Device { browser: Some(browser.to_owned()), system: Some(system.to_owned()) };
            assert_eq!(Device::recognize(format!("{start} {end}").as_bytes()), expected, "{end}");
        }
    }

    #[test]
    fn unknown_and_malformed_headers_are_no_device() {
        for header in [&b""[..], b"curl/8.5.0", b"\xff\xfe", &[b'('; 100_000]] {
            assert_eq!(Device::recognize(header), Device::default());
        }
        let chrome = Device { browser: Some("Chrome".to_owned()), system: Some("Android".to_owned()) };
        assert_eq!(Device::recognize(b"(Linux; Android 14; \xba\xec\xc3\xd7) Chrome/1"), chrome, "GBK");
    }
}
