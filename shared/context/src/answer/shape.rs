//! The shapes of the answers in JSON. Readers take the names of fields from here, and so do the schemas that servers hold
//! models to.

use serde_json::{Map, Value, json};

/// The most items of a list whose number is free. A small model that is held to a schema may never end a longer list, and
/// servers refuse schemas with large bounds.
const MOST_ITEMS: u32 = 8;

/// The largest number of items that a schema demands exactly.
const MOST_COUNTED: u32 = 16;

/// The most values to which a schema limits a text.
const MOST_VALUES: usize = 48;

/// A field of an answer.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// The names under which models give it. The first one is asked for.
    pub names: &'static [&'static str],
    kind: Kind,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Text,
    Number,
    Texts,
    Object(&'static [Field]),
    Objects(&'static [Field]),
}

impl Field {
    const fn text(names: &'static [&'static str]) -> Self {
        Self { names, kind: Kind::Text }
    }

    const fn number(names: &'static [&'static str]) -> Self {
        Self { names, kind: Kind::Number }
    }

    const fn texts(names: &'static [&'static str]) -> Self {
        Self { names, kind: Kind::Texts }
    }

    const fn object(names: &'static [&'static str], fields: &'static [Self]) -> Self {
        Self { names, kind: Kind::Object(fields) }
    }

    const fn objects(names: &'static [&'static str], fields: &'static [Self]) -> Self {
        Self { names, kind: Kind::Objects(fields) }
    }

    /// Returns the schema of its value.
    fn schema(&self) -> Value {
        let list = |items: Value| json!({"type": "array", "items": items, "maxItems": MOST_ITEMS});
        match self.kind {
            Kind::Text => json!({"type": "string"}),
            Kind::Number => json!({"type": "integer"}),
            Kind::Texts => list(json!({"type": "string"})),
            Kind::Object(fields) => Schema::of(fields).0,
            Kind::Objects(fields) => list(Schema::of(fields).0),
        }
    }
}

/// A JSON schema of an answer.
pub(crate) struct Schema(Value);

impl Schema {
    /// Returns the schema of an object with exactly these fields.
    ///
    /// Every field is required, and no other one is allowed: servers with a strict mode accept nothing else.
    pub(crate) fn of(fields: &[Field]) -> Self {
        let properties: Map<String, Value> =
            fields.iter().map(|field| (field.names[0].to_owned(), field.schema())).collect();
        let required: Vec<&str> = fields.iter().map(|field| field.names[0]).collect();
        Self(json!({
            "type": "object", "properties": properties, "required": required, "additionalProperties": false,
        }))
    }

    /// Demands this number of items in a list.
    pub(crate) fn counted(mut self, list: &Field, count: u32) -> Self {
        let list = &mut self.0["properties"][list.names[0]];
        if count <= MOST_COUNTED {
            list["minItems"] = count.into();
            list["maxItems"] = count.into();
        } else if let Some(list) = list.as_object_mut() {
            list.remove("maxItems");
        }
        self
    }

    /// Bounds the number of items in a list.
    pub(crate) fn at_most(mut self, list: &Field, most: u32) -> Self {
        self.0["properties"][list.names[0]]["maxItems"] = most.min(MOST_COUNTED).into();
        self
    }

    /// Allows only these values in the texts of the list at a path.
    pub(crate) fn chosen_from(mut self, path: &str, values: impl Iterator<Item = String>) -> Self {
        let values: Vec<String> = values.collect();
        if let Some(list) = self.0.pointer_mut(path) {
            // A list without a possible value cannot be written by a server that needs one.
            if (1..=MOST_VALUES).contains(&values.len()) {
                list["items"]["enum"] = values.into();
            }
        }
        self
    }

    pub(crate) fn into_value(self) -> Value {
        self.0
    }
}

/// The answer that outlines a topic.
pub mod outline {
    use super::Field;

    /// The book's title.
    pub const TITLE: Field = Field::text(&["title", "book_title", "name"]);
    /// What the book is about.
    pub const DESCRIPTION: Field = Field::text(&["description", "summary", "subtitle"]);
    /// Who it is for.
    pub const AUDIENCE: Field = Field::text(&["audience", "readers"]);
    /// The chapters, in order.
    pub const CHAPTERS: Field = Field::objects(&["chapters"], &[CHAPTER_TITLE, SUMMARY, POINTS]);
    /// A chapter's title.
    pub const CHAPTER_TITLE: Field = Field::text(&["title", "heading", "name", "key"]);
    /// What a chapter says.
    pub const SUMMARY: Field = Field::text(&["summary", "description", "synopsis"]);
    /// A chapter's key points.
    pub const POINTS: Field = Field::texts(&["points", "key_points", "keypoints"]);
    /// All of it.
    pub const ANSWER: &[Field] = &[TITLE, DESCRIPTION, AUDIENCE, CHAPTERS];
}

pub mod plan;

/// The answer that divides a chapter into sections.
pub mod brief {
    use super::Field;

    /// The sections, in order.
    pub const SECTIONS: Field = Field::objects(&["sections", "section", "parts"], SECTION);
    const SECTION: &[Field] = &[HEADING, POINTS, BEATS, EXAMPLE, BEGINS, OPENS, ENDS, CLOSES, LENGTH];
    /// A section's heading.
    pub const HEADING: Field = Field::text(&["heading", "title", "name", "section", "key"]);
    /// The ids of a section's points.
    pub const POINTS: Field = Field::texts(&["points", "point_ids", "ids", "key_points", "point"]);
    /// What a section tells, in steps.
    pub const BEATS: Field = Field::texts(&["beats", "steps", "content"]);
    /// Where a section picks up.
    pub const BEGINS: Field = Field::text(&["begins", "begin", "starts", "start", "entry"]);
    /// Where a section stops.
    pub const ENDS: Field = Field::text(&["ends", "end", "exit"]);
    /// The example that a section alone tells, or the detail that it is remembered by.
    pub const EXAMPLE: Field = Field::text(&["example", "case", "image", "detail"]);
    /// With what a section opens.
    pub const OPENS: Field = Field::text(&["opens", "first_move", "opening"]);
    /// With what a section closes.
    pub const CLOSES: Field = Field::text(&["closes", "last_move", "closing"]);
    /// A section's length.
    pub const LENGTH: Field = Field::number(&["length", "words", "word_count", "target_words", "target_length"]);
    /// All of it.
    pub const ANSWER: &[Field] = &[SECTIONS];
}

/// The answer that judges a chapter.
pub mod judgement {
    use super::Field;

    /// The ids of the points that the chapter leaves out.
    pub const MISSED: Field = Field::texts(&["missed", "missing", "left_out", "not_treated", "untreated"]);
    /// All of it.
    pub const ANSWER: &[Field] = &[MISSED];
}

/// The answer that lists the facts of a chapter.
pub mod facts {
    use super::Field;

    /// The facts.
    pub const FACTS: Field = Field::objects(&["facts", "statements"], &[ABOUT, WHAT, VALUE, QUOTE]);
    /// Whom or what a fact is about.
    pub const ABOUT: Field = Field::text(&["about", "subject", "who", "entity"]);
    /// What of it is stated.
    pub const WHAT: Field = Field::text(&["what", "property", "attribute"]);
    /// What the chapter says it is.
    pub const VALUE: Field = Field::text(&["value", "is", "object"]);
    /// The sentence of the chapter.
    pub const QUOTE: Field = Field::text(&["quote", "sentence", "source"]);
    /// All of it.
    pub const ANSWER: &[Field] = &[FACTS];
}

/// The answer that judges pairs of statements.
pub mod conflicts {
    use super::Field;

    /// The ids of the pairs that contradict each other.
    pub const CONFLICTS: Field = Field::texts(&["conflicts", "contradictions", "contradicting", "conflicting"]);
    /// All of it.
    pub const ANSWER: &[Field] = &[CONFLICTS];
}

/// The answer that changes blocks of a text.
pub mod revision {
    use super::Field;

    /// The changes.
    pub const CHANGES: Field = Field::objects(&["changes", "edits", "revisions", "blocks"], &[BLOCK, TEXT]);
    /// The number of a block.
    pub const BLOCK: Field = Field::number(&["block", "number", "id", "key"]);
    /// The whole new text of a block.
    pub const TEXT: Field = Field::text(&["text", "new_text", "content", "replacement"]);
    /// All of it.
    pub const ANSWER: &[Field] = &[CHANGES];
}
