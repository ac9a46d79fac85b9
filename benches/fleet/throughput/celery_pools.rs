//! The full load written by Celery.

use anyhow::Result;

use super::FULL;
use crate::{
    celery::{Celery, Pool},
    servers::Servers,
    table::{Table, Verdict},
};

/// What the median of Bindery's rates must be, in those of Celery's best pool.
const AIM: f64 = 2.5;

/// What was measured with one pool.
pub(super) struct PoolRates {
    pool: Pool,
    /// Chapters a second, in each round.
    rates: Vec<f64>,
}

impl PoolRates {
    /// Returns every pool, with nothing measured yet.
    pub(super) fn all() -> Vec<Self> {
        Pool::all().map(|pool| Self { pool, rates: Vec::new() }).into()
    }

    /// Has a new worker write the full load.
    pub(super) async fn measure(&mut self, servers: &Servers, text: &str) -> Result<()> {
        let (books, chapters) = (FULL.books as usize, FULL.chapters as usize);
        let mut celery = Celery::start(servers, self.pool, text).await?;
        // Every process and thread of the pool opens its connections with its first task.
        celery.rate(books, chapters)?;
        self.rates.push(celery.rate(books, chapters)?);
        Ok(())
    }

    fn median(&self) -> f64 {
        median(&self.rates)
    }
}

/// Prints every pool's rates beside Bindery's, and holds Bindery's against the best.
pub(super) fn print(pools: &[PoolRates], own: &[f64]) -> Option<Verdict> {
    let times = |pool: &PoolRates| median(own) / pool.median();
    let mut table = Table::new(&["64 in flight", "chapters / s", "median", "Bindery's median is"]);
    let each = |rates: &[f64]| rates.iter().map(|rate| format!("{rate:.0}")).collect::<Vec<_>>().join(", ");
    table.row(&[&"Bindery", &each(own), &format!("{:.0}", median(own)), &""]);
    for pool in pools {
        let name = format!("Celery, {}", pool.pool.name());
        table.row(&[&name, &each(&pool.rates), &format!("{:.0}", pool.median()), &format!("{:.2} times", times(pool))]);
    }
    table.print();
    let best = pools.iter().max_by(|one, other| one.median().total_cmp(&other.median()))?;
    let promise = format!("chapters a second with 64 in flight are at least {AIM} times those of Celery's best pool");
    let found = format!("{:.2} times ({})", times(best), best.pool.name());
    Some(Verdict::new(promise, found, times(best) >= AIM))
}

fn median(rates: &[f64]) -> f64 {
    let mut rates = rates.to_vec();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
