//! A private object storage that speaks S3.

use std::{net::TcpStream, path::PathBuf, process::Command};

use crate::{
    certificates::Certificates,
    guardian::{Guardian, folder},
    http::request,
    port::Port,
};

/// The bucket of every server.
const BUCKET: &str = "books";

/// The region that requests are signed for.
const REGION: &str = "us-east-1";

/// The requests that make a key with all permissions on objects. A server that demands a key accepts a fixed number of
/// requests without one first: these, and one that makes the bucket.
const MAKE_KEY_QUERIES: [&str; 3] = [
    "Action=CreateUser&UserName=tester",
    "Action=CreateAccessKey&UserName=tester",
    "Action=PutUserPolicy&UserName=tester&PolicyName=objects&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C\
     %22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D",
];

/// A private object storage: moto, which speaks S3 and keeps everything in memory. It ends with this value, at the latest
/// with the process.
pub struct Objects {
    guardian: Guardian,
    port: Port,
    certificates: Option<Certificates>,
    key: Key,
}

/// A key of an object storage.
#[derive(Clone, Debug)]
pub struct Key {
    /// The id.
    pub id: String,
    /// The secret.
    pub secret: String,
}

impl Objects {
    /// Starts a server that accepts any key, and waits until it answers.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        let objects = Self::run(folder("objects"), &[], None);
        objects.make_bucket();
        objects
    }

    /// Starts a server that accepts only one key.
    #[must_use]
    #[track_caller]
    pub fn start_with_key() -> Self {
        let without_key = MAKE_KEY_QUERIES.len() + 1;
        let mut objects =
            Self::run(folder("objects"), &[("INITIAL_NO_AUTH_ACTION_COUNT", &without_key.to_string())], None);
        let answers =
            MAKE_KEY_QUERIES.map(|query| objects.send("iam", "POST", &format!("/?Version=2010-05-08&{query}")));
        let part = |tag: &str| {
            let (_, rest) = answers[1].split_once(&format!("<{tag}>")).expect("the answer holds a key");
            rest.split_once('<').expect("the tag is closed").0.to_owned()
        };
        objects.key = Key { id: part("AccessKeyId"), secret: part("SecretAccessKey") };
        objects.make_bucket();
        objects
    }

    /// Starts a server that speaks only TLS, with a certificate of [`Self::certificates`]. It accepts any key and has no
    /// bucket.
    #[must_use]
    #[track_caller]
    pub fn start_tls() -> Self {
        let folder = folder("objects");
        let certificates = Certificates::make(&folder);
        Self::run(folder, &[], Some(certificates))
    }

    #[track_caller]
    fn run(folder: PathBuf, variables: &[(&str, &str)], certificates: Option<Certificates>) -> Self {
        let python = std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with moto: run tests/run");
        let port = Port::claim();
        let mut command = Command::new(python);
        command.args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.number().to_string()]);
        command.envs(variables.iter().copied());
        if let Some(certificates) = &certificates {
            command.arg("-c").arg(&certificates.server).arg("-k").arg(&certificates.server_key);
        }
        let key = Key { id: "any".to_owned(), secret: "any".to_owned() };
        let objects = Self { guardian: Guardian::new("moto", folder, &command), port, certificates, key };
        objects.start_server();
        objects
    }

    /// Returns `s3://BUCKET`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("s3://{BUCKET}")
    }

    /// Returns the server's URL.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let scheme = if self.certificates.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port.number())
    }

    /// Returns the server's port, which stays claimed while the server is down.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns a key that the server accepts.
    #[must_use]
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the certificates; `None` without TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// Kills the server with SIGKILL, and waits until it is gone. All its objects are lost.
    #[track_caller]
    pub fn kill(&self) {
        self.guardian.kill();
    }

    /// Starts the server again with the same port and an empty bucket, and waits until it answers.
    #[track_caller]
    pub fn start_again(&self) {
        self.start_server();
        self.make_bucket();
    }

    /// Returns the server's process.
    #[must_use]
    pub fn process(&self) -> &Guardian {
        &self.guardian
    }

    fn start_server(&self) {
        self.guardian.start(|| TcpStream::connect(("127.0.0.1", self.port.number())).is_ok());
    }

    #[track_caller]
    fn make_bucket(&self) {
        self.send("s3", "PUT", &format!("/{BUCKET}"));
    }

    /// Sends a request with a key that the server does not check: it reads only the name of the service from it.
    #[track_caller]
    fn send(&self, service: &str, method: &str, path: &str) -> String {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=any/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=any"
        );
        let answer = request(self.port.number(), method, path, &authorization, "").expect("moto answers");
        assert!(answer.status < 300, "{method} {path} was answered with {}: {}", answer.status, answer.body);
        answer.body
    }
}
