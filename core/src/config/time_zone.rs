//! The zone of times on pages.

use jiff::tz::TimeZone;

use super::{ConfigError, Environment};

pub(super) fn read(env: &Environment) -> Result<TimeZone, ConfigError> {
    const VARIABLE: &str = "TIME_ZONE";
    let name = env.get_or(VARIABLE, "Asia/Shanghai")?;
    TimeZone::get(&name).map_err(|_| {
        let problem = format!("{name:?} is not the name of a time zone");
        ConfigError::new(VARIABLE, problem, "use a name of the IANA database, such as Asia/Shanghai or Europe/Berlin")
    })
}
