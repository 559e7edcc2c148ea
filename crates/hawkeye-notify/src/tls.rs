//! Whom to trust: the system's certificate authorities, those of the server's configuration, and Mozilla's list where the
//! system has none, as in bare containers.

use std::sync::Arc;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::notifier::NotifyError;

/// Read once, used for HTTP and mail.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    authorities: Arc<[CertificateDer<'static>]>,
    system_has_none: bool,
    config: Arc<ClientConfig>,
}

impl Trust {
    /// What the system cannot read of its own is left out; what the configuration names has to be readable.
    pub(crate) fn load(configured_der: &[Vec<u8>]) -> Result<Self, NotifyError> {
        let mut authorities = rustls_native_certs::load_native_certs().certs;
        authorities.retain(is_usable);
        let system_has_none = authorities.is_empty();
        for der in configured_der {
            let authority = CertificateDer::from(der.clone());
            if !is_usable(&authority) {
                return Err(NotifyError::Authority);
            }
            authorities.push(authority);
        }
        let config = Arc::new(client_config(&authorities, system_has_none)?);
        Ok(Self { authorities: authorities.into(), system_has_none, config })
    }

    pub(crate) const fn client_config(&self) -> &Arc<ClientConfig> {
        &self.config
    }

    /// The same for a connection that is secured on the way, which the mail library does by itself. The server's certificate must carry this name, whatever address is called.
    pub(crate) fn smtp_parameters(
        &self,
        host: &str,
    ) -> Result<TlsParameters, lettre::transport::smtp::Error> {
        let store = if self.system_has_none { CertificateStore::WebpkiRoots } else { CertificateStore::None };
        let mut builder = TlsParameters::builder(host.to_owned()).certificate_store(store);
        for authority in self.authorities.iter() {
            builder = builder.add_root_certificate(Certificate::from_der(authority.to_vec())?);
        }
        builder.build_rustls()
    }
}

fn client_config(
    authorities: &[CertificateDer<'static>],
    system_has_none: bool,
) -> Result<ClientConfig, NotifyError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(authorities.iter().cloned());
    if system_has_none {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| NotifyError::Client(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

fn is_usable(authority: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(authority.clone()).is_ok()
}
