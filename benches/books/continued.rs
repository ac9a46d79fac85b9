//! How many texts meet their token limit and take a second call, which can fail as the first can.

use anyhow::Result;

use crate::{campaign, program::Desk, stand_in::StandIn};

/// Books that are written to find out.
const BOOKS: usize = 50;

/// The share of sections that take a second call. It depends on their length, and so on how many share a chapter.
pub(crate) struct Continued {
    /// In chapters of [`campaign::SECTIONS`] sections.
    full: f64,
    /// In chapters of one less.
    shorter: f64,
}

impl Continued {
    /// Counts the calls of books that no fault befalls: those beyond one a part continue a text.
    pub(crate) fn measure() -> Result<Self> {
        let stand_in = StandIn::start(&["--instant"])?;
        let share = |shorter| -> Result<f64> {
            let (mut further, mut sections) = (0, 0);
            for number in 0..BOOKS {
                let outline = campaign::book_with_shorter(number, shorter);
                let run = Desk::new(&outline.to_markdown(), stand_in.url())?.write(&["--format", "md"])?.whole()?;
                further += run.count("/report/calls")? - outline.parts() as u64;
                sections += outline.sections() as u64;
            }
            Ok(further as f64 / sections as f64)
        };
        Ok(Self { full: share(0)?, shorter: share(campaign::CHAPTERS)? })
    }

    /// Returns the share in chapters of so many sections.
    pub(crate) fn share(&self, sections: usize) -> f64 {
        if sections < campaign::SECTIONS { self.shorter } else { self.full }
    }
}
