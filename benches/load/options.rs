//! The command line.

use std::path::PathBuf;

use anyhow::{Result, bail};
use lexopt::prelude::{Long, Value, ValueExt};

pub(crate) const USAGE: &str = "\
load [OPTION]… [SECTION]…: measures qq-login and prints tables

Sections: login signup account pages commits slow-disk memory million instances (default: all)

  --program PATH     the program (default: target/release/qq-login)
  --site-root PATH   its static files (default: target/site)
  --browsers N       how many browsers at once (default: 16)
  --seconds N        how long one round of a journey takes (default: 4)
  --rounds N         how many rounds (default: 3)
  --logins N         logins before memory is measured (default: 100000)
  --rows N           users in the large database (default: 1000000)
  --database URL     an empty PostgreSQL database for the section instances, which is SQLite and one instance otherwise
";

const SECTIONS: [&str; 9] =
    ["login", "signup", "account", "pages", "commits", "slow-disk", "memory", "million", "instances"];

pub(crate) struct Options {
    pub(crate) program: PathBuf,
    pub(crate) site_root: PathBuf,
    pub(crate) browsers: usize,
    pub(crate) seconds: u64,
    pub(crate) rounds: usize,
    pub(crate) logins: usize,
    pub(crate) rows: i64,
    pub(crate) database: Option<String>,
    sections: Vec<String>,
}

impl Options {
    pub(crate) fn parse() -> Result<Options> {
        let mut options = Options {
            program: "target/release/qq-login".into(),
            site_root: "target/site".into(),
            browsers: 16,
            seconds: 4,
            rounds: 3,
            logins: 100_000,
            rows: 1_000_000,
            database: None,
            sections: Vec::new(),
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("program") => options.program = parser.value()?.into(),
                Long("site-root") => options.site_root = parser.value()?.into(),
                Long("browsers") => options.browsers = parser.value()?.parse()?,
                Long("seconds") => options.seconds = parser.value()?.parse()?,
                Long("rounds") => options.rounds = parser.value()?.parse()?,
                Long("logins") => options.logins = parser.value()?.parse()?,
                Long("rows") => options.rows = parser.value()?.parse()?,
                Long("database") => options.database = Some(parser.value()?.string()?),
                Long("help") => {
                    print!("{USAGE}");
                    std::process::exit(0);
                }
                Value(section) => options.add_section(section.string()?)?,
                other => bail!("{}\n\n{USAGE}", other.unexpected()),
            }
        }
        Ok(options)
    }

    fn add_section(&mut self, section: String) -> Result<()> {
        if !SECTIONS.contains(&section.as_str()) {
            bail!("there is no section '{section}'\n\n{USAGE}");
        }
        self.sections.push(section);
        Ok(())
    }

    /// Whether this section was asked for.
    pub(crate) fn includes(&self, section: &str) -> bool {
        self.sections.is_empty() || self.sections.iter().any(|chosen| chosen == section)
    }
}
