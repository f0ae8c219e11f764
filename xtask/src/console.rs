//! Runs other programs, and says what is going on: on the terminal, or, when several steps run side by side, in a log.

use std::{
    collections::VecDeque,
    fs::File,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use crate::{
    files::{self, shown},
    interrupt,
};

/// Where a step's output goes.
pub enum Console {
    Terminal,
    Log(Log),
}

impl Console {
    /// Runs a program to its end; anything but success is an error that names the command.
    pub fn run(&self, command: &mut Command) -> Result<()> {
        command.stdin(Stdio::null());
        let status = match self {
            Self::Terminal => {
                println!("$ {}", line(command));
                wait(&mut spawn(command)?)?
            }
            Self::Log(log) => log.run(command)?,
        };
        if !status.success() {
            bail!("`{}` failed ({status})", line(command));
        }
        Ok(())
    }

    pub fn say(&self, text: &str) {
        match self {
            Self::Terminal => println!("{text}"),
            Self::Log(log) => log.add(text),
        }
    }
}

/// A step's output in a file, with its last lines at hand.
pub struct Log {
    path: PathBuf,
    inner: Mutex<LogInner>,
}

struct LogInner {
    file: File,
    tail: VecDeque<String>,
}

impl Log {
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create(path).with_context(|| format!("write {}", shown(path)))?;
        Ok(Self { path: path.to_path_buf(), inner: Mutex::new(LogInner { file, tail: VecDeque::new() }) })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The last line that says what is being done: what compilers quote starts with numbers and marks.
    pub fn doing(&self) -> String {
        let is_said = |line: &&String| line.trim_start().starts_with(|c: char| c.is_alphabetic() || c == '$');
        self.lock().tail.iter().rev().find(is_said).map(|line| line.trim().to_owned()).unwrap_or_default()
    }

    pub fn tail(&self) -> String {
        self.lock().tail.iter().map(|line| format!("    {line}\n")).collect()
    }

    fn add(&self, line: &str) {
        const KEPT: usize = 40;
        let mut inner = self.lock();
        // A log that can't be written must not fail the build.
        let _ = writeln!(inner.file, "{line}");
        if !line.trim().is_empty() {
            inner.tail.push_back(line.trim_end().to_owned());
        }
        if inner.tail.len() > KEPT {
            inner.tail.pop_front();
        }
    }

    fn run(&self, command: &mut Command) -> Result<ExitStatus> {
        self.add(&format!("$ {}", line(command)));
        let mut child = spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
        let (out, err) = (child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            scope.spawn(|| self.follow(out));
            scope.spawn(|| self.follow(err));
            wait(&mut child)
        })
    }

    fn follow(&self, stream: Option<impl Read>) {
        let Some(stream) = stream else { return };
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            self.add(&line);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, LogInner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs a program and returns what it printed.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("run `{}`", line(command)))?;
    if !output.status.success() {
        bail!("`{}` failed: {}", line(command), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A program that works in the root of the repository.
pub fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(files::root());
    command
}

/// Cargo, building into the folder that the other tasks look into.
pub fn cargo(subcommand: &str) -> Command {
    let mut command = program("cargo");
    command.arg(subcommand).env("CARGO_TARGET_DIR", files::at("target"));
    command
}

/// Asks a program to stop, and makes it after a while.
pub fn stop(child: &mut Child, patience: Duration) {
    terminate(child);
    let mut waited = Duration::ZERO;
    while waited < patience && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(TICK);
        waited += TICK;
    }
    if matches!(child.try_wait(), Ok(None)) {
        let _ = child.kill();
        let _ = child.wait();
    }
}

const TICK: Duration = Duration::from_millis(50);

fn terminate(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::TERM);
    }
}

fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().with_context(|| format!("run `{}`", line(command)))
}

/// Waits for a program's end, and passes an interruption on to it.
fn wait(child: &mut Child) -> Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait().context("wait for a program")? {
            return Ok(status);
        }
        if interrupt::happened() {
            stop(child, Duration::from_secs(10));
            bail!("interrupted");
        }
        thread::sleep(TICK);
    }
}

/// A command as one would type it in the root of the repository.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let mut line = String::new();
    for word in words {
        let word = word.to_string_lossy().replace(&format!("{}/", files::root().display()), "");
        let quoted = if word.contains([' ', '*']) || word.is_empty() { format!("'{word}'") } else { word };
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(&quoted);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = program("go");
        command.args(["build", "-ldflags", "-s -w", "-o"]).arg(files::at("target/control-plane"));
        assert_eq!(line(&command), "go build -ldflags '-s -w' -o target/control-plane");
    }

    #[test]
    fn a_log_keeps_what_a_failing_program_said() {
        let path = std::env::temp_dir().join(format!("musterbook-log-{}", std::process::id()));
        let console = Console::Log(Log::create(&path).unwrap());
        let error = console.run(program("sh").args(["-c", "echo first; echo last >&2; exit 3"])).unwrap_err();
        let Console::Log(log) = &console else { panic!("made as a log") };
        std::fs::remove_file(&path).unwrap();
        assert!(error.to_string().contains("exit status: 3"), "{error}");
        assert!(log.tail().contains("first") && log.tail().contains("last"), "{}", log.tail());
        log.add("   Compiling serde v1.0.0");
        log.add("   = note: quoted");
        assert_eq!(log.doing(), "Compiling serde v1.0.0");
    }
}
