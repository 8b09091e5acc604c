//! Standard output. `print!` would panic if it cannot be written, such as in a pipe whose reader has ended.

use std::io::{self, Write};

pub(super) fn print(text: &str) -> io::Result<()> {
    let mut output = io::stdout();
    output.write_all(text.as_bytes()).and_then(|()| output.flush())
}
