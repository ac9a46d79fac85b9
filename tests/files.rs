//! Are bound files stored where the settings say, and can they be fetched from their addresses?

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use bindery_test_servers::{Key, Objects};

use crate::support::{Bench, Fleet, Ordered, Running, differing_files, three_chapters};

/// The longest wait for a parked binding, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Makes the processes of a fleet store files in an object storage.
fn stored_in(fleet: &mut Fleet, objects: &Objects) {
    let Key { id, secret } = objects.key();
    for (name, value) in [
        ("BINDERY_FILES__URL", format!("{}/bound", objects.url())),
        ("BINDERY_FILES__ENDPOINT", objects.endpoint()),
        ("AWS_ACCESS_KEY_ID", id.clone()),
        ("AWS_SECRET_ACCESS_KEY", secret.clone()),
    ] {
        fleet.set(name, &value);
    }
}

fn fetched(fleet: &Fleet, book: &str, data: &str) -> BTreeMap<String, Vec<u8>> {
    let out = format!("out-of-{data}");
    fleet.run(&["--data", data, "get", book, "--out", &out]).exits(0);
    let files = fs::read_dir(fleet.path(&out)).unwrap().map(|entry| entry.unwrap().path());
    // A score's files have two endings, as in `tides.score.html`.
    let format = |path: &Path| path.file_name().unwrap().to_str().unwrap().split_once('.').unwrap().1.to_owned();
    files.map(|path| (format(&path), fs::read(path).unwrap())).collect()
}

/// Starts a listener with pika, as another system would. It prints the addresses of the files of the first completed book.
fn listener(fleet: &Fleet) -> Running {
    let program = "import json, pika, sys\n\
        channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
        queue = channel.queue_declare('', exclusive=True).method.queue\n\
        channel.queue_bind(queue, 'bindery.events', 'book.completed.*')\n\
        print('listening', file=sys.stderr, flush=True)\n\
        _, _, body = next(channel.consume(queue, auto_ack=True))\n\
        print(*(file['url'] for file in json.loads(body)['data']['files']), sep='\\n')\n";
    let mut command = Command::new(std::env::var_os("BINDERY_PYTHON").unwrap());
    command.args(["-c", program, &fleet.vhost]);
    Running::start(command)
}

/// Lists the files of a book with boto3, and checks that each has the digest in its name.
fn listed(objects: &Objects, book: &str) -> Vec<String> {
    let program = "import boto3, hashlib, sys\n\
        bucket = boto3.resource('s3', endpoint_url=sys.argv[1], region_name='us-east-1').Bucket('books')\n\
        for found in bucket.objects.filter(Prefix='bound/' + sys.argv[2]):\n\
        \x20   name = found.key.split('/')[-1]\n\
        \x20   assert hashlib.sha256(found.get()['Body'].read()).hexdigest() == name.split('.')[0]\n\
        \x20   print(name)\n";
    let Key { id, secret } = objects.key();
    let mut command = Command::new(std::env::var_os("BINDERY_PYTHON").unwrap());
    command.args(["-c", program, &objects.endpoint(), book]);
    command.env("AWS_ACCESS_KEY_ID", id).env("AWS_SECRET_ACCESS_KEY", secret);
    let told = Running::start(command).end().exits(0).stdout;
    told.lines().map(str::to_owned).collect()
}

#[test]
fn assemblers_without_a_shared_folder_bind_to_an_object_storage_and_all_readers_get_the_same_bytes() {
    let mut outline = three_chapters();
    // Without a date in the outline, the book has the day of its request.
    outline.front.push("date: 2026-01-01".to_owned());
    let embedded = Bench::new();
    embedded.outline(&outline);
    embedded.write(&["--no-plan"]).exits(0);
    let objects = Objects::start_with_key();
    let mut fleet = Fleet::new();
    stored_in(&mut fleet, &objects);
    for roles in [["dispatcher"], ["worker"]] {
        fleet.keep_serving(&roles);
    }
    for data in ["one", "another"] {
        fleet.keep_serving_apart(&["assembler"], data);
    }
    let mut listener = listener(&fleet);
    listener.says("listening");
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    let ledger = fleet.finishes(&Ordered { id: book.clone(), outline: outline.clone() });
    let fetched = fetched(&fleet, &book, "third");
    assert_eq!(differing_files(&embedded.bytes(), &fetched), [""; 0], "bound by the fleet and by a single process");
    let status = fleet.run(&["status", &book]).exits(0).stdout;
    let told = listener.end().exits(0).stdout;
    for file in ledger.book("binding")["files"].as_array().unwrap() {
        let (format, digest) = (file["format"].as_str().unwrap(), file["digest"].as_str().unwrap());
        let url = format!("s3://books/bound/{book}/{digest}.{format}");
        assert_eq!(file["url"], url.as_str());
        assert!(status.contains(&url), "{status}");
        assert!(told.lines().any(|line| line == url), "{told}");
    }
    assert_eq!(listed(&objects, &book).len(), 5);
    assert!(["one", "another", "third"].iter().all(|data| !fleet.path(data).join("files").exists()));
    let shown = fleet.run(&["config"]).exits(0).stdout;
    assert!(!shown.contains(&objects.key().secret), "a secret is shown");

    let copy = Ordered { id: fleet.submit("tides", &["--id", "the same words"]), outline };
    fleet.finishes(&copy);
    fleet.run(&["delete", &book, "--yes"]).exits(0);
    fleet.run(&["get", &book]).exits(64);
    assert_eq!(listed(&objects, &book), [""; 0]);
    fleet.finishes(&copy);
}

#[test]
fn a_book_whose_files_cannot_be_stored_waits_until_the_storage_is_back() {
    let objects = Objects::start();
    let mut fleet = Fleet::new();
    stored_in(&mut fleet, &objects);
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "256mb"]);
    objects.kill();
    let doctor = fleet.run(&["doctor"]).exits(1).stdout;
    assert!(doctor.contains("BAD files") && doctor.contains("cannot be reached"), "{doctor}");
    fleet.keep_serving(&["all"]);
    let book = fleet.order(three_chapters());
    let until = Instant::now() + TIMEOUT;
    loop {
        let why = fleet.run(&["why", &book.id]).exits(0).stdout;
        if why.contains("its files could not be stored") && why.contains("start it, or check files.endpoint") {
            break;
        }
        assert!(Instant::now() < until, "{why}");
        std::thread::sleep(Duration::from_millis(100));
    }
    objects.start_again();
    fleet.finishes(&book);
    let doctor = fleet.run(&["doctor"]).exits(0).stdout;
    assert!(doctor.contains("ok  files") && !doctor.contains("BAD"), "{doctor}");
}

#[test]
fn lost_files_are_reported_and_a_redrive_binds_them_again() {
    let objects = Objects::start();
    let mut fleet = Fleet::new();
    stored_in(&mut fleet, &objects);
    fleet.keep_serving(&["all"]);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    let calls = fleet.model.stats().calls;
    objects.kill();
    objects.start_again();
    let told = fleet.run(&["get", &book.id]).exits(69).stderr;
    assert!(told.contains("is not there") && told.contains(&format!("bindery redrive {}", book.id)), "{told}");
    fleet.run(&["redrive", &book.id]).exits(0);
    fleet.finishes(&book);
    assert_eq!(fleet.model.stats().calls, calls, "a chapter was written again");
}
