//! A predictor answered over HTTP: `POST /` with a multipart file, or with texts as JSON, answers a prediction, `GET
//! /health` says that it is there. Who may call is decided by a token, of which only the SHA-256 is known here.

mod calls;
pub mod client;
mod error;
mod http;
mod listen;
#[cfg(test)]
mod tests;
mod texts;
mod token;

pub use error::ServingError;
pub use token::{Token, TokenHash, read_internal_token};

use crate::domain::job_folder::DEFAULT_REQUEST_LIMIT_BYTES;
use crate::domain::{Cancel, Predictor};
use calls::Calls;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What the functions of this module return.
pub type Result<T> = std::result::Result<T, ServingError>;

/// How long requests that are being answered may go on once the service shall stop.
const GRACE: Duration = Duration::from_secs(10);
const CANCEL_POLL: Duration = Duration::from_millis(100);
/// Counts are written at most this often.
const COUNTS_EVERY: Duration = Duration::from_secs(1);

/// Takes a line for the service's log; it adds the time.
pub type LogLine = Arc<dyn Fn(&str) + Send + Sync>;

/// What a service needs to run.
#[derive(Clone)]
pub struct ServeConfig {
    /// Where `service.json` and `internal-token` are kept.
    pub folder: PathBuf,
    pub predictor: Arc<dyn Predictor>,
    /// Loopback unless the person chose otherwise.
    pub host: IpAddr,
    /// A port that was asked for and is insisted on; `None`: the one it had last, else a free one.
    pub port: Option<u16>,
    /// The name of the multipart field, `images` for images.
    pub field: String,
    pub token: TokenHash,
    /// The largest file that is taken, in bytes.
    pub request_limit_bytes: u64,
    /// How many predictions run at once; more calls wait.
    pub concurrency: usize,
    pub log: LogLine,
}

impl ServeConfig {
    /// A service on a loopback port with the usual settings, whose log goes nowhere.
    #[must_use]
    pub fn new(folder: PathBuf, predictor: Arc<dyn Predictor>, token: TokenHash) -> Self {
        Self {
            folder,
            predictor,
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: None,
            field: "images".to_owned(),
            token,
            request_limit_bytes: DEFAULT_REQUEST_LIMIT_BYTES,
            concurrency: 2,
            log: Arc::new(|_| {}),
        }
    }
}

/// Answers until `cancel` or a signal to end asks it to stop; requests under way are finished first. `ready` is told
/// the address once it is listened at. Blocks; it brings its own runtime, so it must not be called inside one.
///
/// # Errors
/// If the port is taken, or the folder cannot be written.
pub fn serve(config: ServeConfig, cancel: &Cancel, ready: impl FnOnce(SocketAddr)) -> Result<()> {
    let calls = Arc::new(Calls::open(&config.folder)?);
    let listening = listen::listen(config.host, config.port, calls.remembered_port())?;
    let address = listening.local_addr().map_err(|source| ServingError::Listen { address: String::new(), source })?;
    if let Some(before) = calls.remembered_port().filter(|before| *before != address.port()) {
        (config.log)(&format!("port {before} is taken, the service is now at {address}"));
    }
    calls.remember_port(address.port())?;
    let internal = token::renew_internal_token(&config.folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(config.concurrency + 2)
        .thread_name("serving")
        .enable_all()
        .build()
        .map_err(ServingError::Runtime)?;
    let result = runtime.block_on(answer(config, listening, internal, calls.clone(), cancel.clone(), ready));
    // A prediction that does not end must not keep the service from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    calls.save()?;
    result
}

async fn answer(
    config: ServeConfig,
    listening: std::net::TcpListener,
    internal: TokenHash,
    calls: Arc<Calls>,
    cancel: Cancel,
    ready: impl FnOnce(SocketAddr),
) -> Result<()> {
    listening.set_nonblocking(true).map_err(ServingError::Runtime)?;
    let listener = tokio::net::TcpListener::from_std(listening).map_err(ServingError::Runtime)?;
    let address = listener.local_addr().map_err(ServingError::Runtime)?;
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let log = config.log.clone();
    let saver = tokio::spawn(save_counts(calls.clone(), log.clone()));
    let router = http::router(config, internal, calls);
    let stopped = |mut stopping: tokio::sync::watch::Receiver<bool>| async move {
        // An error means that the sender is gone, which is a stop too.
        let _ = stopping.wait_for(|stop| *stop).await;
    };
    let server = axum::serve(listener, router).with_graceful_shutdown(stopped(stopping.clone()));
    let wait_for_stop = async {
        asked_to_stop(&cancel).await;
        let _ = stop.send(true);
        std::future::pending::<()>().await;
    };
    let overdue = async {
        stopped(stopping).await;
        tokio::time::sleep(GRACE).await;
    };
    log(&format!("answering at http://{address}/"));
    ready(address);
    let result = tokio::select! {
        ended = async { server.await } => ended.map_err(ServingError::Runtime),
        () = wait_for_stop => Ok(()),
        () = overdue => {
            log("requests that did not end were cut off");
            Ok(())
        }
    };
    saver.abort();
    log("stopped");
    result
}

/// Returns once `cancel` or a signal asks for the end.
async fn asked_to_stop(cancel: &Cancel) {
    let cancelled = async {
        while !cancel.is_cancelled() {
            tokio::time::sleep(CANCEL_POLL).await;
        }
    };
    tokio::select! {
        () = cancelled => {}
        () = end_signal() => {}
    }
}

#[cfg(unix)]
async fn end_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            terminate.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn end_signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

async fn save_counts(calls: Arc<Calls>, log: LogLine) {
    let mut failed_before = false;
    loop {
        tokio::time::sleep(COUNTS_EVERY).await;
        let saving = calls.clone();
        let failure = match tokio::task::spawn_blocking(move || saving.save()).await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error.to_string()),
            Err(error) => Some(error.to_string()),
        };
        // Said once, not every second of a full disk.
        if let Some(failure) = failure.as_ref().filter(|_| !failed_before) {
            log(&format!("the call counts are not saved: {failure}"));
        }
        failed_before = failure.is_some();
    }
}
