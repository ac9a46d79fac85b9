//! The JSON schema of the answer to a contract.

use serde_json::Value;

use super::{Contract, ContractPoint, PlanScope};
use crate::answer::shape::{Schema, brief, conflicts, facts, judgement, outline, plan, revision};

/// The place of the points in the schema of a brief.
const POINTS_OF_SECTION: &str = "/properties/sections/items/properties/points";

/// The place of the points in the schema of a judgement.
const MISSED: &str = "/properties/missed";

/// The place of the pairs in the schema of a judgement of conflicts.
const CONFLICTS: &str = "/properties/conflicts";

impl Contract {
    /// Returns the schema of the answer; `None` where it is prose.
    pub fn schema(&self) -> Option<Value> {
        let ids = |points: &[ContractPoint]| points.iter().map(|point| point.id.clone()).collect::<Vec<_>>();
        let schema = match self {
            Self::Outline { chapters, .. } => Schema::of(outline::ANSWER).counted(&outline::CHAPTERS, *chapters),
            Self::Plan { kind, scope, chapters, .. } => {
                let schema = Schema::of(&plan::answer(*kind, *scope));
                let count = u32::try_from(chapters.len()).unwrap_or(u32::MAX);
                if *scope == PlanScope::Book { schema } else { schema.counted(&plan::CHAPTERS, count) }
            }
            Self::Brief { sections, points, .. } => Schema::of(brief::ANSWER)
                .counted(&brief::SECTIONS, *sections)
                .chosen_from(POINTS_OF_SECTION, points.iter().cloned()),
            Self::Judgement { points, .. } => {
                Schema::of(judgement::ANSWER).chosen_from(MISSED, ids(points).into_iter())
            }
            Self::Facts { most, .. } => Schema::of(facts::ANSWER).at_most(&facts::FACTS, *most),
            Self::Conflicts { pairs, .. } => {
                Schema::of(conflicts::ANSWER).chosen_from(CONFLICTS, ids(pairs).into_iter())
            }
            Self::Revision { blocks, .. } => Schema::of(revision::ANSWER).at_most(&revision::CHANGES, *blocks),
            Self::Section { .. } | Self::Repair { .. } | Self::Summary { .. } => return None,
        };
        Some(schema.into_value())
    }
}

#[cfg(test)]
mod tests {
    use bindery_domain::Unit;
    use bindery_outline::BookKind;

    use super::*;

    fn brief(sections: u32) -> Contract {
        Contract::Brief {
            language: "en".into(),
            chapter: 1,
            title: "Tides".into(),
            length: 2_000,
            unit: Unit::Words,
            sections,
            headings: Vec::new(),
            points: vec!["1.1".into()],
        }
    }

    /// Checks an object and all within it.
    fn is_strict(schema: &Value, largest: u64) {
        match schema["type"].as_str().unwrap() {
            "object" => {
                assert_eq!(schema["additionalProperties"], false);
                let fields = schema["properties"].as_object().unwrap();
                let required: Vec<&str> =
                    schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
                assert_eq!(required.len(), fields.len());
                assert!(required.iter().all(|name| fields.contains_key(*name)));
                fields.values().for_each(|field| is_strict(field, largest));
            }
            "array" => {
                for bound in ["minItems", "maxItems"] {
                    assert!(schema.get(bound).is_none_or(|bound| bound.as_u64().unwrap() <= largest), "{schema}");
                }
                is_strict(&schema["items"], largest);
            }
            _ => {}
        }
    }

    #[test]
    fn a_schema_has_all_fields_and_small_bounds_however_large_the_book_is() {
        let chapter = |chapter| super::super::PlanChapter { chapter, title: "T".into(), points: Vec::new() };
        let plan = |kind, scope, count| Contract::Plan {
            language: "en".into(),
            title: "T".into(),
            kind,
            scope,
            of: count,
            chapters: (1..=count).map(chapter).collect(),
        };
        let scopes = [PlanScope::Whole, PlanScope::Book, PlanScope::Chapters];
        let plans = BookKind::ALL
            .into_iter()
            .flat_map(|kind| scopes.map(|scope| [2, 120].map(|count| plan(kind, scope, count))));
        let outline = |chapters| Contract::Outline { topic: "T".into(), chapters, language: "en".into() };
        let point = ContractPoint { id: "1.1".into(), text: "Ebb".into() };
        let judgement = Contract::Judgement { language: "en".into(), chapter: 1, points: vec![point.clone(); 40] };
        let conflicts = Contract::Conflicts { language: "en".into(), chapter: 1, pairs: vec![point; 40] };
        let facts = Contract::Facts { language: "en".into(), chapter: 1, most: 16 };
        let revision = Contract::Revision { language: "en".into(), chapter: 1, blocks: 40, note: "shorter".into() };
        let others = [outline(10), outline(100), brief(4), brief(60), judgement, conflicts, facts, revision];
        for contract in plans.flatten().chain(others) {
            is_strict(&contract.schema().unwrap(), 16);
        }
        assert_eq!(brief(4).schema().unwrap()["properties"]["sections"]["minItems"], 4);
        assert_eq!(brief(60).schema().unwrap()["properties"]["sections"].get("maxItems"), None);
    }

    #[test]
    fn a_brief_names_the_points_of_its_chapter_alone() {
        let schema = brief(2).schema().unwrap();
        assert_eq!(schema.pointer(POINTS_OF_SECTION).unwrap()["items"]["enum"], serde_json::json!(["1.1"]));
    }

    #[test]
    fn prose_has_no_schema() {
        let summary = Contract::Summary { language: "en".into(), chapter: 3, length: 120, unit: Unit::Words };
        assert_eq!(summary.schema(), None);
    }
}
