//! A private broker, used as the fleet uses it.

#![expect(clippy::disallowed_methods, reason = "all names here are fixed and short")]

use std::{
    fs,
    net::{Ipv4Addr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use bindery_test_servers::{QueueState, Rabbit};
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties,
    options::{
        BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
        QueueDeclareOptions,
    },
    runtime,
    tcp::{OwnedIdentity, OwnedTLSConfig},
    types::{AMQPValue, FieldTable},
};

async fn connect(url: &str) -> Connection {
    Connection::connect(url, ConnectionProperties::default()).await.unwrap()
}

/// Opens a channel with confirms, and declares a quorum queue `chapters`.
async fn channel(connection: &Connection) -> Channel {
    let channel = connection.create_channel().await.unwrap();
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare("chapters".into(), durable, arguments).await.unwrap();
    channel
}

async fn publish(channel: &Channel, body: &[u8]) {
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let persistent = BasicProperties::default().with_delivery_mode(2);
    let confirm = channel.basic_publish("".into(), "chapters".into(), options, body, persistent).await.unwrap();
    let confirmation = confirm.await.unwrap();
    assert!(matches!(confirmation, Confirmation::Ack(None)), "the broker did not confirm: {confirmation:?}");
}

async fn until(mut holds: impl FnMut() -> bool) {
    let waited = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), waited).await.expect("the condition holds in the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_share_a_broker_and_do_not_disturb_each_other() {
    let rabbit = Rabbit::shared();
    let (mine, other) = (rabbit.vhost(), rabbit.vhost());
    let connection = connect(&mine).await;
    channel(&connection).await;
    assert!(rabbit.queue(&mine, "chapters").is_some());
    assert_eq!(rabbit.queue(&other, "chapters"), None);
    assert_eq!(rabbit.connections(&other), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_reports_the_messages_and_the_consumers_of_a_queue() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let connection = connect(&vhost).await;
    let channel = channel(&connection).await;
    for body in [b"1", b"2", b"3"] {
        publish(&channel, body).await;
    }
    channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
    let consume =
        channel.basic_consume("chapters".into(), "".into(), BasicConsumeOptions::default(), FieldTable::default());
    let _consumer = consume.await.unwrap();
    until(|| rabbit.queue(&vhost, "chapters") == Some(QueueState { ready: 2, unacked: 1, consumers: 1 })).await;
    rabbit.purge(&vhost, "chapters");
    until(|| rabbit.queue(&vhost, "chapters") == Some(QueueState { ready: 0, unacked: 1, consumers: 1 })).await;
    rabbit.delete_queue(&vhost, "chapters");
    until(|| rabbit.queue(&vhost, "chapters").is_none()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_closes_the_connections_of_one_vhost() {
    let rabbit = Rabbit::shared();
    let (vhost, other) = (rabbit.vhost(), rabbit.vhost());
    let (closed, stays) = (connect(&vhost).await, connect(&other).await);
    until(|| rabbit.connections(&vhost).len() == 1 && rabbit.connections(&other).len() == 1).await;
    assert_eq!(rabbit.close_connections(&vhost), 1);
    until(|| !closed.status().connected()).await;
    assert!(stays.status().connected());
}

#[tokio::test(flavor = "multi_thread")]
async fn confirmed_messages_survive_a_kill() {
    let rabbit = Rabbit::start();
    let vhost = rabbit.vhost();
    let connection = connect(&vhost).await;
    publish(&channel(&connection).await, b"bread").await;
    rabbit.kill();
    until(|| !connection.status().connected()).await;
    rabbit.start_again();
    let connection = connect(&vhost).await;
    let channel = channel(&connection).await;
    let got = channel.basic_get("chapters".into(), BasicGetOptions { no_ack: true }).await.unwrap();
    assert_eq!(got.expect("the message is there").delivery.data, b"bread");
    rabbit.stop();
    assert!(
        TcpStream::connect((Ipv4Addr::LOCALHOST, rabbit.port())).is_err(),
        "the broker was stopped and still listens"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_blocks_publishers_and_a_frozen_broker_does_not_confirm() {
    let rabbit = Rabbit::start();
    let connection = connect(&rabbit.vhost()).await;
    let channel = channel(&connection).await;

    rabbit.alarm(true);
    let (same, published) = (channel.clone(), AtomicBool::new(false));
    tokio::join!(
        async {
            publish(&same, b"during the alarm").await;
            published.store(true, Ordering::Relaxed);
        },
        async {
            until(|| connection.status().blocked()).await;
            assert!(!published.load(Ordering::Relaxed), "a message was confirmed during the alarm");
            rabbit.alarm(false);
        }
    );
    until(|| !connection.status().blocked()).await;

    rabbit.process().freeze();
    let confirmed = tokio::time::timeout(Duration::from_millis(300), publish(&channel, b"frozen"));
    confirmed.await.expect_err("a frozen broker confirmed");
    rabbit.process().thaw();
    publish(&channel, b"thawed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tls_it_demands_a_client_certificate() {
    let rabbit = Rabbit::start_tls();
    let url = rabbit.vhost();
    let files = rabbit.certificates().unwrap();
    let read = |path| fs::read_to_string(path).unwrap();
    let connect = |identity| {
        let tls = OwnedTLSConfig { identity, cert_chain: Some(read(&files.authority)) };
        let options = ConnectionProperties::default();
        let url = url.clone();
        async move { Connection::connect_with_config(&url, options, tls, runtime::default_runtime().unwrap()).await }
    };
    let identity = OwnedIdentity::PKCS8 { pem: read(&files.client).into(), key: read(&files.client_key).into() };
    publish(&channel(&connect(Some(identity)).await.unwrap()).await, b"bread").await;
    assert!(connect(None).await.is_err(), "a client without a certificate got in");
}
