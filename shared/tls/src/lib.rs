//! The cryptography under TLS, chosen once for the process.

/// Makes ring the cryptography of every later TLS connection of this process.
///
/// The HTTP and Redis clients ask the process for its provider, and the HTTP client panics where there is none. So each
/// adapter calls this before it builds a client. Later calls do nothing.
pub fn use_ring() {
    // A process has one provider. One that is already there stays.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
