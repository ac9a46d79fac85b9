//! What single steps cost.

use std::time::{Duration, Instant};

use anyhow::Result;
use bindery_check::{Asked, SectionText, gate, targets, tidy};

use super::{Measured, millis};
use crate::{
    canned_model::{CannedModel, POINT, WORDS},
    raw_client::RawClient,
    servers::Servers,
    table::Table,
};

/// Prints what each step costs with 1, 16 and 64 chapters in flight.
pub(super) fn print(all: &[Measured]) {
    let mut table =
        Table::new(&["step", "a chapter has", "each, 1 in flight", "each, 16 in flight", "each, 64 in flight"]);
    let Some(last) = all.last() else { return };
    for (name, cost) in &last.steps {
        let each = |measured: &Measured| {
            let found = measured.steps.get(name);
            found.map_or("-".to_owned(), |cost| millis(cost.time / cost.count))
        };
        let a_chapter = f64::from(cost.count) / f64::from(last.load.books * last.load.chapters);
        table.row(&[name, &format!("{a_chapter:.2}"), &each(&all[0]), &each(&all[1]), &each(&all[2])]);
    }
    table.print();
}

/// Measures and prints single steps of the raw client, and the checks, one after another.
pub(super) async fn print_single(servers: &Servers, model: &CannedModel) -> Result<()> {
    const TIMES: u32 = 200;
    let mut raw_client = RawClient::connect(servers, 1).await?;
    let [mut publish, mut hop, mut keep, mut check] = [Duration::ZERO; 4];
    let points = [POINT.to_owned()];
    let asked = Asked { language: "en", heading: "All of it", points: &points, length: WORDS };
    for _ in 0..TIMES {
        publish += raw_client.publish().await?;
        hop += raw_client.hop().await?;
        keep += raw_client.keep(model.text()).await?;
        let begun = Instant::now();
        let text = tidy(model.text(), asked.heading, "Part 1");
        let text = SectionText::read(&text, asked.language);
        gate(&text, &asked)?;
        targets(&text, &asked);
        check += begun.elapsed();
    }
    let mut table = Table::new(&["one after another", "each"]);
    for (name, time) in [
        ("publish, confirm", publish),
        ("publish, confirm, consume, acknowledge", hop),
        ("SET of the text", keep),
        ("the checks of one section", check),
    ] {
        table.row(&[&name, &millis(time / TIMES)]);
    }
    table.print();
    Ok(())
}
