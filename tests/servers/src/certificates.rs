//! Certificates for one test: of an authority that nobody else trusts, of a server and of a client.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair};

/// Certificates in PEM files, with keys in PKCS #8. They are removed with the server that they were made for.
pub struct Certificates {
    /// The certificate of the authority that signed the others.
    pub authority: PathBuf,
    /// The certificate of the server, for `localhost` and `127.0.0.1`.
    pub server: PathBuf,
    /// The key of the server.
    pub server_key: PathBuf,
    /// The certificate of a client, which the server accepts.
    pub client: PathBuf,
    /// The key of the client.
    pub client_key: PathBuf,
}

impl Certificates {
    /// Makes certificates in a folder.
    pub(crate) fn make(folder: &Path) -> Self {
        let mut authority = named("authority", &[]);
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, key()).expect("the authority can sign itself");
        let server = signed(&authority, "server", &["localhost", "127.0.0.1"], ExtendedKeyUsagePurpose::ServerAuth);
        let client = signed(&authority, "client", &[], ExtendedKeyUsagePurpose::ClientAuth);
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).expect("a private folder can be written");
            path
        };
        Self {
            authority: file("authority.pem", &authority.pem()),
            server: file("server.pem", &server.certificate),
            server_key: file("server-key.pem", &server.key),
            client: file("client.pem", &client.certificate),
            client_key: file("client-key.pem", &client.key),
        }
    }
}

/// A certificate and its key, both as PEM.
struct Signed {
    certificate: String,
    key: String,
}

/// Makes a certificate for one purpose.
fn signed(
    authority: &CertifiedIssuer<'_, KeyPair>,
    name: &str,
    addresses: &[&str],
    purpose: ExtendedKeyUsagePurpose,
) -> Signed {
    let key = key();
    let mut certificate = named(name, addresses);
    certificate.extended_key_usages = vec![purpose];
    let certificate = certificate.signed_by(&key, authority).expect("the authority can sign");
    Signed { certificate: certificate.pem(), key: key.serialize_pem() }
}

fn named(name: &str, addresses: &[&str]) -> CertificateParams {
    let addresses: Vec<String> = addresses.iter().map(|&address| address.to_owned()).collect();
    let mut certificate = CertificateParams::new(addresses).expect("the addresses are well formed");
    certificate.distinguished_name.push(DnType::CommonName, format!("bindery test {name}"));
    certificate
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key can be made")
}
