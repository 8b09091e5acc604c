//! Another program that a test needs: it ends with the test.

use std::process::{Child, Command};

pub(crate) struct HelperProcess(Child);

impl HelperProcess {
    pub(crate) fn start(command: &mut Command) -> HelperProcess {
        HelperProcess(
            command.spawn().unwrap_or_else(|error| panic!("{:?} does not start: {error}", command.get_program())),
        )
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for HelperProcess {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
