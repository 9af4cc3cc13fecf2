//! A token: what a caller shows to be known. Only its hash is kept.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::error::Error;

/// What every token begins with, so that one which was published by accident can be found.
const PREFIX: &str = "hw_";

/// A token, shown once. It has no `Debug`, so that it gets into no log.
pub struct Token(String);

impl Token {
    /// A token from 32 random bytes.
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// A token that can be made again by whoever has both the secret, another token, and the seed. Neither says anything about it alone.
    pub fn derived(secret: &str, seed: &[u8]) -> Result<Self, Error> {
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
        let mac = mac.map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Self::new(mac.chain_update(seed).finalize().into_bytes().into()))
    }

    /// The token as the caller keeps it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }
}

/// The hash of a token that somebody shows. The token is random, so that no salt and no slow hash is needed.
pub fn hash(token: &str) -> String {
    hex(&Sha256::digest(token.as_bytes()))
}

/// Bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_long_and_its_hash_is_known() {
        let token = Token::new([7; 32]);
        assert_eq!(token.reveal().len(), 46);
        assert!(token.reveal().starts_with("hw_BwcH"));
        assert_eq!(hash(token.reveal()), token.hash());
        let derived = |secret, seed: &[u8]| Token::derived(secret, seed).unwrap().reveal().to_owned();
        assert_eq!(derived("a", b"b"), derived("a", b"b"));
        assert_ne!(derived("a", b"b"), derived("a", b"c"));
        assert_ne!(derived("a", b"b"), derived("b", b"b"));
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
