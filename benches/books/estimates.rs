//! How near an estimate is to what the book costs, for models with different habits.

use anyhow::Result;

use crate::{
    outline::{Outline, OutlineShape},
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    write_run::BookFolder,
};

/// A model's habit.
struct Habit {
    name: &'static str,
    /// The stand-in's faults.
    faults: &'static str,
    /// How much it reasons.
    reasoning: &'static str,
}

const HABITS: [Habit; 6] = [
    Habit { name: "makes no mistake", faults: "", reasoning: "none" },
    Habit { name: "reasons before it writes", faults: "", reasoning: "medium" },
    Habit { name: "misses targets", faults: "skip_point=0.2", reasoning: "none" },
    Habit {
        name: "fails its checks",
        faults: "empty=0.03,truncated_stop=0.05,wrong_json=0.05,length:0.6=0.05",
        reasoning: "none",
    },
    Habit { name: "writes what the audit has mended", faults: "invents_source=0.1", reasoning: "none" },
    Habit { name: "has a server that fails", faults: "cut=0.03,reset=0.03,server_error=0.1", reasoning: "none" },
];

/// The book from which a model becomes known.
const FIRST: OutlineShape = OutlineShape { chapters: 10, sections: 4, words: 2_400 };

/// The books whose estimates are compared.
const BOOKS: [OutlineShape; 4] = [
    OutlineShape { chapters: 8, sections: 3, words: 1_800 },
    OutlineShape { chapters: 12, sections: 4, words: 2_800 },
    OutlineShape { chapters: 10, sections: 0, words: 2_500 },
    OutlineShape { chapters: 14, sections: 2, words: 1_400 },
];

/// By how much of the cost an estimate may be off.
const TOLERANCE: f64 = 0.25;

const PRICES: &str = "[[price]]\nmodel = \"stand-in:prose\"\ninput = 3.0\ncached = 0.3\noutput = 15.0\n";

/// Writes five books with each model, the first of which is not compared.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Estimates",
        "Models with different habits write five books each, at $3 for a million prompt tokens and $15 for a million output \
         tokens. The first book makes the model known: its track record is in the store, and the later estimates follow \
         it. A ratio is the likely cost by the estimate, divided by what the ledger charged.",
    );
    let mut table = Table::new(&["the model", "book", "likely", "cost", "ratio "]);
    let (mut off, mut within) = (Vec::new(), 0);
    for habit in &HABITS {
        let stand_in = StandIn::start(&arguments(habit))?;
        let folder = BookFolder::new("", stand_in.url())?.file("prices.toml", PRICES)?;
        let folder = folder.set("BINDERY_MODEL__PRICES_FILE", "prices.toml");
        let folder = folder.set("BINDERY_PROVIDERS__STAND-IN__REASONING_EFFORT", habit.reasoning);
        for (number, shape) in [FIRST].iter().chain(&BOOKS).enumerate() {
            folder.order(&Outline::seeded(number as u64, *shape).to_markdown())?;
            let run = folder.write(&["--anew", "--gaps", "placeholder"])?;
            let (likely, cost) = (run.count("/report/likely")?, run.count("/report/cost")?);
            let ratio = likely as f64 / cost as f64;
            let dollars = |micros: u64| format!("${:.4}", micros as f64 / 1e6);
            let name = if number == 0 { "first".to_owned() } else { number.to_string() };
            table.row(&[&habit.name, &name, &dollars(likely), &dollars(cost), &format!("{ratio:.2}")]);
            if number > 0 {
                within += usize::from((ratio - 1.0).abs() <= TOLERANCE);
                off.push((ratio - 1.0).abs());
            }
        }
    }
    table.print();
    let worst = off.iter().copied().fold(0.0, f64::max);
    Ok(vec![Verdict::new(
        "a model that is known: the likely cost is within 25 % of the cost",
        format!("{within} of {} books, at worst {:.0} % off", off.len(), worst * 100.0),
        within == off.len(),
    )])
}

fn arguments(habit: &Habit) -> Vec<&'static str> {
    let faults = (!habit.faults.is_empty()).then_some(["--faults", habit.faults]);
    ["--instant"].into_iter().chain(faults.into_iter().flatten()).collect()
}
