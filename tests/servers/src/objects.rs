//! A private object storage that speaks S3.

use std::{net::TcpStream, path::PathBuf, process::Command};

use crate::{
    certificates::Certificates,
    guardian::{Guardian, folder},
    http::request,
    port::Port,
};

/// The bucket that a server has.
const BUCKET: &str = "books";

/// The region it says it is in.
const REGION: &str = "us-east-1";

/// What makes a key that may do everything with objects, and the bucket. A server that asks for a key takes as many
/// requests before it begins to ask.
const MAKE_KEY: [&str; 3] = [
    "Action=CreateUser&UserName=tester",
    "Action=CreateAccessKey&UserName=tester",
    "Action=PutUserPolicy&UserName=tester&PolicyName=objects&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C\
     %22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3A%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D",
];

/// An object storage of its own: moto, which speaks S3 and keeps all in memory. It ends with this value, at the latest
/// with the process.
pub struct Objects {
    guardian: Guardian,
    port: Port,
    certificates: Option<Certificates>,
    key: (String, String),
}

impl Objects {
    /// Starts a server that takes any key, and waits until it answers.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        let objects = Self::run(folder("objects"), &[], None);
        objects.make_bucket();
        objects
    }

    /// Starts a server that takes one key alone.
    #[must_use]
    #[track_caller]
    pub fn start_with_key() -> Self {
        let unasked = MAKE_KEY.len() + 1;
        let mut objects = Self::run(folder("objects"), &[("INITIAL_NO_AUTH_ACTION_COUNT", &unasked.to_string())], None);
        let answers = MAKE_KEY.map(|query| objects.ask("iam", "POST", &format!("/?Version=2010-05-08&{query}")));
        let part = |tag: &str| {
            let (_, rest) = answers[1].split_once(&format!("<{tag}>")).expect("a key is made");
            rest.split_once('<').expect("the tag is closed").0.to_owned()
        };
        objects.key = (part("AccessKeyId"), part("SecretAccessKey"));
        objects.make_bucket();
        objects
    }

    /// Starts a server that speaks TLS alone, with a certificate of [`Self::certificates`]. It takes any key and has no
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
        let key = ("any".to_owned(), "any".to_owned());
        let objects = Self { guardian: Guardian::new("moto", folder, &command), port, certificates, key };
        objects.begin();
        objects
    }

    /// Returns `s3://BUCKET`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("s3://{BUCKET}")
    }

    /// Returns the server's own address.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let scheme = if self.certificates.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}", self.port.number())
    }

    /// Returns the port it listens on, which stays its own while it is down.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns the id and the secret of a key that it takes.
    #[must_use]
    pub fn key(&self) -> (&str, &str) {
        (&self.key.0, &self.key.1)
    }

    /// Returns the certificates of a server that speaks TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// Kills it with SIGKILL, and waits until it is gone, with all that it kept.
    #[track_caller]
    pub fn kill(&self) {
        self.guardian.kill();
    }

    /// Starts it again on the same port, its bucket empty, and waits until it answers.
    #[track_caller]
    pub fn start_again(&self) {
        self.begin();
        self.make_bucket();
    }

    /// Returns its process.
    #[must_use]
    pub fn process(&self) -> &Guardian {
        &self.guardian
    }

    fn begin(&self) {
        self.guardian.start(|| TcpStream::connect(("127.0.0.1", self.port.number())).is_ok());
    }

    #[track_caller]
    fn make_bucket(&self) {
        self.ask("s3", "PUT", &format!("/{BUCKET}"));
    }

    /// Sends a request under a key that is not looked at; the service is told by it alone.
    #[track_caller]
    fn ask(&self, service: &str, method: &str, path: &str) -> String {
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=any/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=any"
        );
        let answer = request(self.port.number(), method, path, &authorization, "").expect("moto answers");
        assert!(answer.status < 300, "{method} {path} is answered with {}: {}", answer.status, answer.body);
        answer.body
    }
}
