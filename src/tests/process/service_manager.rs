//! Messages to the service manager, as `Type=notify` of deploy/systemd/qq-login.service expects them, and the socket that
//! it passes for deploy/systemd/qq-login.socket.

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

/// Passes a socket, as systemd does, that listens on `LEPTOS_SITE_ADDR`. So the program cannot listen there itself.
const PASS_SOCKET: &str = "
import os, socket, sys
host, port = os.environ['LEPTOS_SITE_ADDR'].split(':')
listener = socket.create_server((host, int(port)))
os.dup2(listener.fileno(), 3)
os.set_inheritable(3, True)
os.execvpe(sys.argv[1], sys.argv[1:], os.environ | {'LISTEN_FDS': '1', 'LISTEN_PID': str(os.getpid())})
";

#[tokio::test(flavor = "multi_thread")]
async fn socket_of_the_service_manager_is_used() {
    let work_dir = WorkDir::new("socket");
    let launcher = ["python3", "-c", PASS_SOCKET].map(str::to_owned);
    let program = Program::start_by(&work_dir, &launcher).await;
    assert_eq!(program.browser().get("/login").await.expect("a response").status, 200);
    program.stop().await;
}
