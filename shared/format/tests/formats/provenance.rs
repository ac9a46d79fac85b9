//! Does the structure of a book say where its texts come from?

use bindery_format::{Format, Manuscript, Origin, Provenance, SectionCall, Version, WrittenSection};

use crate::{
    bound,
    manuscripts::{chapters, smallest},
};

#[test]
fn structure_names_the_call_of_each_section_where_the_text_has_the_same_sections() {
    let call = |part| SectionCall {
        model: Some("a:b".to_owned()),
        task: "write/1".to_owned(),
        part,
        attempt: Some(1),
        failed_tries: 0,
        rewrites: 0,
        calls: 1,
        digest: "0".repeat(64),
    };
    let sections = |last| {
        let written = [(1, 0..=0), (2, 0..=1), (3, 2..=last)];
        written.map(|(part, stands_in)| WrittenSection { stands_in, call: call(part) }).to_vec()
    };
    let parts = |sections: Vec<WrittenSection>| -> Vec<Vec<u64>> {
        let version = Version { version: "1.0".to_owned(), origin: Origin::Written };
        let mut chapters = chapters(&[("Ebb", "Before.\n\nStill before.\n\n## One\n\nText.\n\n## Two\n\nText.")]);
        let models = vec!["a:b".to_owned()];
        chapters[0].provenance = Some(Provenance { models, digest: "1".repeat(64), history: vec![version], sections });
        let book = Manuscript { chapters, mark: Some(71), ..smallest() };
        let json: serde_json::Value = serde_json::from_slice(&bound(Format::Json, &book)).unwrap();
        let chapter = &json["chapters"][0];
        let history = serde_json::json!([{"version": "1.0", "origin": "written"}]);
        assert_eq!(json["mark"], 71);
        assert_eq!(chapter["provenance"]["history"], history);
        let part = |call: &serde_json::Value| call["part"].as_u64().unwrap();
        let of_section =
            |section: &serde_json::Value| section["provenance"].as_array().into_iter().flatten().map(part).collect();
        chapter["sections"].as_array().unwrap().iter().map(of_section).collect()
    };
    let expected: [Vec<u64>; 3] = [vec![1, 2], vec![2], vec![3]];
    assert_eq!(parts(sections(2)), expected);
    let unknown: [Vec<u64>; 3] = Default::default();
    assert_eq!(parts(sections(3)), unknown, "the text has other headings than were counted");
}
