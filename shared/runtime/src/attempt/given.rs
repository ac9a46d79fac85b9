//! Texts of parts that no call of the part has brought.

use bindery_domain::HashedText;
use bindery_ledger::{Checkpoint, Part};

use super::Written;
use crate::{Halt, Work};

/// Saves a text as that of a part, although it was written as another one.
pub fn adopt(work: &Work, number: u16, written: &Written) {
    let text = HashedText::from(written.text.as_str());
    work.checkpoint(Checkpoint { number, part: written.part.clone(), text: Some(text), again: None });
}

/// Returns the text of a part that plain code makes, which is read from the store if it was saved before.
///
/// It is saved because a later program may make another one, to which the parts that were written do not belong.
pub async fn keep(work: &Work, number: u16, make: impl FnOnce() -> String) -> Result<String, Halt> {
    let part = work.part(number);
    if let Some(digest) = part.digest.as_ref().filter(|_| part.finished())
        && let Some(text) = work.text(digest).await?
    {
        return Ok(text);
    }
    let text = make();
    let hashed = HashedText::from(text.as_str());
    let digest = Some(hashed.digest().clone());
    let part = Part { digest, kept_attempt: None, draft: false, remarks: Vec::new(), ..part };
    work.checkpoint(Checkpoint { number, part, text: Some(hashed), again: None });
    Ok(text)
}
