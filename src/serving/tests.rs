//! A service on loopback, called as programs call it.

use super::client::{self, CallError};
use super::{ServeConfig, ServingError, Token, read_internal_token, serve};
use crate::domain::job_folder::{self, ServiceFile, file};
use crate::domain::predict::Prediction;
use crate::domain::{Cancel, Explain, Explanation, Predictor};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[derive(Debug, thiserror::Error)]
#[error("these bytes are no image")]
struct NoImage;

impl Explain for NoImage {
    fn explain(&self) -> Explanation {
        Explanation::bad_input("image-unreadable")
    }
}

/// Answers by the first byte: `r` is a rose, `p` panics, `s` takes its time; anything else is no image.
#[derive(Default)]
struct ByFirstByte {
    running: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Predictor for ByFirstByte {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(running, Ordering::SeqCst);
        if bytes[0] == b's' {
            std::thread::sleep(Duration::from_millis(300));
        }
        self.running.fetch_sub(1, Ordering::SeqCst);
        match bytes[0] {
            b'r' | b's' => Ok(Prediction::Classification {
                predicted_label: "roses".to_owned(),
                scores: vec![("roses".to_owned(), 0.75), ("tulips".to_owned(), 0.25)],
            }),
            b'p' => panic!("a fault in the model"),
            _ => Err(Box::new(NoImage)),
        }
    }
}

struct Running {
    address: SocketAddr,
    token: Token,
    cancel: Cancel,
    predictor: Arc<ByFirstByte>,
    log: Arc<Mutex<String>>,
    thread: Option<JoinHandle<Result<(), ServingError>>>,
}

impl Running {
    fn start(folder: &Path, change: impl FnOnce(&mut ServeConfig)) -> Self {
        let (token, hash) = Token::generate();
        let predictor = Arc::new(ByFirstByte::default());
        let mut config = ServeConfig::new(folder.to_owned(), predictor.clone(), hash);
        let log = Arc::new(Mutex::new(String::new()));
        let lines = log.clone();
        config.log = Arc::new(move |line| {
            let mut lines = lines.lock().expect("whole");
            lines.push_str(line);
            lines.push('\n');
        });
        change(&mut config);
        let cancel = Cancel::default();
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let stop = cancel.clone();
        let thread = std::thread::Builder::new()
            .name("service under test".to_owned())
            .spawn(move || serve(config, &stop, |address| sender.send(address).expect("awaited")))
            .expect("a thread");
        let address = receiver.recv_timeout(Duration::from_secs(10)).expect("it listens");
        Self { address, token, cancel, predictor, log, thread: Some(thread) }
    }

    fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn predict(&self, bytes: &[u8]) -> Result<Prediction, CallError> {
        client::predict(&self.url(), self.token.as_str(), "花.jpg", bytes.to_vec())
    }

    /// Sends `request` as it is and answers the status and the body; for what a proper client would not send.
    fn raw(&self, request: &[u8]) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("sets");
        stream.write_all(request).expect("sent");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }

    fn stop(mut self) -> String {
        self.cancel.cancel();
        self.thread.take().expect("running").join().expect("no panic").expect("ends well");
        self.log.lock().expect("whole").clone()
    }
}

fn counts(folder: &Path) -> ServiceFile {
    let bytes = std::fs::read(folder.join(file::SERVICE)).expect("there");
    job_folder::parse(file::SERVICE, &bytes).expect("reads")
}

fn refusal(result: Result<Prediction, CallError>) -> (u16, String, String) {
    match result {
        Err(CallError::Refused { status, code, message }) => (status, code, message),
        other => panic!("not refused: {other:?}"),
    }
}

fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::thread::JoinHandle<T> {
    std::thread::Builder::new().name("test".to_owned()).spawn(work).expect("a thread")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_file_is_answered_as_the_guide_says() {
    let folder = folder();
    let service = Running::start(folder.path(), |_| {});
    client::health(&service.url()).expect("healthy without a token");
    let Prediction::Classification { predicted_label, scores } = service.predict(b"rose").expect("answers") else {
        panic!("an image classifier answered")
    };
    assert_eq!(predicted_label, "roses");
    assert_eq!(scores[1], ("tulips".to_owned(), 0.25));
    let internal = read_internal_token(folder.path()).expect("renewed");
    client::predict(&service.url(), internal.as_str(), "a.jpg", b"r".to_vec()).expect("the internal token counts too");
    let token = service.token.clone();
    let log = service.stop();
    assert!(log.contains("POST / 200"), "{log}");
    assert!(!log.contains(token.as_str()) && !log.contains(internal.as_str()), "a token in the log: {log}");
}

#[test]
fn a_call_without_the_right_token_is_refused() {
    let folder = folder();
    let service = Running::start(folder.path(), |_| {});
    // Larger than what sockets buffer: the caller must still get to see the answer.
    let large = vec![b'r'; 20_000_000];
    let (status, code, _) = refusal(client::predict(&service.url(), "guess", "a.jpg", large));
    assert_eq!((status, code.as_str()), (401, "token-wrong"));
    let (status, body) = service.raw(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    assert_eq!(status, 401);
    assert!(body.contains("token-missing"), "{body}");
    let bearer = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: bearer {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        service.token.as_str()
    );
    assert_eq!(service.raw(bearer.as_bytes()).0, 415, "the token is right, the body is missing");
    service.stop();
    assert_eq!((counts(folder.path()).calls, counts(folder.path()).failed_calls), (3, 3));
}

#[test]
fn what_is_wrong_with_a_request_is_said() {
    let folder = folder();
    let service = Running::start(folder.path(), |config| config.request_limit_bytes = 1000);
    let (status, code, message) = refusal(service.predict(b"garbage"));
    assert_eq!((status, code.as_str(), message.as_str()), (400, "image-unreadable", "these bytes are no image"));
    let (status, code, _) = refusal(service.predict(b""));
    assert_eq!((status, code.as_str()), (400, "file-empty"));
    service.predict(&[b'r'; 1000]).expect("just at the limit");
    let (status, code, _) = refusal(service.predict(&[b'r'; 1001]));
    assert_eq!((status, code.as_str()), (413, "request-too-large"), "just above the limit");
    let (status, code, _) = refusal(service.predict(&vec![b'r'; 30_000_000]));
    assert_eq!((status, code.as_str()), (413, "request-too-large"), "far above the limit");

    let form = "--b\r\nContent-Disposition: form-data; name=\"picture\"\r\n\r\nr\r\n--b--\r\n";
    let head = format!(
        "POST / HTTP/1.1\r\nHost: x\r\nX-Auth-Token: {}\r\nConnection: close\r\n\
         Content-Type: multipart/form-data; boundary=b\r\n",
        service.token.as_str()
    );
    let whole = format!("{head}Content-Length: {}\r\n\r\n{form}", form.len());
    let (status, body) = service.raw(whole.as_bytes());
    assert_eq!(status, 400);
    assert!(body.contains("field-missing") && body.contains("images") && body.contains("picture"), "{body}");
    let cut = &form[..form.len() - 9];
    let (status, body) = service.raw(format!("{head}Content-Length: {}\r\n\r\n{cut}", cut.len()).as_bytes());
    assert_eq!(status, 400);
    assert!(body.contains("multipart-malformed"), "{body}");
    // No length is announced: the limit holds while reading.
    let mut chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
    let start = "--b\r\nContent-Disposition: form-data; name=\"images\"; filename=\"a\"\r\n\r\n";
    chunked.extend_from_slice(format!("{:x}\r\n{start}\r\n", start.len()).as_bytes());
    for _ in 0..3 {
        chunked.extend_from_slice(format!("{:x}\r\n{}\r\n", 30_000, "r".repeat(30_000)).as_bytes());
    }
    chunked.extend_from_slice(b"0\r\n\r\n");
    assert_eq!(service.raw(&chunked).0, 413);
    let (status, body) = service.raw(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(status, 405);
    assert!(body.contains("method-not-allowed"), "{body}");
    assert_eq!(service.raw(b"GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").0, 404);
    service.stop();
}

#[test]
fn a_fault_in_the_model_is_one_failed_call() {
    let folder = folder();
    let service = Running::start(folder.path(), |_| {});
    let (status, code, _) = refusal(service.predict(b"panic"));
    assert_eq!((status, code.as_str()), (500, "prediction-failed"));
    service.predict(b"rose").expect("the service lives on");
    service.stop();
    assert_eq!((counts(folder.path()).calls, counts(folder.path()).failed_calls), (2, 1));
}

#[test]
fn calls_at_once_are_all_answered_two_at_a_time() {
    let folder = folder();
    let service = Running::start(folder.path(), |_| {});
    let (url, token) = (service.url(), service.token.clone());
    let callers: Vec<_> = (0..8)
        .map(|_| {
            let (url, token) = (url.clone(), token.clone());
            spawn(move || client::predict(&url, token.as_str(), "a", b"slow".to_vec()).is_ok())
        })
        .collect();
    assert!(callers.into_iter().all(|caller| caller.join().expect("ends")));
    assert_eq!(service.predictor.most_at_once.load(Ordering::SeqCst), 2);
    service.stop();
    assert_eq!(counts(folder.path()).calls, 8);
}

#[test]
fn stopping_finishes_what_is_under_way() {
    let folder = folder();
    let service = Running::start(folder.path(), |_| {});
    let (url, token) = (service.url(), service.token.clone());
    let caller = spawn(move || client::predict(&url, token.as_str(), "a", b"slow".to_vec()));
    while service.predictor.running.load(Ordering::SeqCst) == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let url = service.url();
    service.stop();
    assert!(caller.join().expect("ends").is_ok(), "the call that was being answered");
    assert!(matches!(client::health(&url), Err(CallError::Unreachable { .. })));
}

#[test]
fn port_and_counts_survive_a_stop_but_the_internal_token_does_not() {
    let folder = folder();
    let service = Running::start(folder.path(), |_| {});
    let (address, first) = (service.address, read_internal_token(folder.path()).expect("there"));
    service.predict(b"rose").expect("answers");
    // Counts are on disk soon, so that even a kill loses little.
    let deadline = Instant::now() + Duration::from_secs(5);
    while counts(folder.path()).calls == 0 {
        assert!(Instant::now() < deadline, "the counts are not saved while running");
        std::thread::sleep(Duration::from_millis(20));
    }
    service.stop();
    let service = Running::start(folder.path(), |_| {});
    assert_eq!(service.address, address);
    let (status, ..) = refusal(client::predict(&service.url(), first.as_str(), "a", b"r".to_vec()));
    assert_eq!(status, 401);
    service.stop();
    assert_eq!((counts(folder.path()).calls, counts(folder.path()).failed_calls), (2, 1));
}

#[test]
fn a_port_that_was_asked_for_and_is_taken_is_an_error() {
    let (first, second) = (folder(), folder());
    let service = Running::start(first.path(), |_| {});
    let mut config = ServeConfig::new(second.path().to_owned(), Arc::new(ByFirstByte::default()), Token::generate().1);
    config.port = Some(service.address.port());
    let result = serve(config, &Cancel::default(), |_| {});
    assert!(matches!(result, Err(ServingError::PortTaken { .. })));
    service.stop();
}
