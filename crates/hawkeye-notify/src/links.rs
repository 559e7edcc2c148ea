//! Links that acknowledge without a login: what they are for and until when is in them, signed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Separates this use of the vault's key from others.
const PURPOSE: &[u8] = b"hawkeye acknowledgement links 1";

const SIGNATURE_BYTES: usize = 32;

/// A longer token is not looked at.
const TOKEN_LENGTH_MAX: usize = 2_048;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkPayload {
    /// What is acknowledged: the notification's thread.
    pub thread: String,
    /// Which notification carried the link, and so to whom it went.
    pub key: String,
    pub expires_ms: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    #[error("the link is not one of ours; open it exactly as it was sent")]
    Forged,
    #[error("the link has expired; acknowledge in Hawkeye")]
    Expired,
}

/// Signs and verifies. Comes from [`crate::Vault::links`].
#[derive(Clone)]
pub struct Links {
    key: [u8; 32],
}

impl Links {
    pub(crate) fn derived_from(key: &[u8; 32]) -> Self {
        Self { key: mac(key, PURPOSE).finalize().into_bytes().into() }
    }

    /// A token for a path: letters, digits, `-`, `_` and one `.`.
    #[must_use]
    pub fn sign(&self, payload: &LinkPayload) -> String {
        let body = serde_json::to_vec(payload).unwrap_or_default();
        let signature = mac(&self.key, &body).finalize().into_bytes();
        format!("{}.{}", URL_SAFE_NO_PAD.encode(&body), URL_SAFE_NO_PAD.encode(signature))
    }

    pub fn verify(&self, token: &str, now_ms: i64) -> Result<LinkPayload, LinkError> {
        if token.len() > TOKEN_LENGTH_MAX {
            return Err(LinkError::Forged);
        }
        let (body, signature) = token.split_once('.').ok_or(LinkError::Forged)?;
        let body = URL_SAFE_NO_PAD.decode(body).map_err(|_| LinkError::Forged)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| LinkError::Forged)?;
        if signature.len() != SIGNATURE_BYTES {
            return Err(LinkError::Forged);
        }
        // Takes equally long whichever byte differs.
        mac(&self.key, &body).verify_slice(&signature).map_err(|_| LinkError::Forged)?;
        let payload: LinkPayload = serde_json::from_slice(&body).map_err(|_| LinkError::Forged)?;
        if now_ms >= payload.expires_ms {
            return Err(LinkError::Expired);
        }
        Ok(payload)
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Links")
    }
}

/// What to remember of a used token: enough to know it again, not enough to use it.
#[must_use]
pub fn token_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes()))
}

fn mac(key: &[u8; 32], message: &[u8]) -> Hmac<Sha256> {
    // HMAC fills a short key up to the hash's block with zeros; done here, no length can be wrong.
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(message);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload() -> LinkPayload {
        LinkPayload { thread: "g1".to_owned(), key: "g1/3/mail".to_owned(), expires_ms: 1_000 }
    }

    #[test]
    fn a_signed_link_holds_until_it_expires() {
        let links = Links::derived_from(&[7; 32]);
        let token = links.sign(&payload());
        assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)));
        assert_eq!(links.verify(&token, 999), Ok(payload()));
        assert_eq!(links.verify(&token, 1_000), Err(LinkError::Expired));
        assert_eq!(Links::derived_from(&[8; 32]).verify(&token, 0), Err(LinkError::Forged));
        assert_eq!(format!("{links:?}"), "Links");
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let links = Links::derived_from(&[7; 32]);
        let token = links.sign(&payload());
        // The last character also carries bits that decode to nothing; the decoder refuses those that are set.
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(links.verify(&changed, 0), Err(LinkError::Forged), "at {at}");
        }
        for wrong in ["", ".", "a.b", &"x".repeat(5_000)] {
            assert_eq!(links.verify(wrong, 0), Err(LinkError::Forged));
        }
    }

    #[test]
    fn a_hash_tells_tokens_apart() {
        assert_ne!(token_hash("a"), token_hash("b"));
        assert_eq!(token_hash("a").len(), 43);
    }
}
