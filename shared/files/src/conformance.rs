//! The promises of the port. The tests of an adapter call [`run`].

use std::sync::Arc;

use bindery_domain::{BookId, Digest, Moment};

use super::{Files, FilesError, UPLOAD_DAYS};

/// Checks that a store of files keeps every promise of the port, and panics at the first that it breaks.
///
/// The store may hold other files, which stay as they are.
pub async fn run(files: &Arc<dyn Files>) {
    a_stored_file_reads_back_under_its_digest_and_storing_it_again_changes_nothing(files).await;
    an_empty_file_is_a_file(files).await;
    a_range_of_a_file_has_its_bytes_and_no_others(files).await;
    a_damaged_file_is_reported_and_mended_by_storing_it_again(files).await;
    the_files_of_a_deleted_book_are_gone_and_those_of_another_are_not(files).await;
    a_probe_leaves_nothing_behind(files).await;
    the_books_with_files_are_listed_and_their_files_can_be_settled(files).await;
    a_file_that_is_stored_several_times_at_once_is_whole(files).await;
    an_upload_is_found_by_its_tenant_alone_until_its_days_are_over(files).await;
}

fn book(name: &str) -> BookId {
    BookId::of("conformance", name)
}

async fn a_stored_file_reads_back_under_its_digest_and_storing_it_again_changes_nothing(files: &Arc<dyn Files>) {
    let (book, bytes) = (book("stored"), b"\0 a book \xFF".repeat(100_000));
    let file = files.put(&book, "epub", bytes.clone()).await.expect("a file can be stored");
    assert_eq!((file.format.as_str(), file.bytes), ("epub", bytes.len() as u64));
    assert!(file.url.ends_with(&format!("/{book}/{}.epub", file.digest)), "{}", file.url);
    assert_eq!(files.put(&book, "epub", bytes.clone()).await.expect("a file can be stored again"), file);
    assert_eq!(files.get(&book, &file).await.expect("a stored file can be read"), bytes);
}

async fn an_empty_file_is_a_file(files: &Arc<dyn Files>) {
    let book = book("empty");
    let file = files.put(&book, "md", Vec::new()).await.expect("an empty file can be stored");
    assert_eq!(files.get(&book, &file).await.expect("an empty file can be read"), b"");
}

async fn a_range_of_a_file_has_its_bytes_and_no_others(files: &Arc<dyn Files>) {
    let book = book("ranges");
    let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    let file = files.put(&book, "epub", bytes.clone()).await.expect("a file can be stored");
    for (from, to) in [(0, 1), (0, 10_000), (255, 258), (9_999, 10_000), (9_000, 20_000), (10_000, 10_001), (5, 5)] {
        let read = files.get_range(&book, &file, from..to).await.expect("a range can be read");
        let end = usize::try_from(to.min(10_000)).expect("it is small");
        assert_eq!(read, bytes[usize::try_from(from).expect("it is small").min(end)..end], "{from}..{to}");
    }
    let name = format!("{book}/{}.epub", file.digest);
    files.write(&name, bytes[..100].to_vec()).await.expect("a file can be overwritten");
    let read = files.get_range(&book, &file, 50..150).await;
    assert!(matches!(&read, Err(FilesError::Damaged { url }) if *url == file.url), "{read:?}");
    files.delete(&book).await.expect("a book can be deleted");
    let read = files.get_range(&book, &file, 50..150).await;
    assert!(matches!(&read, Err(FilesError::Missing { .. })), "{read:?}");
}

async fn a_damaged_file_is_reported_and_mended_by_storing_it_again(files: &Arc<dyn Files>) {
    let book = book("damaged");
    let file = files.put(&book, "md", b"a book".to_vec()).await.expect("a file can be stored");
    let name = format!("{book}/{}.md", file.digest);
    files.write(&name, b"a b00k".to_vec()).await.expect("a file can be overwritten");
    let read = files.get(&book, &file).await;
    assert!(matches!(&read, Err(FilesError::Damaged { url }) if *url == file.url), "{read:?}");
    files.put(&book, "md", b"a book".to_vec()).await.expect("a damaged file can be stored again");
    assert_eq!(files.get(&book, &file).await.expect("a mended file can be read"), b"a book");
}

async fn the_files_of_a_deleted_book_are_gone_and_those_of_another_are_not(files: &Arc<dyn Files>) {
    let (deleted, kept) = (book("deleted"), book("kept"));
    let bytes = b"the same bytes".to_vec();
    let gone = files.put(&deleted, "md", bytes.clone()).await.expect("a file can be stored");
    let there = files.put(&kept, "md", bytes.clone()).await.expect("a file of another book can be stored");
    // Only the store of files knows the files of former editions.
    files.put(&deleted, "md", b"of a former edition".to_vec()).await.expect("a second file can be stored");
    files.delete(&deleted).await.expect("a book can be deleted");
    files.delete(&deleted).await.expect("a deleted book can be deleted again");
    let read = files.get(&deleted, &gone).await;
    assert!(matches!(&read, Err(FilesError::Missing { stored, .. }) if *stored == gone.url), "{read:?}");
    assert_eq!(files.get(&kept, &there).await.expect("the other book's file is there"), bytes);
}

async fn a_probe_leaves_nothing_behind(files: &Arc<dyn Files>) {
    files.probe("a test").await.expect("a store that works passes its probe");
    let name = format!("probe-{}/{}.probe", BookId::of("probe", "a test"), Digest::of("a test"));
    assert_eq!(files.read(&name).await.expect("a missing file can be asked for"), None);
}

async fn the_books_with_files_are_listed_and_their_files_can_be_settled(files: &Arc<dyn Files>) {
    let (there, gone) = (book("listed"), book("not listed"));
    let file = files.put(&there, "md", b"a book".to_vec()).await.expect("a file can be stored");
    files.put(&gone, "md", b"a book".to_vec()).await.expect("a file can be stored");
    files.delete(&gone).await.expect("a book can be deleted");
    files.write("notes/1.md", b"no book".to_vec()).await.expect("a file beside the books can be stored");
    files.settle(there.as_str()).await.expect("a book's files can be settled");
    assert_eq!(files.get(&there, &file).await.expect("a settled file can be read"), b"a book");
    let books = files.books().await.expect("the books can be listed");
    assert!(books.contains(&there) && !books.contains(&gone), "{books:?}");
    assert!(books.iter().all(|book| book.as_str() != "notes"), "{books:?}");
    files.remove("notes").await.expect("a folder can be removed");
}

async fn a_file_that_is_stored_several_times_at_once_is_whole(files: &Arc<dyn Files>) {
    let (book, bytes) = (book("at once"), vec![7; 300_000]);
    let puts = (0..8).map(|_| files.put(&book, "md", bytes.clone()));
    let stored = futures_util::future::try_join_all(puts).await.expect("a file can be stored several times at once");
    assert!(stored.iter().all(|file| *file == stored[0]), "{stored:?}");
    assert_eq!(files.get(&book, &stored[0]).await.expect("the file can be read"), bytes);
}

async fn an_upload_is_found_by_its_tenant_alone_until_its_days_are_over(files: &Arc<dyn Files>) {
    const DAY_MS: u64 = 86_400_000;

    let (first, bytes) = (100 * DAY_MS, b"a cover".to_vec());
    let digest = files.put_upload("press", bytes.clone(), Moment(first)).await.expect("an upload can be stored");
    let again = files.put_upload("press", bytes.clone(), Moment(first + 1)).await.expect("an upload can come again");
    assert_eq!((&again, &digest), (&Digest::of(&bytes), &Digest::of(&bytes)));
    let last = Moment(first + UPLOAD_DAYS * DAY_MS);
    let found = async |tenant, now| files.upload(tenant, &digest, now).await.expect("uploads can be looked for");
    assert_eq!(found("press", last).await, Some(bytes.clone()));
    assert_eq!(found("another", last).await, None, "it is another tenant's");
    files.remove_old_uploads(last).await.expect("old uploads can be removed");
    assert_eq!(found("press", last).await, Some(bytes));
    let over = Moment(last.0 + DAY_MS);
    assert_eq!(found("press", over).await, None);
    assert!(files.remove_old_uploads(over).await.expect("old uploads can be removed") > 0);
    assert_eq!(found("press", last).await, None, "it was removed");
    assert_eq!(files.remove_old_uploads(over).await.expect("old uploads can be removed"), 0);
}
