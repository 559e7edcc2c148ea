//! Signs requests as Standard Webhooks asks for: `v1,` and the HMAC of id, time and body, one for each secret.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const PREFIX: &str = "whsec_";

/// Bounds of a secret's length by the specification.
const SECRET_BYTES_MIN: usize = 24;
const SECRET_BYTES_MAX: usize = 64;

/// Several secrets separated by blanks give several signatures: receivers take any they know while secrets change.
const SECRETS_MAX: usize = 4;

/// The value of `webhook-signature`, or what is wrong with the secret (without the secret).
pub(crate) fn sign(secrets: &str, id: &str, timestamp_s: i64, body: &[u8]) -> Result<String, &'static str> {
    let mut signatures = Vec::new();
    for key in keys(secrets)? {
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| "cannot be used as a key")?;
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        signatures.push(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())));
    }
    Ok(signatures.join(" "))
}

pub(crate) fn keys(secrets: &str) -> Result<Vec<Vec<u8>>, &'static str> {
    let mut keys = Vec::new();
    for secret in secrets.split_whitespace() {
        let encoded = secret.strip_prefix(PREFIX).ok_or("must begin with whsec_")?;
        let key = STANDARD.decode(encoded).map_err(|_| "must be base64 after whsec_")?;
        if !(SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&key.len()) {
            return Err("must hold 24 to 64 bytes");
        }
        keys.push(key);
    }
    if keys.is_empty() || keys.len() > SECRETS_MAX {
        return Err("must hold one to four secrets separated by blanks");
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's libraries.
    #[test]
    fn the_known_example() {
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature.unwrap(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn each_secret_signs() {
        let two = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(sign(two, "a", 1, b"").unwrap().split(' ').count(), 2);
        for wrong in ["", "abc", "whsec_", "whsec_???", "whsec_YWJj"] {
            assert!(sign(wrong, "a", 1, b"").is_err(), "{wrong}");
        }
    }
}
