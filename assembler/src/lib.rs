//! Audits and binds books: reads the set of chapters as a whole, then checks that all are there, orders them, renders them and
//! stores the files.

mod audit;
mod bind;
pub mod partial;
mod press;
mod texts;

use std::sync::Arc;

use async_trait::async_trait;
use bindery_domain::TaskId;
use bindery_files::Files;
use bindery_runtime::{Handler, Outcome, Work};

use self::{audit::Auditor, bind::Binder};
pub use bind::{PicturesError, StoredFault, pictures, stored};
pub use press::{Press, PressError};

/// Does the tasks of the assembler's lane.
pub struct Assembler {
    auditor: Auditor,
    binder: Binder,
}

impl Assembler {
    /// Makes an assembler that stores its files in `files`. The press makes the formats that need one.
    pub fn new(files: Arc<dyn Files>, press: Press) -> Self {
        Self { auditor: Auditor, binder: Binder::new(files, press) }
    }
}

#[async_trait]
impl Handler for Assembler {
    async fn handle(&self, work: &Work) -> Outcome {
        match work.task() {
            TaskId::Audit => self.auditor.handle(work).await,
            _ => self.binder.handle(work).await,
        }
    }
}
