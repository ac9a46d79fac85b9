//! Do covers and pictures reach books that are ordered over HTTP and by submissions, each tenant's own alone?

use std::{collections::BTreeMap, fs, io::Cursor, io::Read as _};

use bindery_domain::Digest;
use serde_json::{Value, json};

use crate::{
    api::{Served, Studio, bench},
    support::{Caller, Fleet},
};

const OUTLINE: &str =
    "# Tides\n\n## Staffs\n\n- Where they stood: ![a staff](staff.png)\n\n## Machines\n\n- Brass and gears\n";

/// Returns a small PNG image of this size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut image = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    image.extend(width.to_be_bytes());
    image.extend(height.to_be_bytes());
    image.extend([8, 2, 0, 0, 0]);
    image.extend([0; 4]);
    image.extend(b"\0\0\0\0IEND\xaeB`\x82");
    image
}

fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}

fn put(caller: &Caller, bytes: &[u8]) -> u16 {
    let headers = [("Content-Type", "application/octet-stream")];
    caller.send("PUT", &format!("/v1/uploads/{}", digest(bytes)), &headers, bytes).status
}

fn order(cover: &[u8], picture: &[u8]) -> Value {
    json!({
        "outline": {"markdown": OUTLINE}, "no_plan": true, "words": 300, "formats": ["epub"],
        "cover": digest(cover), "pictures": {"staff.png": digest(picture)},
    })
}

/// Returns the digests of the files in an EPUB.
fn files_of(epub: Vec<u8>) -> BTreeMap<String, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(epub)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        digest(&bytes)
    };
    names.iter().map(|name| (read(name), name.clone())).collect()
}

#[test]
fn an_uploaded_cover_and_picture_stand_in_the_book_that_names_them() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let (caller, cover, picture) = (&studio.caller, png(1_600, 2_560), png(30, 20));
    let refused = caller.post("/v1/books", &order(&cover, &picture)).is(422).json()["errors"].to_string();
    assert!(refused.contains("cover: there is no such upload") && refused.contains("pictures.staff.png:"), "{refused}");
    for bytes in [&cover, &picture, &cover] {
        assert_eq!(put(caller, bytes), 201);
    }
    let id = caller.post("/v1/books", &order(&cover, &picture)).is(202).json()["id"].as_str().unwrap().to_owned();
    caller.book_is(&id, "done");
    let files = files_of(caller.get(&format!("/v1/books/{id}/files/epub")).is(200).body);
    assert!(files.contains_key(&digest(&cover)) && files.contains_key(&digest(&picture)), "{files:?}");
    assert_eq!(caller.post("/v1/books", &order(&cover, &picture)).is(202).json()["repeated"], true);
    studio.stop();
}

#[test]
fn an_upload_must_be_an_image_that_its_address_names() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let send = |path: &str, bytes: &[u8]| studio.caller.send("PUT", path, &[], bytes).status;
    assert_eq!(put(&studio.caller, b"no image"), 415);
    assert_eq!(send(&format!("/v1/uploads/{}", digest(b"another")), &png(3, 3)), 422);
    assert_eq!(send("/v1/uploads/..%2F..%2Fbooks", &png(3, 3)), 422);
    let large = [("Content-Length", "20000001")];
    studio.caller.send("PUT", &format!("/v1/uploads/{}", digest(b"large")), &large, b"").is(413);
    studio.stop();
}

#[test]
fn the_upload_of_a_tenant_is_no_upload_of_another() {
    let served = Served::start();
    let keyed = |tenant: &str| {
        let key = served.fleet.run(&["keys", "add", "--tenant", tenant]).exits(0);
        served.caller.with_key(key.stdout.trim())
    };
    let (press, rival) = (keyed("press"), keyed("rival"));
    let (cover, picture) = (png(1_600, 2_560), png(30, 20));
    assert_eq!((put(&press, &cover), put(&press, &picture)), (201, 201));
    rival.post("/v1/books", &order(&cover, &picture)).is(422);
    let id = press.post("/v1/books", &order(&cover, &picture)).is(202).json()["id"].as_str().unwrap().to_owned();
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200 && reply.json()["state"] == "done");
}

#[test]
fn submit_takes_the_cover_and_the_pictures_of_an_outline_along() {
    let fleet = Fleet::new().serving(&["all"]);
    let (cover, picture) = (png(1_600, 2_560), png(30, 20));
    fs::write(fleet.path("cover.png"), &cover).unwrap();
    fs::write(fleet.path("staff.png"), &picture).unwrap();
    fs::write(fleet.path("tides.md"), format!("---\ncover: cover.png\n---\n\n{OUTLINE}")).unwrap();
    let submit = ["submit", "tides.md", "--no-plan", "--words", "300", "--format", "epub", "--wait", "--out", "out"];
    fleet.run(&submit).exits(0);
    let files = files_of(fs::read(fleet.path("out/tides.epub")).unwrap());
    assert!(files.contains_key(&digest(&cover)) && files.contains_key(&digest(&picture)), "{files:?}");
}
