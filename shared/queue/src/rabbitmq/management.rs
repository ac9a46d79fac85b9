//! Asking the broker's management API what KEDA asks it: how many messages a queue has.

use std::{fs, path::PathBuf, time::Duration};

use bindery_domain::{Lane, ServiceUrl};
use reqwest::{Certificate, Client, StatusCode, Url};

use super::topology::queue_name;

/// How to reach the management API.
#[derive(Clone, Debug)]
pub struct ManagementAccess {
    /// `http://USER:PASSWORD@HOST:15672/VHOST`, or `https://`. Without a vhost it is `/`, as for KEDA.
    pub url: ServiceUrl,
    /// PEM file of authorities that may have signed the certificate, in addition to those the system trusts.
    pub ca_file: Option<PathBuf>,
    /// How long the API may take to answer.
    pub timeout: Duration,
}

/// Why the management API does not tell the length of a queue.
#[derive(Debug, thiserror::Error)]
pub enum ManagementError {
    /// The address is no address of such an API.
    #[error("`{0}` is no address of a management API; it is `https://USER:PASSWORD@HOST:15671/VHOST`")]
    Malformed(String),
    /// The authorities cannot be used.
    #[error("the authorities in queue.ca_file cannot be used: {0}")]
    Authorities(String),
    /// There was no answer.
    #[error("{0} does not answer: {1}")]
    Silent(String, String),
    /// The user may not read the queue.
    #[error("{0} refuses the user: it needs the tag `monitoring` and the right to read in the vhost")]
    Refused(String),
    /// The vhost has no such queue.
    #[error("{0} knows no queue `bindery.chapters` in this vhost")]
    NoQueue(String),
    /// The answer is of another kind.
    #[error("{0} answered with {1}")]
    Other(String, StatusCode),
    /// The answer has no count of messages.
    #[error("{0} does not count messages: its statistics are switched off, so KEDA reads 0 and starts no worker")]
    NotCounted(String),
}

/// How often the API is asked, since it counts a queue some seconds after its declaration. The pauses between are a fifth of
/// the timeout.
const ASKED: u32 = 4;

/// Returns how many chapters wait or are being written, by the management API.
pub async fn chapters_counted(access: &ManagementAccess) -> Result<u64, ManagementError> {
    let place = access.url.to_string();
    let url = queue_url(access).ok_or_else(|| ManagementError::Malformed(place.clone()))?;
    let client = client(access)?;
    for asked in 1..=ASKED {
        if let Some(count) = ask(&client, url.clone(), &place).await? {
            return Ok(count);
        }
        if asked < ASKED {
            tokio::time::sleep(access.timeout / 5).await;
        }
    }
    Err(ManagementError::NotCounted(place))
}

/// Returns the address of the chapters' queue in the API.
fn queue_url(access: &ManagementAccess) -> Option<Url> {
    let mut url = Url::parse(access.url.expose()).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    // The vhost is escaped already, as it must stay in the path of the API.
    let vhost = match url.path().trim_start_matches('/') {
        "" => "%2F".to_owned(),
        vhost => vhost.to_owned(),
    };
    url.set_path(&format!("/api/queues/{vhost}/{}", queue_name(Lane::Chapters)));
    Some(url)
}

fn client(access: &ManagementAccess) -> Result<Client, ManagementError> {
    bindery_tls::use_ring();
    let unusable = ManagementError::Authorities;
    let mut builder = Client::builder().timeout(access.timeout);
    if let Some(path) = &access.ca_file {
        let pem = fs::read(path).map_err(|cause| unusable(format!("{}: {cause}", path.display())))?;
        let certificates = Certificate::from_pem_bundle(&pem).map_err(|cause| unusable(cause.to_string()))?;
        builder = builder.tls_certs_merge(certificates);
    }
    builder.build().map_err(|cause| unusable(cause.to_string()))
}

/// Returns the count of messages; `None` where the answer has none.
async fn ask(client: &Client, url: Url, place: &str) -> Result<Option<u64>, ManagementError> {
    // The error's own text may quote the address with its password.
    let silent = |cause: reqwest::Error| ManagementError::Silent(place.to_owned(), cause.without_url().to_string());
    let answer = client.get(url).send().await.map_err(silent)?;
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(ManagementError::Refused(place.to_owned())),
        StatusCode::NOT_FOUND => return Err(ManagementError::NoQueue(place.to_owned())),
        status => return Err(ManagementError::Other(place.to_owned(), status)),
    }
    let body = answer.text().await.map_err(silent)?;
    let queue: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
    Ok(queue["messages"].as_u64())
}

#[cfg(test)]
mod tests {
    use bindery_test_servers::Rabbit;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;
    use crate::Access;

    fn access(url: &str) -> ManagementAccess {
        ManagementAccess { url: ServiceUrl::from(url), ca_file: None, timeout: Duration::from_secs(5) }
    }

    fn url(url: &str) -> Option<String> {
        queue_url(&access(url)).map(|url| url.path().to_owned())
    }

    /// Asks an API that gives this answer to every question.
    async fn answered(status: &str, body: &str) -> Result<u64, ManagementError> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        let server = tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let mut asked = [0; 4096];
                let length = connection.read(&mut asked).await.unwrap();
                let asked = String::from_utf8_lossy(&asked[..length]).to_lowercase();
                assert!(asked.contains("authorization: basic d2f0y2hlcjpzzwnyzxq="), "{asked}");
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        let access = access(&format!("http://watcher:secret@127.0.0.1:{port}/books"));
        let count = chapters_counted(&ManagementAccess { timeout: Duration::from_secs(1), ..access }).await;
        server.abort();
        count
    }

    #[tokio::test]
    async fn each_answer_of_the_api_is_told_apart() {
        assert_eq!(answered("200 OK", r#"{"messages": 7, "messages_ready": 3}"#).await.unwrap(), 7);
        let off = answered("200 OK", r#"{"name": "bindery.chapters"}"#).await.unwrap_err();
        assert!(matches!(off, ManagementError::NotCounted(_)), "{off}");
        let refused = answered("401 Unauthorized", "{}").await.unwrap_err();
        assert!(matches!(refused, ManagementError::Refused(_)) && !refused.to_string().contains("secret"), "{refused}");
        let missing = answered("404 Not Found", "{}").await.unwrap_err();
        assert!(matches!(missing, ManagementError::NoQueue(_)), "{missing}");
        let silent = chapters_counted(&access("http://watcher:secret@127.0.0.1:1/books")).await.unwrap_err();
        assert!(matches!(silent, ManagementError::Silent(..)) && !silent.to_string().contains("secret"), "{silent}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_real_broker_counts_the_chapters() {
        let broker = Rabbit::shared();
        let vhost = broker.vhost();
        let queue = crate::connect(&Access::new(&vhost)).await.unwrap();
        let name = vhost.rsplit_once('/').unwrap().1;
        let url = format!("{}/{name}", broker.management_url());
        assert_eq!(
            chapters_counted(&ManagementAccess { timeout: Duration::from_secs(30), ..access(&url) }).await.unwrap(),
            0
        );
        drop(queue);
    }

    #[test]
    fn the_queue_is_asked_for_in_its_vhost() {
        assert_eq!(url("https://u:p@broker:15671/books").as_deref(), Some("/api/queues/books/bindery.chapters"));
        assert_eq!(url("http://u:p@broker:15672/").as_deref(), Some("/api/queues/%2F/bindery.chapters"));
        assert_eq!(url("http://u:p@broker:15672/%2F").as_deref(), Some("/api/queues/%2F/bindery.chapters"));
        assert_eq!(url("amqp://u:p@broker:5672/books"), None);
    }
}
