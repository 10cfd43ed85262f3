//! Which port a service gets: the one it was given, the one it had, or a free one.

use super::{Result, ServingError};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};

/// Below the range from which systems take ports for outgoing connections, so that a stopped service finds its port
/// free again.
const CHOICE: std::ops::Range<u16> = 20_000..30_000;
const TRIES: usize = 32;

/// Listens at the port that was asked for, else the remembered one, else a free one. Two services never get one port:
/// the system decides.
pub(super) fn listen(host: IpAddr, asked: Option<u16>, remembered: Option<u16>) -> Result<TcpListener> {
    let failed = |port: u16, source: io::Error| {
        let address = SocketAddr::new(host, port).to_string();
        if source.kind() == io::ErrorKind::AddrInUse {
            ServingError::PortTaken { address }
        } else {
            ServingError::Listen { address, source }
        }
    };
    if let Some(port) = asked {
        return TcpListener::bind((host, port)).map_err(|source| failed(port, source));
    }
    let random = std::iter::repeat_with(|| rand::random_range(CHOICE)).take(TRIES);
    for port in remembered.into_iter().chain(random) {
        match TcpListener::bind((host, port)) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            result => return result.map_err(|source| failed(port, source)),
        }
    }
    TcpListener::bind((host, 0)).map_err(|source| failed(0, source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

    fn port(listener: &TcpListener) -> u16 {
        listener.local_addr().expect("bound").port()
    }

    #[test]
    fn the_remembered_port_is_taken_again() {
        let first = listen(HOST, None, None).expect("a free port");
        let remembered = port(&first);
        drop(first);
        assert_eq!(port(&listen(HOST, None, Some(remembered)).expect("free again")), remembered);
    }

    #[test]
    fn a_taken_port_is_replaced_unless_it_was_asked_for() {
        let other = listen(HOST, None, None).expect("a free port");
        let taken = port(&other);
        assert_ne!(port(&listen(HOST, None, Some(taken)).expect("another")), taken);
        assert!(matches!(listen(HOST, Some(taken), None), Err(ServingError::PortTaken { .. })));
    }
}
