//! This machine as an engine: the same binary as a child process that outlives us.

use super::folder::now;
use super::{Engine, EngineError, JobFolder, JobObservation, Result, StartOptions, Started};
use crate::domain::job_folder::{StatusFile, file};
use crate::domain::{Explanation, JobState, Timestamp};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a worker may take from being started to holding its lock before it counts as lost. Only matters where
/// whoever started it is gone too.
const START_PATIENCE_MS: i64 = 15_000;
/// How long a killed worker may take to go.
const KILL_PATIENCE: Duration = Duration::from_secs(5);
/// A log above this size is set aside at the next start.
const LOG_BYTES: u64 = 16 * 1024 * 1024;
const PAUSE: Duration = Duration::from_millis(20);

/// Work on this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalEngine;

impl Engine for LocalEngine {
    fn start(&self, folder: &JobFolder, options: &StartOptions) -> Result<Started> {
        let path = std::path::absolute(folder.path()).map_err(|error| EngineError::io("read", folder.path(), error))?;
        let folder = JobFolder::at(path);
        folder.read_job()?;
        let started = Some(now());
        {
            // The lock is held while the stage is set, so that no worker finds it half set.
            let _lock = folder.lock()?;
            folder.clear_cancel()?;
            folder.write_status(&StatusFile { started, updated: started, ..StatusFile::default() })?;
        }
        let child = spawn(&folder, options);
        match child {
            Ok(child) => {
                let pid = child.id();
                reap_in_background(child, folder, started);
                Ok(Started { pid })
            }
            Err(error) => {
                let explanation = crate::domain::Explain::explain(&error);
                finish(&folder, started, JobState::Failed, Some(explanation));
                Err(error)
            }
        }
    }

    fn observe(&self, folder: &JobFolder) -> Result<JobObservation> {
        // First the lock, then the status: a worker writes its last status before it lets go.
        let mut alive = folder.is_locked()?;
        let mut status = folder.read_status()?.unwrap_or_default();
        if !alive && !status.state.is_final() && !is_starting(&status) {
            // It may have taken the lock, and said so, between the two looks. Who has said so holds the lock until its
            // last status is written; before that, another pair of looks could go apart in the same way.
            alive = folder.is_locked()?;
            status = folder.read_status()?.unwrap_or_default();
        }
        let mut observation = JobObservation {
            state: status.state,
            alive,
            progress: if status.progress.is_finite() { status.progress.clamp(0.0, 1.0) } else { 0.0 },
            explanation: status.explanation.clone(),
            status,
        };
        if !alive && !observation.state.is_final() && !is_starting(&observation.status) {
            if folder.is_cancel_requested() {
                observation.state = JobState::Cancelled;
            } else {
                observation.state = JobState::Interrupted;
                observation.explanation.get_or_insert_with(|| Explanation::failure("worker-interrupted"));
            }
        }
        Ok(observation)
    }

    fn cancel(&self, folder: &JobFolder) -> Result<bool> {
        let observation = self.observe(folder)?;
        if !observation.alive && observation.state != JobState::Initializing {
            return Ok(false);
        }
        folder.request_cancel()?;
        Ok(true)
    }

    fn kill(&self, folder: &JobFolder) -> Result<bool> {
        let deadline = Instant::now() + KILL_PATIENCE;
        // The pid counts only while the lock is held, and a worker that just took the lock has yet to write it.
        let pid = loop {
            if !folder.is_locked()? {
                return Ok(false);
            }
            if let Some(pid) = folder.read_status()?.and_then(|status| status.pid) {
                break pid;
            }
            if Instant::now() > deadline {
                let reason = "it never said its process id".to_owned();
                return Err(EngineError::Kill { path: folder.path().to_owned(), reason });
            }
            std::thread::sleep(PAUSE);
        };
        kill_group(pid).map_err(|reason| EngineError::Kill { path: folder.path().to_owned(), reason })?;
        while folder.is_locked()? {
            if Instant::now() > deadline {
                let reason = "it is still there".to_owned();
                return Err(EngineError::Kill { path: folder.path().to_owned(), reason });
            }
            std::thread::sleep(PAUSE);
        }
        Ok(true)
    }
}

impl LocalEngine {
    /// Asks the job to stop, waits up to `grace`, then ends it; answers how it stands afterwards.
    ///
    /// # Errors
    /// If the request cannot be written or the system refuses.
    pub fn stop(&self, folder: &JobFolder, grace: Duration) -> Result<JobObservation> {
        if self.cancel(folder)? {
            let deadline = Instant::now() + grace;
            loop {
                let observation = self.observe(folder)?;
                if !observation.alive && observation.state != JobState::Initializing {
                    return Ok(observation);
                }
                if Instant::now() > deadline {
                    break;
                }
                std::thread::sleep(PAUSE);
            }
            self.kill(folder)?;
        }
        self.observe(folder)
    }
}

/// Whether a worker was started so recently that it may not have its lock yet.
fn is_starting(status: &StatusFile) -> bool {
    status.state == JobState::Initializing
        && status.started.is_some_and(|started| (0..START_PATIENCE_MS).contains(&(now().0 - started.0)))
}

fn spawn(folder: &JobFolder, options: &StartOptions) -> Result<Child> {
    let log = folder.file(file::LOG);
    set_aside(&log);
    let failed = |error| EngineError::io("write", &log, error);
    let output = OpenOptions::new().append(true).create(true).open(&log).map_err(failed)?;
    let errors = output.try_clone().map_err(failed)?;
    let start_failed = |source| EngineError::Start { executable: options.executable.clone(), source };
    let executable = std::path::absolute(&options.executable).map_err(start_failed)?;
    let mut command = Command::new(executable);
    command.args(&options.arguments).arg(folder.path());
    // Not where we are: a worker that lives for weeks must not keep that folder's file system busy.
    command.current_dir(folder.path());
    command.stdin(if options.secrets.is_empty() { Stdio::null() } else { Stdio::piped() });
    command.stdout(output).stderr(errors);
    lead_own_group(&mut command);
    let mut child = command.spawn().map_err(start_failed)?;
    if let Some(mut pipe) = child.stdin.take() {
        // A worker that ended at once closes the pipe; its status tells why, so that is no error here.
        if let Ok(secrets) = serde_json::to_vec(&options.secrets) {
            let _ = pipe.write_all(&secrets);
        }
    }
    Ok(child)
}

/// A log that has grown large makes room for a new one; one older one is kept beside it.
fn set_aside(log: &Path) {
    if std::fs::metadata(log).is_ok_and(|metadata| metadata.len() > LOG_BYTES) {
        // If it cannot be moved, it simply goes on growing.
        let _ = std::fs::rename(log, log.with_extension("old.txt"));
    }
}

/// Waits for the child, so that it leaves no zombie, and writes down how it ended if it could not do so itself.
fn reap_in_background(mut child: Child, folder: JobFolder, started: Option<Timestamp>) {
    let wait = move || {
        let ended = child.wait();
        let explanation = match ended {
            Ok(status) => how_it_ended(status),
            Err(_) => Explanation::failure("worker-interrupted"),
        };
        let state = if folder.is_cancel_requested() { JobState::Cancelled } else { JobState::Interrupted };
        finish(&folder, started, state, Some(explanation));
    };
    // Without this thread the job runs just as well and is observed by its lock; only a zombie stays until we end.
    let _ = std::thread::Builder::new().name("worker-reaper".to_owned()).spawn(wait);
}

#[cfg(unix)]
fn how_it_ended(status: ExitStatus) -> Explanation {
    use std::os::unix::process::ExitStatusExt;
    match status.signal() {
        Some(signal) => Explanation::failure("worker-killed").with("signal", signal),
        None => Explanation::failure("worker-ended").with("exit_code", status.code().unwrap_or(-1)),
    }
}

#[cfg(not(unix))]
fn how_it_ended(status: ExitStatus) -> Explanation {
    Explanation::failure("worker-ended").with("exit_code", status.code().unwrap_or(-1))
}

/// Writes a last status of the run that began at `started` where none stands, unless somebody works on the folder or it
/// was started again meanwhile.
fn finish(folder: &JobFolder, started: Option<Timestamp>, state: JobState, explanation: Option<Explanation>) {
    let Ok(_lock) = folder.lock() else { return };
    let Ok(status) = folder.read_status() else { return };
    let status = status.unwrap_or_default();
    if status.state.is_final() || status.started != started {
        return;
    }
    let ended = Some(now());
    let explanation = if state == JobState::Cancelled { None } else { explanation };
    let status = StatusFile { state, explanation, ended, updated: ended, pid: None, address: None, ..status };
    // If the disk is full, an observer still concludes the same from the free lock.
    let _ = folder.write_status(&status);
}

#[cfg(unix)]
fn lead_own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt;
    command.process_group(0);
}

#[cfg(windows)]
fn lead_own_group(command: &mut Command) {
    use std::os::windows::process::CommandExt;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    command.creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW);
}

#[cfg(unix)]
fn kill_group(pid: u32) -> std::result::Result<(), String> {
    use rustix::process::{Pid, Signal, getpid, kill_process, kill_process_group};
    // The number comes from a file: 0 and 1 would mean far more processes than one.
    let pid = i32::try_from(pid).ok().filter(|pid| *pid > 1).and_then(Pid::from_raw);
    let Some(pid) = pid.filter(|pid| *pid != getpid()) else {
        return Err("its status names no process that could be a worker".to_owned());
    };
    // A worker that was started by hand need not lead a group.
    kill_process_group(pid, Signal::KILL)
        .or_else(|_| kill_process(pid, Signal::KILL))
        .or_else(|error| if error == rustix::io::Errno::SRCH { Ok(()) } else { Err(error) })
        .map_err(|error| error.to_string())
}

#[cfg(windows)]
fn kill_group(pid: u32) -> std::result::Result<(), String> {
    let ended = Command::new("taskkill").args(["/T", "/F", "/PID", &pid.to_string()]).output();
    match ended {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The binary that is running, to be started again as a worker.
///
/// # Errors
/// If the system does not say.
pub fn this_executable() -> Result<std::path::PathBuf> {
    std::env::current_exe()
        .map_err(|source| EngineError::Start { executable: Path::new("modelier").to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_one_run_is_not_written_over_the_next() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = JobFolder::at(directory.path());
        let [first, second] = [Timestamp(1_000), Timestamp(2_000)].map(Some);
        let state = || folder.read_status().expect("readable").unwrap_or_default().state;
        folder.write_status(&StatusFile { started: second, ..StatusFile::default() }).expect("written");
        finish(&folder, first, JobState::Interrupted, None);
        assert_eq!(state(), JobState::Initializing);
        finish(&folder, second, JobState::Interrupted, None);
        assert_eq!(state(), JobState::Interrupted);
    }
}
