//! Where the database and the key file are, and who creates them.

use std::path::Path;

use futures_util::future::join_all;

use crate::support::{Program, WorkDir};

#[tokio::test(flavor = "multi_thread")]
async fn database_and_key_are_in_the_folder_that_the_url_names() {
    for (number, (url, folder)) in [
        ("sqlite://new/../x.db", ""),
        ("sqlite://my data/x.db", "my data"),
        ("sqlite://per%20cent/x.db?mode=rwc", "per cent"),
    ]
    .into_iter()
    .enumerate()
    {
        let work_dir = WorkDir::new(&format!("paths-{number}"));
        let setting = format!("DATABASE_URL={url}");
        let launcher = ["env", "--unset=SECRET_KEY", &setting].map(str::to_owned);
        let program = Program::start_by(&work_dir, &launcher).await;
        assert_eq!(program.readiness().await.status, 200, "{url}: {}", program.log());
        let folder = work_dir.data_dir().join("..").join(Path::new(folder));
        for file in ["x.db", "qq-login.key"] {
            assert!(folder.join(file).is_file(), "{url}: {file}");
        }
        program.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_that_start_at_once_on_a_new_database_all_come_up() {
    for round in 0..3 {
        let work_dir = WorkDir::new(&format!("at-once-{round}"));
        let launcher = ["env", "--unset=SECRET_KEY"].map(str::to_owned);
        for program in join_all((0..6).map(|_| Program::start_by(&work_dir, &launcher))).await {
            assert_eq!(program.readiness().await.status, 200, "round {round}: {}", program.log());
            assert!(!program.log().contains("ERROR"), "round {round}: {}", program.log());
            program.stop().await;
        }
    }
}
