//! Rules for the source code.

/// The folders of the packages' sources.
pub const SOURCES: [&str; 4] = ["src", "browser/src", "core/src", "validation/src"];

#[test]
fn s97_sql_is_never_built_at_runtime() {
    // sqlx accepts only static SQL unless the string is wrapped in `AssertSqlSafe`. The copy of a database takes the names
    // of tables and columns from this program's own schema.
    const EXCEPTION: &str = "core/src/database/copy.rs";
    for file in SOURCES.iter().flat_map(|folder| rust_files(folder.as_ref())) {
        let text = std::fs::read_to_string(&file).expect("a file");
        let is_allowed = file.starts_with("src/tests") || file == std::path::Path::new(EXCEPTION);
        assert!(is_allowed || !text.contains("AssertSqlSafe"), "{}", file.display());
    }
}

#[test]
fn s98_unsafe_code_is_forbidden() {
    for file in ["src/lib.rs", "src/main.rs", "browser/src/lib.rs", "core/src/lib.rs", "validation/src/lib.rs"] {
        let text = std::fs::read_to_string(file).expect("a file");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{file}");
    }
}

fn rust_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    files.into_iter().chain(folders.iter().flat_map(|folder| rust_files(folder))).collect()
}
