//! How many texts reach their token limit and take a second call, which may fail as the first may.

use anyhow::Result;

use crate::{batch, stand_in::StandIn, write_run::BookFolder};

/// The books that are written to find out.
const BOOKS: usize = 50;

/// The share of sections that take a second call. It depends on their length, and so on the number in a chapter.
pub(crate) struct SecondCalls {
    /// The share in chapters of [`batch::SECTIONS`] sections.
    full: f64,
    /// The share in chapters of one section less.
    shorter: f64,
}

impl SecondCalls {
    /// Counts the calls of books without faults. Those beyond one for the plan and one for each section are second calls.
    pub(crate) fn measure() -> Result<Self> {
        let stand_in = StandIn::start(&["--instant"])?;
        let share = |shorter| -> Result<f64> {
            let (mut further, mut sections) = (0, 0);
            for number in 0..BOOKS {
                let outline = batch::book_with_shorter(number, shorter);
                let run =
                    BookFolder::new(&outline.to_markdown(), stand_in.url())?.write(&["--format", "md"])?.whole()?;
                further += run.count("/report/calls")? - outline.calls() as u64;
                sections += outline.sections() as u64;
            }
            Ok(further as f64 / sections as f64)
        };
        Ok(Self { full: share(0)?, shorter: share(batch::CHAPTERS)? })
    }

    /// Returns the share in chapters of so many sections.
    pub(crate) fn share(&self, sections: usize) -> f64 {
        if sections < batch::SECTIONS { self.shorter } else { self.full }
    }
}
