//! Tokens: 256 random bits, of which only the SHA-256 is kept and compared in constant time.

use super::{Result, ServingError};
use crate::domain::job_folder::file;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io::Write;
use std::path::Path;
use subtle::{Choice, ConstantTimeEq};

/// A token as its owner sees it, once: 64 hexadecimal digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// The SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl Token {
    /// A new token and its SHA-256, from the system's randomness.
    #[must_use]
    pub fn generate() -> (Self, TokenHash) {
        let mut bits = [0_u8; 32];
        rand::fill(&mut bits[..]);
        let token = Self(hexadecimal(&bits));
        let hash = TokenHash::of(token.as_str().as_bytes());
        (token, hash)
    }

    /// The token as text. Never log it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenHash {
    /// The hash of what a caller presents.
    #[must_use]
    pub fn of(token: &[u8]) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Reads 64 hexadecimal digits.
    ///
    /// # Errors
    /// If it is something else.
    pub fn parse(text: &str) -> Result<Self> {
        let mut hash = [0_u8; 32];
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ServingError::TokenHash);
        }
        for (byte, index) in hash.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[index..index + 2], 16).map_err(|_| ServingError::TokenHash)?;
        }
        Ok(Self(hash))
    }

    /// Whether both are the same, in a time that does not tell where they differ.
    pub(crate) fn matches(&self, other: &Self) -> Choice {
        self.0.ct_eq(&other.0)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hexadecimal(&self.0))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({self})")
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 0xF)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Makes a new internal token and leaves it in a file that only its owner can read.
pub(crate) fn renew_internal_token(folder: &Path) -> Result<TokenHash> {
    let (token, hash) = Token::generate();
    let path = folder.join(file::INTERNAL_TOKEN);
    // A temporary file is made with mode 0600 and keeps it when it is renamed.
    let write = || -> std::io::Result<()> {
        let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
        temporary.write_all(token.as_str().as_bytes())?;
        temporary.persist(&path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| ServingError::io("write", &path, error))?;
    Ok(hash)
}

/// The internal token of the service in `folder`, for the test page and `service predict`.
///
/// # Errors
/// If the service never ran, or the file belongs to somebody else.
pub fn read_internal_token(folder: &Path) -> Result<Token> {
    let path = folder.join(file::INTERNAL_TOKEN);
    let text = std::fs::read_to_string(&path).map_err(|error| ServingError::io("read", &path, error))?;
    Ok(Token(text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_256_bits_and_its_hash_is_sha_256() {
        let (token, hash) = Token::generate();
        assert_eq!(token.as_str().len(), 64);
        assert_ne!(token, Token::generate().0);
        assert_eq!(TokenHash::parse(&hash.to_string()).expect("reads back"), hash);
        assert!(!format!("{token:?}").contains(token.as_str()));
        // FIPS 180-2, appendix B.1.
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(TokenHash::of(b"abc").to_string(), known);
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        for text in ["", "00", &"g".repeat(64), &"0".repeat(63), &"花".repeat(22)] {
            assert!(TokenHash::parse(text).is_err(), "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_internal_token() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let first = renew_internal_token(folder.path()).expect("written");
        let second = renew_internal_token(folder.path()).expect("written again");
        assert_ne!(first, second);
        let mode = std::fs::metadata(folder.path().join(file::INTERNAL_TOKEN)).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let token = read_internal_token(folder.path()).expect("reads");
        assert_eq!(TokenHash::of(token.as_str().as_bytes()), second);
    }
}
