//! Keeps channels' secrets unreadable at rest, and signs the links that acknowledge alerts.
//!
//! Both hang on one key in a file that only the server's user can read. Whoever has the key file and the database has the
//! secrets; whoever has the database alone (a backup) has not.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

use crate::channel::Secrets;
use crate::links::Links;

const KEY_FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The form of sealed secrets: this byte, the nonce, the encrypted JSON with its tag.
const VERSION: u8 = 1;

/// What one channel's secrets may take, sealed or not.
const SECRETS_BYTES_MAX: usize = 64 * 1_024;

pub struct Vault {
    key: [u8; KEY_BYTES],
}

#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("cannot use the key file {KEY_FILE}: {0}")]
    Io(#[from] io::Error),
    #[error(
        "the key file {KEY_FILE} can be read by others; run chmod 600 on it, and change the channels' secrets if it was"
    )]
    Exposed,
    #[error("the key file {KEY_FILE} does not hold {KEY_BYTES} bytes; restore it from the backup")]
    Damaged,
    #[error("the operating system gives no random numbers: {0}")]
    Random(String),
    #[error("the secrets are larger than {SECRETS_BYTES_MAX} bytes")]
    Large,
    #[error("the secrets cannot be read with this key; set them again")]
    Unreadable,
}

impl Vault {
    /// Reads the key in a folder, or makes one at the first start.
    pub fn open(folder: &Path) -> Result<Self, VaultError> {
        let path = folder.join(KEY_FILE);
        match File::open(&path) {
            Ok(file) => Self::read(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let key = random::<KEY_BYTES>()?;
                match write_key(folder, &key) {
                    Ok(()) => Ok(Self { key }),
                    // Another process was first: its key counts.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                        Self::read(File::open(&path)?)
                    }
                    Err(error) => Err(error.into()),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    fn read(mut file: File) -> Result<Self, VaultError> {
        if is_exposed(&file)? {
            return Err(VaultError::Exposed);
        }
        let mut bytes = Vec::with_capacity(KEY_BYTES);
        io::Read::by_ref(&mut file).take(KEY_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        let key = bytes.try_into().map_err(|_| VaultError::Damaged)?;
        Ok(Self { key })
    }

    /// Encrypts. Sealed secrets open for the same channel only, so that rows cannot be swapped.
    pub fn seal(&self, secrets: &Secrets, channel_id: &str) -> Result<Vec<u8>, VaultError> {
        let plain = serde_json::to_vec(secrets).map_err(|_| VaultError::Unreadable)?;
        if plain.len() > SECRETS_BYTES_MAX {
            return Err(VaultError::Large);
        }
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload { msg: &plain, aad: channel_id.as_bytes() };
        let encrypted =
            self.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| VaultError::Large)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + encrypted.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&encrypted);
        Ok(sealed)
    }

    pub fn unseal(&self, sealed: &[u8], channel_id: &str) -> Result<Secrets, VaultError> {
        let rest = sealed.strip_prefix(&[VERSION]).ok_or(VaultError::Unreadable)?;
        let (nonce, encrypted) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(VaultError::Unreadable)?;
        let payload = Payload { msg: encrypted, aad: channel_id.as_bytes() };
        let plain =
            self.cipher().decrypt(&XNonce::from(*nonce), payload).map_err(|_| VaultError::Unreadable)?;
        serde_json::from_slice(&plain).map_err(|_| VaultError::Unreadable)
    }

    /// What signs links, with a key of its own.
    #[must_use]
    pub fn links(&self) -> Links {
        Links::derived_from(&self.key)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.key.into())
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], VaultError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|error| VaultError::Random(error.to_string()))?;
    Ok(bytes)
}

/// Writes beside and links into place, so that a crash leaves a whole key or none.
fn write_key(folder: &Path, key: &[u8]) -> io::Result<()> {
    let beside = folder.join(format!("{KEY_FILE}.{}.new", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(key)?;
    file.sync_all()?;
    let linked = fs::hard_link(&beside, folder.join(KEY_FILE));
    fs::remove_file(&beside)?;
    linked?;
    File::open(folder)?.sync_all()
}

#[cfg(unix)]
fn is_exposed(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(file.metadata()?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &File) -> io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets::from([("url".to_owned(), "https://hooks.example/CANARY".to_owned())])
    }

    #[test]
    fn sealed_secrets_open_for_their_channel_with_their_key() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path()).unwrap();
        let sealed = vault.seal(&secrets(), "slack").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"CANARY"));
        assert_ne!(sealed, vault.seal(&secrets(), "slack").unwrap());
        let again = Vault::open(folder.path()).unwrap();
        assert_eq!(again.unseal(&sealed, "slack").unwrap(), secrets());
        assert!(matches!(again.unseal(&sealed, "teams"), Err(VaultError::Unreadable)));
        let other = Vault::open(tempfile::tempdir().unwrap().path()).unwrap();
        assert!(matches!(other.unseal(&sealed, "slack"), Err(VaultError::Unreadable)));
        for length in 0..sealed.len() {
            assert!(vault.unseal(&sealed[..length], "slack").is_err());
        }
        assert_eq!(format!("{vault:?}"), "Vault");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Vault::open(folder.path()).unwrap();
        let path = folder.path().join(KEY_FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(Vault::open(folder.path()), Err(VaultError::Exposed)));
    }

    #[test]
    fn a_cut_key_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        Vault::open(folder.path()).unwrap();
        let path = folder.path().join(KEY_FILE);
        File::options().write(true).open(&path).unwrap().set_len(31).unwrap();
        assert!(matches!(Vault::open(folder.path()), Err(VaultError::Damaged)));
    }
}
