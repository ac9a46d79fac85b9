use bindery_domain::Moment;

use super::*;
use crate::intake::tests::{files, read, submission};

/// Returns a PNG of this width as far as a cover or a picture is read.
fn png(width: u8) -> Vec<u8> {
    let begin = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0".to_vec();
    [begin, vec![width, 0, 0, 0, 9, 8, 2, 0, 0, 0, 1, 2, 3, 4], b"\0\0\0\0IEND\xae\x42\x60\x82".to_vec()].concat()
}

/// Returns a submission that names these files.
fn naming(cover: Option<&[u8]>, pictures: &[(&str, &[u8])]) -> Submission {
    let digest = |bytes: &[u8]| Digest::of(bytes).to_string();
    let pictures = pictures.iter().map(|(path, bytes)| ((*path).to_owned(), digest(bytes))).collect();
    Submission { cover: cover.map(digest), pictures, ..submission() }
}

/// A folder with files, and the request of a tenant.
struct Bench {
    files: Arc<dyn Files>,
    request: Request,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { files: files(folder.path()), request: read(&submission()).unwrap(), _folder: folder }
    }

    async fn upload(&self, tenant: &str, bytes: &[u8]) {
        self.files.put_upload(tenant, bytes.to_vec(), bindery_store::now()).await.unwrap();
    }

    async fn adopt(&mut self, submission: &Submission) -> Result<(), Vec<String>> {
        adopt(&*self.files, &mut self.request, submission).await.unwrap()
    }
}

#[tokio::test]
async fn the_files_that_a_submission_names_become_files_of_its_book() {
    let mut bench = Bench::new();
    let (cover, picture) = (png(16), png(3));
    bench.upload("press", &cover).await;
    bench.upload("press", &picture).await;
    bench.adopt(&naming(Some(&cover), &[("a/staff.png", &picture)])).await.unwrap();
    let (book, terms) = (bench.request.book_id(), bench.request.terms.clone());
    assert_eq!(bench.files.get(&book, terms.cover.as_ref().unwrap()).await.unwrap(), cover);
    assert_eq!(terms.pictures[0].path, "a/staff.png");
    assert_eq!(bench.files.get(&book, &terms.pictures[0].file).await.unwrap(), picture);
    // Another cover takes the place of the first one, and a submission that names none has none.
    bench.upload("press", &png(17)).await;
    bench.adopt(&naming(Some(&png(17)), &[])).await.unwrap();
    let later = bench.request.terms.clone();
    assert_eq!((later.cover.unwrap().digest, later.pictures.len()), (Digest::of(png(17)), 0));
    bench.adopt(&submission()).await.unwrap();
    assert_eq!(bench.request.terms.cover, None);
}

#[tokio::test]
async fn a_repeated_submission_needs_its_uploads_no_more() {
    let mut bench = Bench::new();
    bench.upload("press", &png(16)).await;
    let naming = naming(Some(&png(16)), &[("staff.png", &png(16))]);
    bench.adopt(&naming).await.unwrap();
    let adopted = bench.request.terms.clone();
    let later = Moment(bindery_store::now().0 + 30 * 86_400_000);
    assert_eq!(bench.files.remove_old_uploads(later).await.unwrap(), 1);
    bench.adopt(&naming).await.unwrap();
    assert_eq!(bench.request.terms, adopted);
}

#[tokio::test]
async fn every_file_that_is_not_there_or_no_image_is_named_and_nothing_changes() {
    let mut bench = Bench::new();
    bench.upload("rival", &png(16)).await;
    bench.upload("press", b"no image").await;
    let naming = naming(Some(&png(16)), &[("staff.png", b"no image"), ("quay.png", b"nothing")]);
    let told = missing(&*bench.files, &bench.request, &naming).await.unwrap();
    assert_eq!(bench.adopt(&naming).await.unwrap_err(), told);
    for (told, about) in told.iter().zip([
        "cover: there is no such upload",
        "pictures.quay.png: there is no",
        "pictures.staff.png: it is no PNG",
    ]) {
        assert!(told.starts_with(about), "{told} is not {about}");
    }
    assert_eq!((told.len(), &bench.request.terms.cover), (3, &None), "the upload of another tenant is none");
}

#[test]
fn a_name_that_is_no_digest_and_too_many_pictures_are_faults() {
    let wrong = Submission { cover: Some("../../books".into()), ..submission() };
    assert_eq!(flaws(&wrong), ["cover: is no SHA-256 of 64 lower-case hexadecimal digits"]);
    let digest = Digest::of("a").to_string();
    let many = (0..=MAX_PICTURES).map(|nth| (format!("{nth}.png"), digest.clone())).collect();
    assert_eq!(
        flaws(&Submission { pictures: many, ..submission() }),
        ["pictures: names 501 pictures, but 500 are allowed"]
    );
    assert!(read(&wrong).unwrap_err()[0].starts_with("cover: "));
}
