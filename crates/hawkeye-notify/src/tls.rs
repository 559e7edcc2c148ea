//! Whom to trust: the system's certificate authorities; Mozilla's list where the system has none, as in bare containers.

use std::sync::Arc;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use crate::notifier::NotifyError;

pub(crate) fn client_config() -> Result<ClientConfig, NotifyError> {
    let mut roots = RootCertStore::empty();
    let usable = system_certificates();
    roots.add_parsable_certificates(usable);
    if roots.is_empty() {
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

/// The same trust for mail, for one server's name. The name is what the certificate must carry, whatever address is called.
pub(crate) fn smtp_parameters(host: &str) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder = TlsParameters::builder(host.to_owned());
    let certificates = system_certificates();
    if certificates.is_empty() {
        builder = builder.certificate_store(CertificateStore::WebpkiRoots);
    } else {
        builder = builder.certificate_store(CertificateStore::None);
        for certificate in certificates {
            builder = builder.add_root_certificate(Certificate::from_der(certificate.to_vec())?);
        }
    }
    builder.build_rustls()
}

/// Those that can be read; broken ones are left out.
fn system_certificates() -> Vec<CertificateDer<'static>> {
    let mut certificates = rustls_native_certs::load_native_certs().certs;
    certificates.retain(|certificate| RootCertStore::empty().add(certificate.clone()).is_ok());
    certificates
}
