//! Messages to the service manager, as `Type=notify` of deploy/systemd/qq-login.service expects them.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use crate::support::{Program, WorkDir};

/// Waits for a message. Panics if none arrives.
fn receive(socket: &UnixDatagram) -> String {
    let mut message = [0; 100];
    let length = socket.recv(&mut message).expect("a message");
    String::from_utf8_lossy(&message[..length]).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn service_manager_is_told_of_start_and_stop() {
    let work_dir = WorkDir::new("notify");
    let path = work_dir.data_dir().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    let launcher = ["env".to_owned(), format!("NOTIFY_SOCKET={}", path.display())];
    let program = Program::start_by(&work_dir, &launcher).await;
    assert_eq!(receive(&socket), "READY=1");
    program.stop().await;
    assert_eq!(receive(&socket), "STOPPING=1");
}
