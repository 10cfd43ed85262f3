//! The requests a service takes and how it answers each.

use super::calls::Calls;
use super::{LogLine, ServeConfig, TokenHash};
use crate::domain::{Explain, Predictor};
use axum::body::{Body, HttpBody};
use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// What a multipart body may have beside the file itself.
const FRAMING_BYTES: u64 = 64 * 1024;
/// Uploads held in memory at once; more callers wait this long before they are told to come again.
const UPLOADS_AT_ONCE: usize = 16;
const UPLOAD_WAIT: Duration = Duration::from_secs(30);
/// How long one upload may take.
const UPLOAD_TIME: Duration = Duration::from_secs(120);
/// What is read of a refused request, so that its sender gets to see the answer instead of a broken connection.
const DRAIN_BYTES: u64 = 512 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(5);

struct Server {
    predictor: Arc<dyn Predictor>,
    field: String,
    tokens: [TokenHash; 2],
    limit_bytes: u64,
    uploads: Semaphore,
    predictions: Arc<Semaphore>,
    calls: Arc<Calls>,
    log: LogLine,
}

/// Why a request got no prediction.
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) code: String,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into() }
    }
}

impl Refusal {
    /// Why the model did not answer.
    pub(super) fn of(error: &(dyn Explain + Send + Sync)) -> Self {
        let explanation = error.explain();
        let status = if explanation.bad_input { StatusCode::BAD_REQUEST } else { StatusCode::INTERNAL_SERVER_ERROR };
        Self::new(status, &explanation.code, error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response =
            (self.status, Json(json!({"error_code": self.code, "error_msg": self.message}))).into_response();
        let headers = response.headers_mut();
        match self.status {
            StatusCode::UNAUTHORIZED => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

/// The routes of a service.
pub(super) fn router(config: ServeConfig, internal: TokenHash, calls: Arc<Calls>) -> Router {
    let body_limit = usize::try_from(config.request_limit_bytes + FRAMING_BYTES).unwrap_or(usize::MAX);
    let server = Arc::new(Server {
        predictor: config.predictor,
        field: config.field,
        tokens: [config.token, internal],
        limit_bytes: config.request_limit_bytes,
        uploads: Semaphore::new(UPLOADS_AT_ONCE),
        predictions: Arc::new(Semaphore::new(config.concurrency.max(1))),
        calls,
        log: config.log,
    });
    Router::new()
        .route("/", post(predict))
        .route("/health", get(health))
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(body_limit))
        .with_state(server)
}

async fn health() -> Response {
    Json(json!({"status": "running"})).into_response()
}

async fn not_found(uri: Uri) -> Refusal {
    let message = format!("there is nothing at {}: POST to / or GET /health", uri.path());
    Refusal::new(StatusCode::NOT_FOUND, "not-found", message)
}

async fn not_allowed(method: Method, uri: Uri) -> Refusal {
    let message = format!("{method} does nothing at {}: POST to / or GET /health", uri.path());
    Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", message)
}

/// Counts and logs a call, also one whose caller went away.
struct Call {
    server: Arc<Server>,
    begun: Instant,
    size_bytes: usize,
    status: Option<StatusCode>,
    code: String,
}

impl Drop for Call {
    fn drop(&mut self) {
        self.server.calls.count(self.status == Some(StatusCode::OK));
        let (milliseconds, size) = (self.begun.elapsed().as_millis(), self.size_bytes);
        let line = match self.status {
            Some(StatusCode::OK) => format!("POST / 200 {milliseconds} ms {size} bytes"),
            Some(status) => format!("POST / {} {milliseconds} ms {size} bytes {}", status.as_u16(), self.code),
            None => format!("POST / the caller went away after {milliseconds} ms"),
        };
        (self.server.log)(&line);
    }
}

async fn predict(State(server): State<Arc<Server>>, request: Request) -> Response {
    let mut call =
        Call { server: server.clone(), begun: Instant::now(), size_bytes: 0, status: None, code: String::new() };
    let response = match answer(&server, request, &mut call.size_bytes).await {
        Ok(response) => response,
        Err(refusal) => {
            call.code.clone_from(&refusal.code);
            refusal.into_response()
        }
    };
    call.status = Some(response.status());
    response
}

async fn answer(server: &Arc<Server>, request: Request, size_bytes: &mut usize) -> Result<Response, Refusal> {
    if let Err(refusal) = check_head(server, request.headers()) {
        drain(request.into_body()).await;
        return Err(refusal);
    }
    let bytes = {
        let Ok(upload) = tokio::time::timeout(UPLOAD_WAIT, server.uploads.acquire()).await else {
            let message = "too many uploads at once: try again in some seconds";
            return Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "too-busy", message));
        };
        let _upload = upload.map_err(|_| stopping())?;
        let Ok(bytes) = tokio::time::timeout(UPLOAD_TIME, receive(server, request)).await else {
            let message = format!("the upload took more than {} seconds", UPLOAD_TIME.as_secs());
            return Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, "upload-timeout", message));
        };
        bytes?
    };
    *size_bytes = bytes.len();
    let permit = server.predictions.clone().acquire_owned().await.map_err(|_| stopping())?;
    let predictor = server.predictor.clone();
    let work = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        if predictor.takes_text() {
            return super::texts::answer(&*predictor, &bytes).map(|answer| Json(answer).into_response());
        }
        let prediction = predictor.predict(&bytes).map_err(|error| Refusal::of(&*error))?;
        Ok(Json(prediction).into_response())
    });
    match work.await {
        Ok(answer) => answer,
        Err(_) => {
            let message = "the model failed on this input; the service's log says more";
            Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "prediction-failed", message))
        }
    }
}

fn stopping() -> Refusal {
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", "the service is stopping")
}

/// What can be judged before the body is read.
fn check_head(server: &Server, headers: &HeaderMap) -> Result<(), Refusal> {
    let Some(token) = presented_token(headers) else {
        let message = "no token: send it in the header X-Auth-Token";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "token-missing", message));
    };
    let hash = TokenHash::of(token);
    let [public, internal] = &server.tokens;
    if !bool::from(public.matches(&hash) | internal.matches(&hash)) {
        let message = "the token in X-Auth-Token is not this service's";
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, "token-wrong", message));
    }
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let takes_text = server.predictor.takes_text();
    let wanted = if takes_text { super::texts::CONTENT_TYPE } else { "multipart/form-data" };
    if !content_type.trim_start().to_ascii_lowercase().starts_with(wanted) {
        let message = if takes_text {
            format!("send {wanted}: {}", super::texts::FORM)
        } else {
            format!("send {wanted} with a file in the field {0:?}, as curl -F '{0}=@FILE' does", server.field)
        };
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type", message));
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > server.limit_bytes.saturating_add(FRAMING_BYTES)) {
        return Err(too_large(server));
    }
    Ok(())
}

fn presented_token(headers: &HeaderMap) -> Option<&[u8]> {
    if let Some(token) = headers.get("x-auth-token") {
        return Some(token.as_bytes().trim_ascii());
    }
    let bearer = headers.get(header::AUTHORIZATION)?.as_bytes().trim_ascii();
    let (scheme, token) = bearer.split_at_checked(b"bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| token.trim_ascii())
}

fn too_large(server: &Server) -> Refusal {
    let message = format!("the request is above this service's limit of {} bytes", server.limit_bytes);
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "request-too-large", message)
}

/// The file of a request, or its whole body where texts are taken.
async fn receive(server: &Server, request: Request) -> Result<axum::body::Bytes, Refusal> {
    if !server.predictor.takes_text() {
        return receive_file(server, request).await;
    }
    let body = axum::body::Bytes::from_request(request, &()).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return too_large(server);
        }
        let message = format!("the request is cut: {}", rejection.body_text());
        Refusal::new(StatusCode::BAD_REQUEST, "request-cut", message)
    })?;
    if body.len() as u64 > server.limit_bytes { Err(too_large(server)) } else { Ok(body) }
}

/// The file of a request.
async fn receive_file(server: &Server, request: Request) -> Result<axum::body::Bytes, Refusal> {
    let malformed = |reason: String| {
        Refusal::new(
            StatusCode::BAD_REQUEST,
            "multipart-malformed",
            format!("the request is cut or malformed: {reason}"),
        )
    };
    let mut multipart =
        Multipart::from_request(request, &()).await.map_err(|rejection| malformed(rejection.body_text()))?;
    let failed = |error: MultipartError| {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large(server) } else { malformed(error.body_text()) }
    };
    let mut file = None;
    let mut others = Vec::new();
    while let Some(field) = multipart.next_field().await.map_err(failed)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name != server.field {
            others.push(name);
            continue;
        }
        let bytes = field.bytes().await.map_err(failed)?;
        if file.replace(bytes).is_some() {
            let message = format!("several files in the field {:?}: send one a request", server.field);
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "several-files", message));
        }
    }
    let Some(bytes) = file else {
        let got = if others.is_empty() { "there was none".to_owned() } else { format!("there was {others:?}") };
        let message = format!("the field {:?} with the file is missing: {got}", server.field);
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "field-missing", message));
    };
    if bytes.len() as u64 > server.limit_bytes {
        return Err(too_large(server));
    }
    if bytes.is_empty() {
        let message = format!("the file in the field {:?} is empty", server.field);
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "file-empty", message));
    }
    Ok(bytes)
}

/// Reads what is left of a refused request and forgets it.
async fn drain(mut body: Body) {
    let read = async {
        let mut total = 0_u64;
        while let Some(Ok(frame)) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            total += frame.data_ref().map_or(0, |data| data.len() as u64);
            if total > DRAIN_BYTES {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN_TIME, read).await;
}
