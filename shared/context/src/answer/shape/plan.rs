//! The answer that plans a book. What it holds depends on the kind of the book.

use bindery_outline::BookKind;

use super::Field;
use crate::contract::PlanScope;

/// What the book says.
pub const THESIS: Field = Field::text(&["thesis"]);
/// What a story is about.
pub const PREMISE: Field = Field::text(&["premise", "thesis", "logline"]);
/// Who it is for.
pub const AUDIENCE: Field = Field::text(&["audience", "readers"]);
/// What its reader can do or know afterwards.
pub const PROMISE: Field = Field::text(&["promise"]);
/// What it leaves out.
pub const OUT_OF_SCOPE: Field = Field::texts(&["out_of_scope", "excluded"]);
/// How it sounds.
pub const STYLE: Field = Field::object(&["style"], &[TONE, POINT_OF_VIEW, VOICE, BANNED]);
/// Its tone.
pub const TONE: Field = Field::text(&["tone"]);
/// Who speaks, or through whose eyes a chapter is told.
pub const POINT_OF_VIEW: Field = Field::text(&["point_of_view", "pov", "viewpoint"]);
/// A page about its voice.
pub const VOICE: Field = Field::text(&["voice", "voice_page"]);
/// The phrases that it does not use.
pub const BANNED: Field = Field::texts(&["banned", "banned_phrases", "avoid"]);
/// Its terms.
pub const GLOSSARY: Field = Field::objects(&["glossary", "terms"], &[TERM, DEFINITION, NUMBER]);
/// A term.
pub const TERM: Field = Field::text(&["term", "name"]);
/// What a term means.
pub const DEFINITION: Field = Field::text(&["definition", "meaning"]);
/// The facts on which its chapters agree.
pub const CANON: Field = Field::texts(&["canon", "facts"]);
/// The examples that return.
pub const EXAMPLES: Field = Field::objects(&["running_examples", "examples"], &[NAME, LINE, NUMBER]);
/// Who acts in a story.
pub const CHARACTERS: Field = Field::objects(&["characters", "cast"], &[NAME, WANT, FEAR, SPEECH]);
/// What somebody wants.
pub const WANT: Field = Field::text(&["want", "wants", "desire"]);
/// What somebody fears.
pub const FEAR: Field = Field::text(&["fear", "fears"]);
/// How somebody speaks.
pub const SPEECH: Field = Field::text(&["speech", "speaks", "way_of_speaking"]);
/// Where a story happens.
pub const PLACES: Field = Field::objects(&["places", "settings", "locations"], &[NAME, LINE]);
/// The name of somebody or something.
pub const NAME: Field = Field::text(&["name", "title", "key"]);
/// What something is, in a sentence.
pub const LINE: Field = Field::text(&["line", "description", "summary", "text"]);
/// What happens when.
pub const TIMELINE: Field = Field::texts(&["timeline", "chronology"]);
/// What the reader of a story learns late.
pub const SECRETS: Field = Field::objects(&["secrets", "reveals"], &[SECRET, SECRET_TERMS, NUMBER, KNOWN_TO]);
/// What a secret is.
pub const SECRET: Field = Field::text(&["secret", "text", "title"]);
/// The words that tell a secret.
pub const SECRET_TERMS: Field = Field::texts(&["terms", "names", "words"]);
/// Who knows a secret.
pub const KNOWN_TO: Field = Field::objects(&["known_to", "knows"], &[CHARACTER, NUMBER]);
/// A character, by name.
pub const CHARACTER: Field = Field::text(&["character", "name", "who", "title", "key"]);
/// What is decided on each chapter of a book that explains.
pub const CHAPTERS: Field = Field::objects(&["chapters"], EXPLAINED);
/// A chapter's number.
pub const NUMBER: Field =
    Field::number(&["chapter", "number", "chapter_number", "from_chapter", "owner", "id", "index", "key"]);
/// What a chapter does in the book.
pub const ROLE: Field = Field::text(&["role", "job", "purpose"]);
/// A chapter in a sentence.
pub const SUMMARY: Field = Field::text(&["summary", "line", "synopsis"]);
/// The ids of other chapters' points that it may mention.
pub const REFERENCES: Field = Field::texts(&["references", "may_reference", "refs"]);
/// Where its examples come from.
pub const EXAMPLE_DOMAIN: Field = Field::text(&["example_domain", "examples", "domain"]);
/// Where its comparisons come from.
pub const IMAGES: Field = Field::text(&["images", "comparisons", "metaphors", "imagery"]);
/// What its reader knows when it begins.
pub const ASSUMES: Field = Field::text(&["assumes", "assumed", "before", "prerequisites"]);
/// What it adds.
pub const ADDS: Field = Field::text(&["adds", "adds_to", "contributes"]);
/// Where it leaves its reader.
pub const LEAVES: Field = Field::text(&["leaves", "after", "leaves_reader"]);
/// What its reader can do afterwards.
pub const GOALS: Field = Field::texts(&["goals", "learning_goals", "objectives", "learning_objectives"]);
/// Where and when it happens.
pub const SETTING: Field = Field::text(&["setting", "where_and_when", "place", "time"]);
/// What somebody tries to reach in it.
pub const GOAL: Field = Field::text(&["goal", "pov_goal", "aim"]);
/// What changes in it.
pub const TURN: Field = Field::text(&["turn", "conflict", "turning_point"]);
/// How that ends.
pub const OUTCOME: Field = Field::text(&["outcome", "result", "resolution"]);
/// How it opens.
pub const OPENING: Field = Field::text(&["opening", "opens", "opening_move"]);
/// How it closes.
pub const CLOSING: Field = Field::text(&["closing", "closes", "closing_move"]);
/// How it leads to the next chapter.
pub const HANDOFF: Field = Field::text(&["handoff", "handoff_out", "transition", "bridge"]);

const EXPLAINED: &[Field] =
    &[NUMBER, ROLE, SUMMARY, REFERENCES, EXAMPLE_DOMAIN, IMAGES, ASSUMES, ADDS, LEAVES, OPENING, CLOSING, HANDOFF];
const TAUGHT: &[Field] = &[
    NUMBER,
    ROLE,
    SUMMARY,
    REFERENCES,
    EXAMPLE_DOMAIN,
    IMAGES,
    ASSUMES,
    ADDS,
    LEAVES,
    GOALS,
    OPENING,
    CLOSING,
    HANDOFF,
];
const TOLD: &[Field] =
    &[NUMBER, SUMMARY, POINT_OF_VIEW, SETTING, GOAL, TURN, OUTCOME, IMAGES, OPENING, CLOSING, HANDOFF];

const EXPLAINING_BOOK: &[Field] = &[THESIS, AUDIENCE, PROMISE, OUT_OF_SCOPE, STYLE, GLOSSARY, CANON, EXAMPLES];
const STORY_BOOK: &[Field] = &[PREMISE, AUDIENCE, STYLE, CANON, CHARACTERS, PLACES, TIMELINE, SECRETS];

/// Returns what is asked for.
pub fn answer(kind: BookKind, scope: PlanScope) -> Vec<Field> {
    let book = if kind.is_fiction() { STORY_BOOK } else { EXPLAINING_BOOK };
    let chapters = Field::objects(
        &["chapters"],
        match kind {
            BookKind::Novel | BookKind::Stories => TOLD,
            BookKind::Course | BookKind::Nonfiction => TAUGHT,
            BookKind::Reference => EXPLAINED,
        },
    );
    match scope {
        PlanScope::Whole => [book, &[chapters]].concat(),
        PlanScope::Book => book.to_vec(),
        PlanScope::Chapters => vec![chapters],
    }
}
