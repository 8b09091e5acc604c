//! Rules for the source code.

#[test]
fn s97_sql_is_never_built_at_runtime() {
    // sqlx accepts only static SQL unless the string is wrapped in `AssertSqlSafe`.
    for file in rust_files("src".as_ref()) {
        let text = std::fs::read_to_string(&file).expect("a file");
        let is_test = file.starts_with("src/tests");
        assert!(is_test || !text.contains("AssertSqlSafe"), "{}", file.display());
    }
}

#[test]
fn s98_unsafe_code_is_forbidden() {
    for file in ["src/lib.rs", "src/main.rs"] {
        let text = std::fs::read_to_string(file).expect("a file");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{file}");
    }
}

fn rust_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| rust_files(folder))).collect()
}
