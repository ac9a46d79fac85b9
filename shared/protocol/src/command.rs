//! Commands from upstream systems on books that they have submitted, and the answers they get, as CloudEvents in structured JSON.

use bindery_domain::{BookId, Digest};
use bindery_ledger::Book;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};

use crate::{
    book_event::BookEventFile,
    json::Reader,
    problem::{Problem, ProblemKind},
    submission::{CloudEvent, MAX_BYTES, OtherType, content, envelope, shortened, state},
};

/// The type of a command.
pub const COMMAND: &str = "bindery.book.command.v1";

/// The type of the answer to a command that was carried out.
pub const DONE: &str = "bindery.command.done.v1";

/// The type of the answer to a command that was not carried out.
pub const REFUSED: &str = "bindery.command.refused.v1";

/// The most flaws that are named at once.
const MAX_FLAWS: usize = 20;

/// A command on a book. The tenant is the user that the broker has validated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BookCommand {
    /// What is to be done.
    pub command: CommandName,
    /// The id of the book. Give either this or `request_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub book: Option<String>,
    /// Your own name for the book, as you submitted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// The numbers of the chapters that are written again or changed, from 1: for `rewrite` and `revise` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<u32>,
    /// A note on these chapters for the model, of at most 4,000 characters: for `rewrite` and `revise` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The numbers of the sections of the one chapter that may change; all of them, if it is left out: for `revise` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<u32>,
    /// The words in the one chapter that the note is about: for `revise` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<String>,
    /// The number of the chapter whose text is replaced: for `import` and `restore` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<u32>,
    /// The name of the former text, like `1.0`: for `restore` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The whole text of the chapter, as Markdown, without its title: for `import` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The plan in the place of the one that waits, as the answer to `plan` has it, edited: for `approve` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Map<String, Value>>,
    /// The `plan_tag` of the answer that the plan was made from. Nothing is done where the plan is another by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_tag: Option<String>,
}

/// What can be done to a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommandName {
    /// The answer says where the book stands. Nothing is done.
    Status,
    /// The answer also says what the book waits for, in `reasons`. Nothing is done.
    Why,
    /// The answer also has the plan of the book, in `plan`. Nothing is done.
    Plan,
    /// The plan of a book that waits for a review is approved, as it is or as the command has it.
    Approve,
    /// The book stands still until the hold is lifted.
    Hold,
    /// The hold is lifted.
    Lift,
    /// The book is called off.
    Cancel,
    /// A failed book is tried again.
    Redrive,
    /// Chapters of a settled book are written again.
    Rewrite,
    /// A model changes in chapters of a finished book what the note says, and nothing else.
    Revise,
    /// A former text of a chapter of a finished book is taken back.
    Restore,
    /// An edited text takes the place of a chapter's text in a finished book.
    Import,
}

/// The answer to a command that was carried out: the book as it is then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandAnswer {
    /// What was done.
    pub command: CommandName,
    /// The id of the book.
    #[schemars(with = "String")]
    pub book: BookId,
    /// Your own name for the book.
    pub request_id: String,
    /// Where the book stands: `accepted`, `planning`, `writing`, `auditing`, `binding`, `done`, `failed` or `cancelled`.
    pub state: String,
    /// Why the book stands still, if it does: `operator`, `budget` or `review`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holds: Vec<String>,
    /// How often the book was reopened after it had settled, from 1.
    pub edition: u32,
    /// Details for people: why the book failed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What the book waits for, then what each unfinished task waits for, a sentence each: for `why` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// The plan, which all chapters are written from: for `plan` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Map<String, Value>>,
    /// The name of this edition of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_tag: Option<String>,
    /// The bound files, once there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<BookEventFile>,
}

impl CommandAnswer {
    /// Describes a book after a command.
    pub fn of(command: CommandName, book: &Book) -> Self {
        Self {
            command,
            book: book.id.clone(),
            request_id: book.request_id.clone(),
            state: state(book.state).to_owned(),
            holds: book.holds.iter().map(ToString::to_string).collect(),
            edition: book.edition,
            detail: book.reason.clone().unwrap_or_default(),
            reasons: Vec::new(),
            plan: None,
            plan_tag: None,
            files: book.binding.iter().flat_map(|binding| &binding.files).map(BookEventFile::of).collect(),
        }
    }
}

/// A command with the name of its event. A command that is sent again has the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCommand {
    /// The command.
    pub command: BookCommand,
    /// Who sent it.
    source: String,
    /// The name that the sender gave the event.
    id: String,
}

impl NamedCommand {
    /// Returns the name of the command among all of a tenant.
    pub fn name(&self) -> Digest {
        Digest::of_json(&(&self.source, &self.id))
    }
}

/// Reads a message's body, or returns what is wrong with it, all at once.
pub fn decode(body: &[u8]) -> Result<NamedCommand, Problem> {
    if body.len() > MAX_BYTES {
        let detail = format!("the message has {} bytes, {MAX_BYTES} are allowed for a command", body.len());
        return Err(Problem::new(ProblemKind::TooLarge, detail));
    }
    let malformed = |detail: String| Problem::new(ProblemKind::Malformed, detail);
    let event: &RawValue =
        serde_json::from_slice(body).map_err(|error| malformed(format!("the message is no command: {error}")))?;
    let mut reader = Reader::default();
    let data = envelope(event, COMMAND, &mut reader)
        .map_err(|OtherType(kind)| malformed(format!("the message is a `{kind}`; a command is a `{COMMAND}`")))?;
    let fields = data.map(|data| content::<BookCommand>(data, &sound(), None, &mut reader)).unwrap_or_default();
    let command = BookCommand::deserialize(Value::Object(fields));
    let faults = command.as_ref().map(BookCommand::faults).unwrap_or_default();
    // A field that could not be read was left out, so nothing is known of it. What it goes with depends on the command.
    let is_read = |field: &str| !reader.flaws.iter().any(|flaw| flaw.starts_with(&format!("{field}:")));
    let known = |fault: &Fault| is_read(fault.field) && (fault.field == "book" || is_read("command"));
    let faults = faults.into_iter().filter(known).map(|Fault { field, what }| format!("{field}: {what}"));
    let flaws: Vec<String> = reader.flaws.iter().cloned().chain(faults).collect();
    match (command, serde_json::from_str::<CloudEvent<&RawValue>>(event.get())) {
        (Ok(command), Ok(event)) if flaws.is_empty() => {
            Ok(NamedCommand { command, source: event.source, id: event.id })
        }
        (Err(error), _) if flaws.is_empty() => Err(Problem::invalid(vec![error.to_string()])),
        (_, Err(error)) if flaws.is_empty() => Err(malformed(error.to_string())),
        _ => Err(Problem::invalid(shortened(&flaws, MAX_FLAWS))),
    }
}

/// Returns the field that a command must have, with a value that is sound.
fn sound() -> Map<String, Value> {
    let Value::Object(sound) = json!({"command": "status"}) else { unreachable!("it is written as an object") };
    sound
}

/// What is wrong with a field that can be read.
struct Fault {
    field: &'static str,
    what: &'static str,
}

impl BookCommand {
    /// Returns all that is wrong with the fields together.
    fn faults(&self) -> Vec<Fault> {
        use CommandName::{Approve, Import, Restore, Revise, Rewrite};
        let is = |names: &[CommandName]| names.contains(&self.command);
        let stray = |given: bool, names: &[CommandName]| given && !is(names);
        let lacks = |given: bool, names: &[CommandName]| !given && is(names);
        let (chapters, note) = (!self.chapters.is_empty(), self.note.is_some());
        let all = [
            (
                self.book.is_none() && self.request_id.is_none(),
                "book",
                "is missing; name the book by this or by `request_id`",
            ),
            (self.book.is_some() && self.request_id.is_some(), "book", "is given beside `request_id`; keep one"),
            (stray(chapters, &[Rewrite, Revise]), "chapters", "is for `rewrite` and `revise` alone"),
            (stray(note, &[Rewrite, Revise]), "note", "is for `rewrite` and `revise` alone"),
            (lacks(note, &[Revise]), "note", "is missing; say what is to be changed"),
            (stray(!self.sections.is_empty(), &[Revise]), "sections", "is for `revise` alone"),
            (stray(self.passage.is_some(), &[Revise]), "passage", "is for `revise` alone"),
            (stray(self.chapter.is_some(), &[Import, Restore]), "chapter", "is for `import` and `restore` alone"),
            (lacks(self.chapter.is_some(), &[Import, Restore]), "chapter", "is missing; name one chapter"),
            (stray(self.version.is_some(), &[Restore]), "version", "is for `restore` alone"),
            (lacks(self.version.is_some(), &[Restore]), "version", "is missing; name the former text, like `1.0`"),
            (stray(self.text.is_some(), &[Import]), "text", "is for `import` alone"),
            (lacks(self.text.is_some(), &[Import]), "text", "is missing; send the whole text of the chapter"),
            (stray(self.plan.is_some(), &[Approve]), "plan", "is for `approve` alone"),
            (self.plan_tag.is_some() && self.plan.is_none(), "plan_tag", "is for an `approve` with a `plan` alone"),
        ];
        all.into_iter().filter(|(is_wrong, ..)| *is_wrong).map(|(_, field, what)| Fault { field, what }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: &str = include_str!("command/v1.json");

    #[test]
    fn the_first_command_ever_shipped_can_still_be_read() {
        let NamedCommand { command, .. } = decode(SHIPPED.as_bytes()).unwrap();
        let note = Some("Shorter.".to_owned());
        let request_id = Some("course-17".to_owned());
        assert_eq!((command.command, command.book), (CommandName::Rewrite, None));
        assert_eq!((command.request_id, command.chapters, command.note), (request_id, vec![2, 5], note));
    }

    #[test]
    fn a_command_that_is_sent_again_has_the_same_name_and_any_other_another() {
        let name = |text: &str| decode(text.as_bytes()).unwrap().name();
        assert_eq!(name(SHIPPED), name(&SHIPPED.replace("Shorter.", "Longer.")));
        assert_ne!(name(SHIPPED), name(&SHIPPED.replace("\"id\": \"1\"", "\"id\": \"2\"")));
        assert_ne!(name(SHIPPED), name(&SHIPPED.replace("/courses", "/lessons")));
    }

    #[test]
    fn all_faults_of_a_command_are_named_at_once() {
        let event = |data: Value| json!({"specversion": "1.0", "type": COMMAND, "id": 1, "data": data}).to_string();
        let wrong = event(json!({"command": "burn", "book": 7, "colour": "red", "chapters": ["two"]}));
        let problem = decode(wrong.as_bytes()).unwrap_err();
        for about in ["source: is missing", "id: must", "command: ", "book: ", "unknown field `colour`", "chapters: "] {
            assert!(problem.errors.iter().any(|error| error.starts_with(about)), "{about} is missing in {problem:?}");
        }
        assert_eq!(problem.status, 422);
        let twice = SHIPPED.replace("\"rewrite\"", "\"hold\", \"book\": \"0123\"");
        let errors = decode(twice.as_bytes()).unwrap_err().errors;
        for about in ["book: is given beside", "chapters: is for", "note: is for"] {
            assert!(errors.iter().any(|error| error.starts_with(about)), "{about} is missing in {errors:?}");
        }
    }

    #[test]
    fn a_command_has_the_fields_that_it_needs_and_no_others() {
        let errors = |data: &str| {
            let mut event = json!({"specversion": "1.0", "type": COMMAND, "source": "/a", "id": "1"});
            event["data"] = serde_json::from_str(data).unwrap();
            decode(event.to_string().as_bytes()).map_or_else(|problem| problem.errors, |_| Vec::new())
        };
        for whole in [
            r#"{"book": "0", "command": "revise", "chapters": [1], "note": "Say who.", "sections": [2]}"#,
            r#"{"book": "0", "command": "restore", "chapter": 1, "version": "1.0"}"#,
            r#"{"book": "0", "command": "import", "chapter": 1, "text": "By hand."}"#,
            r#"{"book": "0", "command": "approve", "plan": {"book": {}, "chapters": []}, "plan_tag": "a"}"#,
            r#"{"book": "0", "command": "plan"}"#,
        ] {
            assert_eq!(errors(whole), [""; 0], "{whole}");
        }
        for (flawed, about) in [
            (r#"{"book": "0", "command": "revise", "chapters": [1]}"#, "note: is missing"),
            (r#"{"book": "0", "command": "restore", "chapter": 1}"#, "version: is missing"),
            (r#"{"book": "0", "command": "import", "text": "By hand."}"#, "chapter: is missing"),
            (r#"{"book": "0", "command": "hold", "text": "By hand."}"#, "text: is for"),
            (r#"{"book": "0", "command": "rewrite", "chapters": [1], "passage": "x"}"#, "passage: is for"),
            (r#"{"book": "0", "command": "approve", "plan_tag": "a"}"#, "plan_tag: is for"),
        ] {
            assert!(matches!(&errors(flawed)[..], [error] if error.starts_with(about)), "{:?}", errors(flawed));
        }
    }

    #[test]
    fn a_message_that_is_no_command_is_refused_with_the_reason() {
        let status = |body: &[u8]| decode(body).unwrap_err().status;
        assert_eq!((status(b"{"), status(b"[]"), status(&vec![b' '; MAX_BYTES + 1])), (400, 422, 413));
        let other = decode(SHIPPED.replace(COMMAND, "bindery.book.command.v9").as_bytes()).unwrap_err();
        assert!(other.status == 400 && other.detail.contains("bindery.book.command.v9"), "{other:?}");
        assert_eq!(status(SHIPPED.replace("\"rewrite\"", &"[".repeat(10_000)).as_bytes()), 400);
    }
}
