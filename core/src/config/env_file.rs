//! Parses a `.env` file: lines `NAME=value`, blank lines, and comments. Values are literal, with and without quotes:
//! `$` and `\` mean themselves, since they occur in keys and passwords.

/// A line that cannot be read. Does not contain the line, which may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} {problem}")]
pub struct EnvFileError {
    line: usize,
    problem: &'static str,
}

/// Returns the names and values, in the order of the lines. Values need not be UTF-8.
pub fn parse_env_file(content: &[u8]) -> Result<Vec<(String, Vec<u8>)>, EnvFileError> {
    let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    let lines = content.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).zip(1..);
    let assignments = lines.filter(|(line, _)| !line.is_empty() && !line.starts_with(b"#"));
    assignments.map(|(text, line)| parse_line(text).map_err(|problem| EnvFileError { line, problem })).collect()
}

fn parse_line(line: &[u8]) -> Result<(String, Vec<u8>), &'static str> {
    const NO_ASSIGNMENT: &str = "is not NAME=value";
    let equals_at = line.iter().position(|byte| *byte == b'=').ok_or(NO_ASSIGNMENT)?;
    let (name, value) = line.split_at(equals_at);
    let name = str::from_utf8(name).map_err(|_| NO_ASSIGNMENT)?.trim();
    let name = name.strip_prefix("export ").unwrap_or(name).trim_start();
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Err(NO_ASSIGNMENT);
    }
    Ok((name.to_owned(), parse_value(value.get(1..).unwrap_or_default())?.to_owned()))
}

fn parse_value(value: &[u8]) -> Result<&[u8], &'static str> {
    if let [quote @ (b'"' | b'\''), quoted @ ..] = value.trim_ascii_start() {
        let end = quoted.iter().position(|byte| byte == quote).ok_or("has no closing quote")?;
        let (content, rest) = quoted.split_at(end);
        let rest = rest.get(1..).unwrap_or_default().trim_ascii_start();
        return if rest.is_empty() || rest.starts_with(b"#") {
            Ok(content)
        } else {
            Err("goes on after the closing quote")
        };
    }
    let is_comment_start = |pair: &[u8]| matches!(pair, [space, b'#'] if space.is_ascii_whitespace());
    let end = value.windows(2).position(is_comment_start).unwrap_or(value.len());
    Ok(value.split_at(end).0.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(line: &str) -> Result<String, EnvFileError> {
        let variables = parse_env_file(line.as_bytes())?;
        assert_eq!(variables.len(), 1, "{line}");
        assert_eq!(variables[0].0, "KEY", "{line}");
        Ok(String::from_utf8(variables[0].1.clone()).expect("text"))
    }

    #[test]
    fn values_are_literal() {
        for literal in [r"ab$cd3f", r"${HOME}", r"a\b\n\\", r"\$", "a#b", "$", "\\", "a=b", "小明", "a b", "`id`"] {
            for line in [format!("KEY={literal}"), format!("KEY=\"{literal}\""), format!("KEY='{literal}'")] {
                assert_eq!(value(&line).as_deref(), Ok(literal), "{line}");
            }
        }
        for (line, expected) in [
            ("KEY=", ""),
            ("KEY=''", ""),
            ("export KEY = x", "x"),
            ("KEY=x # comment", "x"),
            ("KEY= # comment", ""),
            ("KEY=#x", "#x"),
            ("KEY='x # y' # it's a comment", "x # y"),
            (r#"KEY="it's" "#, "it's"),
            (r#"KEY=a"b'c"#, r#"a"b'c"#),
            ("\u{FEFF}KEY=x\r", "x"),
            ("# comment\n\n  KEY=x\n", "x"),
        ] {
            assert_eq!(value(line).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn unreadable_lines_are_reported_by_number_only() {
        for line in ["SECRET", "=SECRET", "KEY SECRET=x", "KEY='SECRET", "KEY=\"a\"SECRET", "\u{e9}=SECRET"] {
            let error = parse_env_file(format!("A=1\n{line}\nB=2").as_bytes()).expect_err(line).to_string();
            assert!(error.starts_with("line 2 ") && !error.contains("SECRET"), "{error}");
        }
    }

    #[test]
    fn bytes_are_kept() {
        assert_eq!(parse_env_file(b"KEY=closed\xa0"), Ok(vec![("KEY".to_owned(), b"closed\xa0".to_vec())]));
    }
}
