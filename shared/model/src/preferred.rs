//! The models of a stage, in the order in which they are tried.

use std::sync::Arc;

use bindery_domain::{Micros, StageModels};

use crate::{ModelCaller, Models, ModelsError};

/// The models of a stage: one at least.
#[derive(Clone)]
pub struct Preferred(Vec<Arc<ModelCaller>>);

/// The models of each stage of a book.
#[derive(Clone)]
pub struct StageCallers {
    /// Those that plan.
    pub plan: Preferred,
    /// Those that divide chapters into sections.
    pub brief: Preferred,
    /// Those that write sections and summaries.
    pub write: Preferred,
    /// Those that judge chapters.
    pub judge: Preferred,
}

impl From<Arc<ModelCaller>> for Preferred {
    fn from(only: Arc<ModelCaller>) -> Self {
        Self(vec![only])
    }
}

impl Preferred {
    /// Returns the model that is called first.
    pub fn first(&self) -> &ModelCaller {
        &self.0[0]
    }

    /// Returns the models in their order.
    pub fn callers(&self) -> &[Arc<ModelCaller>] {
        &self.0
    }

    /// Returns the same models in the order that begins with another one, after which the first follows the last.
    pub fn beginning_with(&self, index: usize) -> Self {
        let mut callers = self.0.clone();
        callers.rotate_left(index % self.0.len());
        Self(callers)
    }

    /// Returns the smallest of their contexts, as far as their servers tell.
    pub async fn context_tokens(&self) -> Option<u32> {
        let mut smallest = None;
        for caller in &self.0 {
            let tokens = caller.ask_about_itself().await.context_tokens;
            smallest = smallest.into_iter().chain(tokens).min();
        }
        smallest
    }

    /// Returns whether no call of any of them costs money.
    pub fn is_free(&self) -> bool {
        self.0.iter().all(|caller| caller.is_free())
    }

    /// Returns the most that a call may cost with this prompt and this limit for its text, whichever model answers it.
    pub fn worst(&self, input: u64, max_tokens: u64) -> Micros {
        self.0.iter().map(|caller| caller.worst(input, max_tokens)).max().unwrap_or_default()
    }
}

impl StageCallers {
    /// Returns whether no call of a book costs money.
    pub fn is_free(&self) -> bool {
        [&self.plan, &self.brief, &self.write, &self.judge].into_iter().all(Preferred::is_free)
    }

    /// Returns the name of a model whose price is not known; `None` where all are known.
    pub fn unpriced(&self) -> Option<&str> {
        let mut all = [&self.plan, &self.brief, &self.write, &self.judge].into_iter().flat_map(Preferred::callers);
        all.find(|caller| caller.price().is_none()).map(|caller| caller.name())
    }
}

impl Models {
    /// Returns the models of a stage. A model that this process cannot call is left out where another one is left.
    pub fn preferred(&self, names: &[String]) -> Result<Preferred, ModelsError> {
        let (mut callers, mut first_error) = (Vec::new(), None);
        for name in names {
            match self.caller(name) {
                Ok(caller) => callers.push(caller),
                Err(error) => {
                    tracing::warn!(model = name, %error, "this process cannot call a model");
                    first_error.get_or_insert(error);
                }
            }
        }
        match first_error {
            Some(error) if callers.is_empty() => Err(error),
            _ => Ok(Preferred(callers)),
        }
    }

    /// Returns the models of each stage. The error is about the first that cannot be called.
    pub fn stages(&self, names: &StageModels) -> Result<StageCallers, ModelsError> {
        let all =
            |names: &[String]| names.iter().map(|name| self.caller(name)).collect::<Result<_, _>>().map(Preferred);
        Ok(StageCallers {
            plan: all(&names.plan)?,
            brief: all(&names.brief)?,
            write: all(&names.write)?,
            judge: all(&names.judge)?,
        })
    }
}
