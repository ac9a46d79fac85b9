//! The answer of a planning call, read for what it means.

use bindery_context::answer::{self, AnswerFault, Fields, NamedText, shape::plan as shape};

/// The decisions of a model. Fields that it leaves out stay as the outline has them.
#[derive(Debug, Default)]
pub(super) struct PlanAnswer {
    pub(super) thesis: String,
    pub(super) audience: String,
    pub(super) promise: String,
    pub(super) out_of_scope: Vec<String>,
    pub(super) tone: String,
    pub(super) point_of_view: String,
    pub(super) voice: String,
    pub(super) banned: Vec<String>,
    pub(super) glossary: Vec<TermAnswer>,
    pub(super) canon: Vec<String>,
    pub(super) examples: Vec<NamedAnswer>,
    pub(super) characters: Vec<CharacterAnswer>,
    pub(super) places: Vec<NamedAnswer>,
    pub(super) timeline: Vec<String>,
    pub(super) secrets: Vec<SecretAnswer>,
    pub(super) chapters: Vec<ChapterAnswer>,
}

/// A term with its meaning and the chapter that explains it.
#[derive(Debug, Default)]
pub(super) struct TermAnswer {
    pub(super) term: String,
    pub(super) definition: String,
    pub(super) chapter: Option<u32>,
}

/// An example or a place.
#[derive(Debug, Default)]
pub(super) struct NamedAnswer {
    pub(super) name: String,
    pub(super) line: String,
    pub(super) chapter: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct CharacterAnswer {
    pub(super) name: String,
    pub(super) want: String,
    pub(super) fear: String,
    pub(super) speech: String,
}

#[derive(Debug, Default)]
pub(super) struct SecretAnswer {
    pub(super) text: String,
    pub(super) terms: Vec<String>,
    pub(super) chapter: Option<u32>,
    pub(super) known_to: Vec<KnowingAnswer>,
}

#[derive(Debug, Default)]
pub(super) struct KnowingAnswer {
    pub(super) character: String,
    pub(super) chapter: Option<u32>,
}

#[derive(Debug, Default)]
pub(super) struct ChapterAnswer {
    pub(super) chapter: u32,
    pub(super) role: String,
    pub(super) summary: String,
    pub(super) references: Vec<String>,
    pub(super) example_domain: String,
    pub(super) images: String,
    pub(super) assumes: String,
    pub(super) adds: String,
    pub(super) leaves: String,
    pub(super) goals: Vec<String>,
    pub(super) point_of_view: String,
    pub(super) setting: String,
    pub(super) goal: String,
    pub(super) turn: String,
    pub(super) outcome: String,
    pub(super) opening: String,
    pub(super) closing: String,
    pub(super) handoff: String,
}

/// The keys by which the object of an answer is told from what stands around it.
const KEYS: [&str; 7] = ["chapters", "thesis", "premise", "canon", "characters", "secrets", "style"];

impl PlanAnswer {
    /// Reads an answer.
    pub(super) fn read(text: &str) -> Result<Self, AnswerFault> {
        let answer = answer::object(text, &KEYS)?;
        let style = answer.objects(shape::STYLE.names).into_iter().next().unwrap_or_default();
        let styled =
            |keys: &[&str]| Some(style.text(keys)).filter(|text| !text.is_empty()).unwrap_or(answer.text(keys));
        let banned = style.texts(shape::BANNED.names);
        let thesis = [shape::THESIS, shape::PREMISE].map(|field| answer.text(field.names));
        Ok(Self {
            thesis: thesis.into_iter().find(|text| !text.is_empty()).unwrap_or_default(),
            audience: answer.text(shape::AUDIENCE.names),
            promise: answer.text(shape::PROMISE.names),
            out_of_scope: answer.texts(shape::OUT_OF_SCOPE.names),
            tone: styled(shape::TONE.names),
            point_of_view: styled(shape::POINT_OF_VIEW.names),
            voice: styled(shape::VOICE.names),
            banned: if banned.is_empty() { answer.texts(shape::BANNED.names) } else { banned },
            glossary: glossary(&answer),
            canon: answer.texts(shape::CANON.names),
            examples: named(&answer, shape::EXAMPLES.names),
            characters: answer.objects(shape::CHARACTERS.names).iter().map(CharacterAnswer::read).collect(),
            places: named(&answer, shape::PLACES.names),
            timeline: answer.texts(shape::TIMELINE.names),
            secrets: answer.objects(shape::SECRETS.names).iter().map(SecretAnswer::read).collect(),
            chapters: answer.objects(shape::CHAPTERS.names).iter().filter_map(ChapterAnswer::read).collect(),
        })
    }
}

/// Reads terms, which some models write as objects and others as texts with names.
fn glossary(answer: &Fields) -> Vec<TermAnswer> {
    let chapters = answer.objects(shape::GLOSSARY.names);
    let named = answer.named_texts(shape::GLOSSARY.names, shape::TERM.names, shape::DEFINITION.names);
    let chapter = |term: &str| {
        let known = chapters.iter().find(|object| object.text(shape::TERM.names) == term)?;
        known.number(shape::NUMBER.names)
    };
    let read = |NamedText { name, text }| TermAnswer { chapter: chapter(&name), term: name, definition: text };
    named.into_iter().map(read).collect()
}

/// Reads examples or places, which some models write as texts like `name: line`.
fn named(answer: &Fields, keys: &[&str]) -> Vec<NamedAnswer> {
    let read = |object: &Fields| {
        let (name, line) = (object.text(shape::NAME.names), object.text(shape::LINE.names));
        let chapter = object.number(shape::NUMBER.names);
        match name.split_once(':') {
            Some((name, line)) if chapter.is_none() => {
                NamedAnswer { name: name.trim().to_owned(), line: line.trim().to_owned(), chapter }
            }
            _ => NamedAnswer { name, line, chapter },
        }
    };
    answer.objects(keys).iter().map(read).collect()
}

impl CharacterAnswer {
    fn read(character: &Fields) -> Self {
        Self {
            name: character.text(shape::NAME.names),
            want: character.text(shape::WANT.names),
            fear: character.text(shape::FEAR.names),
            speech: character.text(shape::SPEECH.names),
        }
    }
}

impl SecretAnswer {
    fn read(secret: &Fields) -> Self {
        let knowing = |knowing: &Fields| KnowingAnswer {
            character: knowing.text(shape::CHARACTER.names),
            chapter: knowing.number(shape::NUMBER.names),
        };
        Self {
            text: secret.text(shape::SECRET.names),
            terms: secret.texts(shape::SECRET_TERMS.names),
            chapter: secret.number(shape::NUMBER.names),
            known_to: secret.objects(shape::KNOWN_TO.names).iter().map(knowing).collect(),
        }
    }
}

impl ChapterAnswer {
    fn read(chapter: &Fields) -> Option<Self> {
        Some(Self {
            chapter: chapter.number(shape::NUMBER.names)?,
            role: chapter.text(shape::ROLE.names),
            summary: chapter.text(shape::SUMMARY.names),
            references: chapter.texts(shape::REFERENCES.names),
            example_domain: chapter.text(shape::EXAMPLE_DOMAIN.names),
            images: chapter.text(shape::IMAGES.names),
            assumes: chapter.text(shape::ASSUMES.names),
            adds: chapter.text(shape::ADDS.names),
            leaves: chapter.text(shape::LEAVES.names),
            goals: chapter.texts(shape::GOALS.names),
            point_of_view: chapter.text(shape::POINT_OF_VIEW.names),
            setting: chapter.text(shape::SETTING.names),
            goal: chapter.text(shape::GOAL.names),
            turn: chapter.text(shape::TURN.names),
            outcome: chapter.text(shape::OUTCOME.names),
            opening: chapter.text(shape::OPENING.names),
            closing: chapter.text(shape::CLOSING.names),
            handoff: chapter.text(shape::HANDOFF.names),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_story_is_read_for_what_it_means() {
        let json = r#"{"plan": {"premise": "A gauge lies.", "cast": [{"name": "Ines", "wants": "the truth"}, "Jonah"],
            "places": {"the Hen": {"line": "a rock"}}, "timeline": "Monday: rain",
            "secrets": [{"text": "She cut the page.", "terms": "the cut page", "from_chapter": "5", "known_to": ["Edda"]}],
            "chapters": [{"chapter": 1, "pov": "Ines", "goal": "to sign"}]}}"#;
        let plan = PlanAnswer::read(json).unwrap();
        assert_eq!(plan.thesis, "A gauge lies.");
        assert_eq!((plan.characters[0].want.as_str(), plan.characters[1].name.as_str()), ("the truth", "Jonah"));
        assert_eq!((plan.places[0].name.as_str(), plan.places[0].line.as_str()), ("the Hen", "a rock"));
        assert_eq!(plan.timeline, ["Monday: rain"]);
        let secret = &plan.secrets[0];
        assert_eq!((secret.chapter, secret.terms.len(), secret.known_to[0].character.as_str()), (Some(5), 1, "Edda"));
        assert_eq!((plan.chapters[0].point_of_view.as_str(), plan.chapters[0].goal.as_str()), ("Ines", "to sign"));
    }

    #[test]
    fn terms_and_examples_keep_the_chapter_that_explains_them() {
        let json = r#"{"thesis": "A", "glossary": [{"term": "bilge", "definition": "the lowest part", "chapter": 2}],
            "running_examples": [{"name": "the leaking dinghy", "line": "it leaks", "chapter": 1}], "chapters": []}"#;
        let plan = PlanAnswer::read(json).unwrap();
        assert_eq!((plan.glossary[0].term.as_str(), plan.glossary[0].chapter), ("bilge", Some(2)));
        assert_eq!((plan.examples[0].name.as_str(), plan.examples[0].chapter), ("the leaking dinghy", Some(1)));
    }
}
