//! A job that serves a model until it is stopped.

use super::WorkerError;
use super::report::Report;
use crate::domain::job_folder::ServeTask;
use crate::domain::predict::Prediction;
use crate::domain::{Cancel, Explain, JobState, MetricSink, Predictor};
use crate::engines::JobFolder;
use crate::learning;
use crate::serving::{self, ServeConfig, ServingError, TokenHash};
use crate::storage::Location;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

pub(super) fn run(
    folder: &JobFolder,
    task: &ServeTask,
    report: &Arc<Report>,
    cancel: &Cancel,
) -> Result<(), WorkerError> {
    report.phase(JobState::Deploying, "loading-model", (0.0, 1.0));
    report.log(&format!("service {}: loading the model from {}", task.name, task.model));
    let token = TokenHash::parse(&task.token_sha256)?;
    let host = host(&task.host)?;
    let model = Location::from_uri(&task.model)?;
    let mut predictor: Arc<dyn Predictor> = Arc::from(learning::load_predictor(model.local_path()?)?);
    if let Some(least_score) = task.least_score {
        predictor = Arc::new(AtLeast { predictor, least_score });
    }
    let mut config = ServeConfig::new(folder.path().to_owned(), predictor, token);
    config.host = host;
    config.port = task.port;
    config.request_limit_bytes = task.request_limit_bytes;
    let log = report.clone();
    config.log = Arc::new(move |line| log.log(line));
    serving::serve(config, cancel, |address| report.serving_at(reachable(address)))?;
    Ok(())
}

/// A predictor that keeps back what it is not sure enough of.
struct AtLeast {
    predictor: Arc<dyn Predictor>,
    least_score: f64,
}

impl Predictor for AtLeast {
    fn predict(&self, bytes: &[u8]) -> Result<Prediction, Box<dyn Explain + Send + Sync>> {
        Ok(self.predictor.predict(bytes)?.at_least(self.least_score))
    }
}

fn host(text: &str) -> Result<IpAddr, WorkerError> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    text.parse().map_err(|_| {
        let source = std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is no IP address");
        WorkerError::Serving(ServingError::Listen { address: text.to_owned(), source })
    })
}

/// How this machine reaches the address; "all addresses" is none.
fn reachable(address: SocketAddr) -> String {
    let host = match address.ip() {
        IpAddr::V4(host) if host.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(host) if host.is_unspecified() => IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
        host => host,
    };
    format!("http://{}/", SocketAddr::new(host, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_told_so_that_they_can_be_called() {
        assert!(host("localhost").is_ok() && host("0.0.0.0").is_ok() && host("example.org").is_err());
        assert_eq!(reachable("0.0.0.0:80".parse().expect("valid")), "http://127.0.0.1:80/");
        assert_eq!(reachable("[::]:80".parse().expect("valid")), "http://[::1]:80/");
    }
}
