//! Times (seconds since 1970) as users and machines read them.
//! [`Messages::format_datetime`] names the zone; [`RelativeTime`] is a distance from now, in the largest unit that fits.
//! It must not know the words: they are in the messages of each language.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::i18n::Messages;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeUnit {
    Second,
    Minute,
    Hour,
    Day,
}

/// How long ago something was, or how long it will be, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RelativeTime {
    pub(super) amount: u64,
    pub(super) unit: TimeUnit,
    pub(super) is_past: bool,
}

impl RelativeTime {
    pub(super) fn new(timestamp: i64, now: i64) -> RelativeTime {
        let secs = timestamp.abs_diff(now);
        let (amount, unit) = match secs {
            DAY.. => (secs / DAY, TimeUnit::Day),
            HOUR.. => (secs / HOUR, TimeUnit::Hour),
            MINUTE.. => (secs / MINUTE, TimeUnit::Minute),
            _ => (secs, TimeUnit::Second),
        };
        RelativeTime { amount, unit, is_past: timestamp <= now }
    }
}

impl Messages {
    /// Formats a time in `zone`, and names the zone. Returns an empty text if the time is beyond the year 9999.
    pub(super) fn format_datetime(&self, timestamp: i64, zone: &TimeZone) -> String {
        let Ok(timestamp) = Timestamp::from_second(timestamp) else { return String::new() };
        let zone_name = match zone.iana_name() {
            Some("Asia/Shanghai") | None => self.beijing_time,
            Some(name) => name,
        };
        (self.datetime)(zone.to_datetime(timestamp), zone_name)
    }
}

/// Formats a time for machines. Returns `None` if it is beyond the year 9999.
pub(super) fn rfc3339(timestamp: i64) -> Option<String> {
    Some(Timestamp::from_second(timestamp).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::Lang;

    fn formatted(lang: Lang, timestamp: i64, zone: &str) -> String {
        Messages::of(lang).format_datetime(timestamp, &TimeZone::get(zone).expect("a zone"))
    }

    #[test]
    fn datetimes_are_in_the_zone_and_name_it() {
        let shanghai = "Asia/Shanghai";
        assert_eq!(formatted(Lang::ZhCn, 1_800_000_000, shanghai), "2027年1月15日 16:00（北京时间）");
        assert_eq!(formatted(Lang::En, 1_800_000_000, shanghai), "January 15, 2027 at 4:00 PM (Beijing time)");
        assert_eq!(formatted(Lang::En, 1_800_020_000, shanghai), "January 15, 2027 at 9:33 PM (Beijing time)");
        // Summer time.
        assert_eq!(formatted(Lang::En, 1_784_000_000, "Europe/Berlin"), "July 14, 2026 at 5:33 AM (Europe/Berlin)");
        assert_eq!(formatted(Lang::ZhCn, 0, "UTC"), "1970年1月1日 00:00（UTC）");
        assert_eq!(formatted(Lang::En, i64::MAX, shanghai), "");
        assert_eq!((rfc3339(1_800_000_000).as_deref(), rfc3339(i64::MIN)), (Some("2027-01-15T08:00:00Z"), None));
    }

    #[test]
    fn relative_times_use_the_largest_unit_and_round_down() {
        let texts = |secs: i64| {
            Lang::ALL.map(|lang| (Messages::of(lang).relative_time)(RelativeTime::new(1_000_000 + secs, 1_000_000)))
        };
        for (secs, zh, en) in [
            (5_183_999, "59 天后", "in 59 days"),
            (86_400, "1 天后", "in 1 day"),
            (86_399, "23 小时后", "in 23 hours"),
            (119, "1 分钟后", "in 1 minute"),
            (59, "59 秒后", "in 59 seconds"),
            (1, "1 秒后", "in 1 second"),
            (0, "刚刚", "just now"),
            (-59, "刚刚", "just now"),
            (-60, "1 分钟前", "1 minute ago"),
            (-7_200, "2 小时前", "2 hours ago"),
            (-200_000, "2 天前", "2 days ago"),
        ] {
            assert_eq!(texts(secs), [zh, en], "{secs}");
        }
    }
}
