//! How an answer completes the context that was compiled from the outline. It adds what the outline leaves open and removes nothing.

use std::{collections::BTreeMap, ops::Range};

use bindery_context::{
    BookPart, Character, Context, Example, Knowing, Place, Reference, Secret, Slice, Term, answer::AnswerFault,
};

use super::{
    answer::{ChapterAnswer, CharacterAnswer, NamedAnswer, PlanAnswer, SecretAnswer, TermAnswer},
    check::{self, PlanFault},
    extent::Extent,
};

/// The most characters of a sentence that an answer adds to every prompt of the book.
const MAX_SENTENCE_CHARS: usize = 400;

/// The most characters of the page about the voice.
const MAX_VOICE_CHARS: usize = 1_200;

/// The most items that an answer adds to a list in every prompt of the book.
const MAX_ITEMS: usize = 24;

/// The most learning goals of a chapter.
const MAX_GOALS: usize = 6;

/// A context that an answer has completed.
pub(super) struct Completed {
    pub(super) context: Context,
    /// What plain code found wrong with the answer.
    pub(super) faults: Vec<PlanFault>,
}

/// Completes a context with what an answer decides.
pub(super) fn complete(
    mut context: Context,
    mut answer: PlanAnswer,
    extent: &Extent,
) -> Result<Completed, AnswerFault> {
    let range = extent.chapters(&context);
    let chapters = std::mem::take(&mut answer.chapters);
    let mut faults = Vec::new();
    if extent.has_book() {
        faults.extend(complete_book(&mut context, answer));
    }
    complete_chapters(&mut context, chapters, range.clone());
    let undecided: Vec<u32> = undecided(&context, range.clone());
    if !undecided.is_empty() && undecided.len() == range.len() {
        return Err(AnswerFault::new(
            "it decides on none of the chapters, which its list \"chapters\" must name by number",
        ));
    }
    if extent.has_book() {
        faults.extend(check::without_terms(&context));
    }
    faults.extend(undecided.into_iter().map(PlanFault::Undecided));
    faults.extend(check::take_early(&mut context, range.clone()));
    // A chapter outside of the block may have the same. Its own block is asked about what is wrong with it.
    let variety = context.book.variety;
    let alike = check::take_alike(&mut context.chapters, variety).into_iter();
    faults.extend(alike.filter(|fault| fault.chapter().is_some_and(|chapter| range.contains(&(chapter as usize - 1)))));
    match context.book_part_excess() {
        None => Ok(Completed { context, faults }),
        Some(excess) => {
            Err(AnswerFault::new(format!("what it says about the whole book is about {excess} tokens too long")))
        }
    }
}

/// Puts the chapters that were planned by blocks together. No two of them keep the same decision; who loses one is told.
pub(super) fn join(mut context: Context, blocks: Vec<Vec<Slice>>) -> Completed {
    for slice in blocks.into_iter().flatten() {
        let at = (slice.chapter as usize).checked_sub(1);
        if let Some(place) = at.and_then(|at| context.chapters.get_mut(at)) {
            *place = slice;
        }
    }
    let variety = context.book.variety;
    let faults = check::take_alike(&mut context.chapters, variety);
    Completed { context, faults }
}

/// Returns the numbers of the chapters on which nothing is decided.
fn undecided(context: &Context, range: Range<usize>) -> Vec<u32> {
    context.chapters[range]
        .iter()
        .filter(|slice| !slice.typed && slice.decisions() == 0)
        .map(|slice| slice.chapter)
        .collect()
}

fn complete_chapters(context: &mut Context, answers: Vec<ChapterAnswer>, range: Range<usize>) {
    let points = owned_points(context);
    let mut answers: BTreeMap<u32, ChapterAnswer> =
        answers.into_iter().rev().map(|answer| (answer.chapter, answer)).collect();
    for slice in &mut context.chapters[range] {
        if let Some(answer) = answers.remove(&slice.chapter) {
            complete_slice(answer, slice, &points);
        }
    }
}

/// Completes what holds for the whole book. What its author's own words already tell is no secret.
fn complete_book(context: &mut Context, answer: PlanAnswer) -> Vec<PlanFault> {
    let mut faults = Vec::new();
    let author = context.clone();
    let count = u32::try_from(context.chapters.len()).unwrap_or(u32::MAX);
    for mut secret in answer.secrets.into_iter().take(MAX_ITEMS).map(read_secret) {
        secret.keep_telling_terms(&author);
        faults.extend(add_secret(context, secret, author.secrets.len()));
    }
    let Context { book, secrets, .. } = context;
    let tells = |text: &str| secrets.iter().any(|secret| secret.is_told_in(text));
    let told = |texts: Vec<String>| texts.into_iter().filter(|text| !tells(text)).collect::<Vec<_>>();
    let open = |text: String| if tells(&text) { String::new() } else { text };
    set(&mut book.thesis, &open(answer.thesis));
    set(&mut book.audience, &answer.audience);
    set(&mut book.promise, &open(answer.promise));
    set(&mut book.style.tone, &answer.tone);
    set(&mut book.style.point_of_view, &answer.point_of_view);
    if book.style.voice.is_empty() {
        book.style.voice = cut(&flat(&answer.voice), MAX_VOICE_CHARS);
    }
    add(&mut book.out_of_scope, &answer.out_of_scope);
    add(&mut book.style.banned, &answer.banned);
    add(&mut book.canon, &told(answer.canon));
    add(&mut book.timeline, &told(answer.timeline));
    add_terms(book, answer.glossary, count);
    for example in answer.examples.into_iter().take(MAX_ITEMS) {
        faults.extend(add_example(book, example, count));
    }
    for CharacterAnswer { name, want, fear, speech } in answer.characters.into_iter().take(MAX_ITEMS) {
        let known = book.characters.iter().any(|known| known.name.eq_ignore_ascii_case(&name));
        if !name.trim().is_empty() && !known && !tells(&name) {
            let [want, fear, speech] = [want, fear, speech].map(|text| sentence(&open(text)));
            book.characters.push(Character { name: sentence(&name), want, fear, speech });
        }
    }
    for NamedAnswer { name, line, .. } in answer.places.into_iter().take(MAX_ITEMS) {
        let known = book.places.iter().any(|known| known.name.eq_ignore_ascii_case(&name));
        if !name.trim().is_empty() && !known && !tells(&name) {
            book.places.push(Place { name: sentence(&name), line: sentence(&open(line)) });
        }
    }
    faults
}

/// Adds a secret to a context that had `before` of them before this answer. An earlier one without terms gets those of a new one of its
/// chapter, since a model seldom says the same thing twice in the same words.
fn add_secret(context: &mut Context, secret: Secret, before: usize) -> Option<PlanFault> {
    let count = u32::try_from(context.chapters.len()).unwrap_or(u32::MAX);
    let secrets = &mut context.secrets;
    let known = secrets.iter().position(|known| known.text == secret.text);
    let unmarked = || {
        let of_chapter = |known: &Secret| known.terms.is_empty() && known.chapter == secret.chapter;
        secrets.iter().take(before).position(of_chapter)
    };
    match known.or_else(unmarked) {
        _ if secret.text.is_empty() => {}
        Some(known) if secrets[known].terms.is_empty() => secrets[known].terms = secret.terms,
        Some(_) => {}
        None if (1..=count).contains(&secret.chapter) => secrets.push(secret),
        None => return Some(PlanFault::NoChapter(secret.text)),
    }
    None
}

fn read_secret(SecretAnswer { text, terms, chapter, known_to }: SecretAnswer) -> Secret {
    let known_to = known_to.into_iter().filter(|knowing| !knowing.character.trim().is_empty());
    Secret {
        text: sentence(&text),
        terms: terms.iter().take(MAX_ITEMS).map(|told| sentence(told)).filter(|told| !told.is_empty()).collect(),
        chapter: chapter.unwrap_or(0),
        known_to: known_to
            .take(MAX_ITEMS)
            .map(|knowing| Knowing { character: sentence(&knowing.character), chapter: knowing.chapter.unwrap_or(0) })
            .collect(),
    }
}

fn add_example(book: &mut BookPart, NamedAnswer { name, line, chapter }: NamedAnswer, count: u32) -> Option<PlanFault> {
    let known = book.examples.iter().any(|known| known.name.eq_ignore_ascii_case(&name));
    if name.trim().is_empty() || known {
        return None;
    }
    let name = sentence(&name);
    match chapter.filter(|chapter| (1..=count).contains(chapter)) {
        Some(chapter) => book.examples.push(Example { name, line: sentence(&line), chapter }),
        None => return Some(PlanFault::NoOwner(name)),
    }
    None
}

fn add_terms(book: &mut BookPart, answers: Vec<TermAnswer>, count: u32) {
    for TermAnswer { term, definition, chapter } in answers.into_iter().take(MAX_ITEMS) {
        let chapter = chapter.filter(|chapter| (1..=count).contains(chapter));
        let known = book.glossary.iter_mut().find(|known| known.term.eq_ignore_ascii_case(&term));
        match known {
            // The author gave the term and its meaning, but not the chapter that explains it.
            Some(known) => known.chapter = known.chapter.or(chapter),
            None if term.trim().is_empty() => {}
            None => {
                let (term, definition) = (sentence(&term), sentence(&definition));
                book.glossary.push(Term { term, definition, chapter });
            }
        }
    }
}

/// A point with the chapter that owns it.
struct OwnedPoint {
    chapter: u32,
    text: String,
}

/// The points of all chapters, by their ids.
type OwnedPoints = BTreeMap<String, OwnedPoint>;

fn owned_points(context: &Context) -> OwnedPoints {
    let mut points = OwnedPoints::new();
    for slice in &context.chapters {
        for point in &slice.owns {
            points.insert(point.id.clone(), OwnedPoint { chapter: slice.chapter, text: point.text.clone() });
        }
    }
    points
}

fn complete_slice(answer: ChapterAnswer, slice: &mut Slice, points: &OwnedPoints) {
    // The compiled line is only the beginning of the author's summary.
    if !answer.summary.trim().is_empty() {
        slice.line = sentence(&answer.summary);
    }
    set(&mut slice.role, &answer.role);
    set(&mut slice.example_domain, &answer.example_domain);
    set(&mut slice.images, &answer.images);
    set(&mut slice.assumes, &answer.assumes);
    set(&mut slice.adds, &answer.adds);
    set(&mut slice.leaves, &answer.leaves);
    set(&mut slice.point_of_view, &answer.point_of_view);
    set(&mut slice.setting, &answer.setting);
    set(&mut slice.goal, &answer.goal);
    set(&mut slice.turn, &answer.turn);
    set(&mut slice.outcome, &answer.outcome);
    set(&mut slice.opening, &answer.opening);
    set(&mut slice.closing, &answer.closing);
    set(&mut slice.hand_off, &answer.handoff);
    if slice.goals.is_empty() {
        add(&mut slice.goals, &answer.goals[..answer.goals.len().min(MAX_GOALS)]);
    }
    for id in answer.references.into_iter().take(MAX_ITEMS) {
        let known = slice.references.iter().any(|reference| reference.id == id);
        if let Some(point) = points.get(&id).filter(|point| point.chapter != slice.chapter && !known) {
            slice.references.push(Reference { id, chapter: point.chapter, text: point.text.clone() });
        }
    }
}

/// Fills a field that the author left empty.
fn set(field: &mut String, answer: &str) {
    if field.is_empty() {
        *field = sentence(answer);
    }
}

fn sentence(answer: &str) -> String {
    cut(&flat(answer), MAX_SENTENCE_CHARS)
}

fn flat(answer: &str) -> String {
    bindery_text::clean::clean(&answer.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// Cuts a text that is too long after a whole word.
fn cut(text: &str, most: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let kept = &text[..end];
    kept.rsplit_once(' ').map_or(kept, |(words, _)| words).to_owned()
}

fn add(list: &mut Vec<String>, answers: &[String]) {
    for answer in answers.iter().take(MAX_ITEMS).map(|answer| sentence(answer)) {
        if !answer.is_empty() && !list.contains(&answer) {
            list.push(answer);
        }
    }
}

#[cfg(test)]
mod tests;
