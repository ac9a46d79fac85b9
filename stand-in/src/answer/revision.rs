//! The changes that an editor's note asks for: the first block of running text gets a sentence that quotes the note.

use serde::Serialize;

use crate::contract::RevisionContract;

#[derive(Serialize)]
pub(super) struct Revision {
    changes: Vec<Change>,
}

#[derive(Serialize)]
struct Change {
    block: usize,
    text: String,
}

/// Changes the quoted blocks.
pub(super) fn revision(contract: &RevisionContract, request: &str) -> Revision {
    let quoted = request.split("<block number=\"").skip(1).filter_map(|block| {
        let (_, block) = block.split_once("\">\n")?;
        block.split_once("\n</block>").map(|(block, _)| block)
    });
    let prose = |(_, block): &(usize, &str)| block.starts_with(char::is_alphabetic);
    let change = |(number, block): (usize, &str)| Change {
        block: number,
        text: format!("{block} An editor asked for this: {}", contract.note.trim()),
    };
    Revision { changes: (1..).zip(quoted).find(prose).map(change).into_iter().collect() }
}
