//! Processes whose output is waited for within a time limit. The tests of the demo app share this file.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The longest wait for a line, and for the end of a process.
const LIMIT: Duration = Duration::from_secs(60);

/// A process, stopped when dropped.
pub(crate) struct ChildProcess {
    pub(crate) process: Child,
    command: String,
    lines: Receiver<String>,
    errors: File,
}

impl ChildProcess {
    pub(crate) fn start(command: &mut Command) -> Self {
        let errors = tempfile::tempfile().expect("a file");
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = piped.stderr(errors.try_clone().expect("a file")).spawn().expect("it starts");
        let output = BufReader::new(process.stdout.take().expect("it is piped"));
        let (sender, lines) = channel();
        // Ends with the process.
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { process, command: format!("{command:?}"), lines, errors }
    }

    /// Returns the next line with this start, and skips others.
    ///
    /// # Panics
    ///
    /// Panics if the process ends before it prints the line, and after 60 s.
    pub(crate) fn line(&mut self, start: &str) -> String {
        let end = Instant::now() + LIMIT;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) if line.starts_with(start) => return line,
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => {
                    self.fail(&format!("printed no line that starts with `{start}` within {LIMIT:?}"))
                }
                Err(RecvTimeoutError::Disconnected) => {
                    self.fail(&format!("printed no line that starts with `{start}` before it ended"))
                }
            }
        }
    }

    /// Closes the input of the process, and waits for its end.
    ///
    /// # Panics
    ///
    /// Panics if the process fails, and after 60 s.
    #[allow(dead_code, reason = "the processes of the demo app's tests run until they are stopped")]
    pub(crate) fn succeed(mut self) {
        drop(self.process.stdin.take());
        let end = Instant::now() + LIMIT;
        loop {
            match self.process.try_wait().expect("it is a child") {
                Some(status) if status.success() => return,
                Some(status) => self.fail(&format!("ended with {status}")),
                None if Instant::now() > end => self.fail(&format!("did not end within {LIMIT:?}")),
                None => thread::sleep(Duration::from_millis(20)),
            }
        }
    }

    fn fail(&mut self, problem: &str) -> ! {
        self.stop();
        let mut errors = String::new();
        let _ = self.errors.rewind().and_then(|()| self.errors.read_to_string(&mut errors));
        panic!(
            "The process `{}` {problem}. Check what it wrote to stderr, what it does if you run the command yourself, \
             and whether the machine is overloaded. stderr:\n{errors}",
            self.command
        );
    }

    pub(crate) fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for ChildProcess {
    fn drop(&mut self) {
        self.stop();
    }
}
