//! Builds the outline from headings whose ranks are known.

use super::{
    super::{
        Chapter, Outline, Part, Section,
        check::{ChapterLines, Draft},
        fault::{Fault, Faults, shortened},
        fields::Meta,
        goals::is_title as is_goals,
        habits::{Found, is_wrapper, labelled_title},
        labels::{self, Called, decimal, label, number, roman},
        page::{Page, Places},
        role::{self, Role},
    },
    blocks::Block,
    heading::{Attributes, plain, split_length, without_link, without_number},
    heads::Head,
    numbering::Numbering,
    prose::{Lists, Prose, cut, one_line},
    ranks::{Rank, is_same},
};

/// The title of a book that was given none.
const UNTITLED: &str = "Untitled";

/// What the outline is built from.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) blocks: &'a [Block],
    pub(super) heads: &'a [Head],
    pub(super) ranks: &'a [Rank],
    pub(super) page: &'a Page,
}

/// Builds the outline.
pub(super) fn build(source: &Source<'_>, meta: Meta, found: Found, faults: &mut Faults) -> (Draft, Found) {
    let mut builder = Builder {
        source,
        meta,
        found,
        faults,
        draft: Draft::default(),
        part: None,
        count: Count::default(),
        numbering: Numbering::default(),
        uncounted: Vec::new(),
        kept_number: None,
        are_numerals: true,
    };
    builder.read();
    builder.finish();
    (builder.draft, builder.found)
}

/// How many chapters have been numbered.
#[derive(Default)]
struct Count {
    in_book: u32,
    in_part: u32,
}

struct Builder<'a> {
    source: &'a Source<'a>,
    meta: Meta,
    found: Found,
    faults: &'a mut Faults,
    draft: Draft,
    /// The title of the part that is open.
    part: Option<String>,
    count: Count,
    numbering: Numbering,
    /// The chapters without a number among numbered ones, with their lines.
    uncounted: Vec<(usize, String)>,
    /// The first title that keeps a number, with its line.
    kept_number: Option<(usize, String)>,
    /// Whether the numbered chapters have nothing but Roman numerals for titles.
    are_numerals: bool,
}

impl Builder<'_> {
    fn read(&mut self) {
        let Source { text, blocks, heads, ranks, .. } = *self.source;
        let mut ranked: Vec<(&Head, Rank)> = heads.iter().zip(ranks.iter().copied()).collect();
        ranked.retain(|(_, rank)| *rank != Rank::Text);
        let start = |at: usize| ranked.get(at).map_or(text.len(), |(head, _)| blocks[head.block].range.start);
        let first = ranked.first().map_or(blocks.len(), |(head, _)| head.block);
        self.numbering = Numbering::of(&ranked);
        self.before(start(0), &blocks[..first], ranked.first().map(|(_, rank)| *rank));
        for (at, (head, rank)) in ranked.iter().enumerate() {
            let end = start(at + 1);
            let after = ranked.get(at + 1).map_or(blocks.len(), |(head, _)| head.block);
            let span = blocks[head.block].range.end.min(end)..end;
            let lists =
                if matches!(rank, Rank::Chapter { .. } | Rank::Section) { Lists::ArePoints } else { Lists::Stay };
            let below = cut(text, span, &blocks[head.block + 1..after], lists);
            match *rank {
                Rank::Title => self.title(head, below),
                Rank::Part => self.part(head, below),
                Rank::Chapter { ends_part } => self.chapter(head, ends_part, below),
                Rank::Section => self.section(head, below),
                Rank::Matter => self.matter(head, &below),
                Rank::Text => {}
            }
        }
    }

    /// Reads the text before the first heading. It is the description where the title stands elsewhere.
    fn before(&mut self, end: usize, blocks: &[Block], first: Option<Rank>) {
        let text = &self.source.text[..end];
        let blank = text.len() - text.trim_start().len();
        if blank == end {
            return;
        }
        let is_titled = self.meta.title.is_some() || self.found.title.is_some() || self.found.is_untitled;
        if is_titled && first != Some(Rank::Title) {
            self.draft.outline.description = cut(self.source.text, 0..end, blocks, Lists::Stay).text;
            return;
        }
        let line = Places::new(self.source.text, self.source.page).line_at(blank);
        self.faults.add(line, Fault::TextBeforeTitle);
    }

    fn title(&mut self, head: &Head, below: Prose) {
        self.refuse_attributes(head);
        let Draft { outline, lines } = &mut self.draft;
        if let Some(first) = lines.chapters.first() {
            self.faults.add(first.line, Fault::TextBeforeTitle);
        }
        lines.title = Some(head.line);
        let inline = labels::without_symbols(&head.inline);
        outline.title = unquoted(plain(&labelled_title(inline).unwrap_or_else(|| inline.to_owned())));
        if let Some(title) = self.meta.title.take()
            && !is_same(&outline.title, &title.text)
        {
            let text =
                format!("the front matter has another title, \"{}\"; the heading counts", shortened(&title.text));
            self.found.notes.add(title.line, text);
        }
        outline.description = below.text;
    }

    fn part(&mut self, head: &Head, below: Prose) {
        self.refuse_attributes(head);
        let title = plain(without_link(labels::without_symbols(&head.inline)));
        if self.part.as_ref() == Some(&title) {
            let text = format!("two parts next to each other are called \"{}\" and are read as one", shortened(&title));
            self.found.notes.add(head.line, text);
        }
        self.draft.lines.parts.push(Some(head.line));
        self.part = Some(title.clone());
        self.count.in_part = 0;
        self.draft.outline.parts.push(Part { title, summary: below.text });
    }

    fn chapter(&mut self, head: &Head, ends_part: bool, below: Prose) {
        let attributes = head.braces.as_deref().map_or_else(|| Ok(Attributes::default()), Attributes::read);
        let attributes = attributes.unwrap_or_else(|fault| {
            self.faults.add(head.line, fault);
            Attributes::default()
        });
        if !attributes.ignored.is_empty() {
            let text = format!("`{}` says nothing to Bindery and is left out", attributes.ignored.join(" "));
            self.found.notes.add(head.line, text);
        }
        if attributes.no_part || ends_part {
            self.part = None;
        }
        let (inline, length) = split_length(labels::without_symbols(&head.inline));
        let position = u32::try_from(self.draft.outline.chapters.len() + 1).unwrap_or(u32::MAX);
        let own = self.numbering.of_title(inline).unwrap_or(position);
        let numbers = [self.count.in_book + 1, self.count.in_part + 1, position, own];
        let titled = self.numbering.without_unmarked(inline).unwrap_or_else(|| without_number(inline, &numbers));
        let is_numbered = titled.len() < inline.len();
        if !is_numbered && labels::titled_number(inline) {
            self.kept_number.get_or_insert_with(|| (head.line, plain(inline)));
        }
        let titled = if is_numbered { titled } else { without_zero(inline) };
        let title = plain(without_link(titled));
        let told = Role::of_title(&title);
        // The number that the author gave to an introduction says that it is a chapter like the others.
        let counted = (is_numbered && told.is_some()).then_some(Role::Chapter);
        let unnumbered = (attributes.is_unnumbered && told.is_none()).then_some(match self.count.in_book {
            0 => Role::FrontMatter,
            _ => Role::BackMatter,
        });
        let uncounted = || {
            self.numbering
                .role_of_uncounted(self.draft.outline.chapters.len())
                .filter(|_| told.is_none() && number(&title).is_none())
        };
        let uncounted = if attributes.role.or(counted).or(unnumbered).is_none() { uncounted() } else { None };
        if uncounted.is_some() {
            self.uncounted.push((head.line, title.clone()));
        }
        let role = attributes.role.or(counted).or(unnumbered).or(uncounted);
        // A title such as "Notes" has a role where it stands, unless its author says otherwise.
        let is_said = attributes.role == Some(Role::Chapter) && role::is_around_chapters(&title);
        let role = role.filter(|role| is_said || *role != told.unwrap_or_default());
        let Prose { text: summary, points, goals } = below;
        let Attributes { words, last, .. } = attributes;
        let words = words.or(length);
        let part = self.part.clone();
        let chapter = Chapter { title, summary, goals, points, sections: Vec::new(), words, last, part, role };
        if chapter.role().is_numbered() {
            self.are_numerals &= roman(inline).is_some();
            self.count.in_book += 1;
            self.count.in_part += 1;
        }
        self.draft.outline.chapters.push(chapter);
        self.draft.lines.chapters.push(ChapterLines { line: Some(head.line), sections: Vec::new() });
    }

    fn section(&mut self, head: &Head, below: Prose) {
        self.refuse_attributes(head);
        let place = u32::try_from(self.draft.outline.chapters.len()).unwrap_or(u32::MAX);
        let Draft { outline, lines } = &mut self.draft;
        let parents = outline.chapters.last_mut().zip(lines.chapters.last_mut());
        let Some((chapter, lines)) = parents else {
            if head.level == 2 && self.found.subtitle.is_none() && below.points.is_empty() {
                self.found.subtitle = Some(plain(head.inline.trim_matches(['*', '_']))).filter(|text| !text.is_empty());
                outline.description = blocks_of(&[&outline.description, &below.text]);
                return;
            }
            let heading = shortened(&plain(&head.inline));
            return self.faults.add(head.line, Fault::StraySection { heading });
        };
        let inline = labels::without_symbols(&head.inline);
        let numbers = [self.count.in_book, self.count.in_part, place];
        let position = u32::try_from(chapter.sections.len() + 1).unwrap_or(u32::MAX);
        let numbered = decimal(inline).filter(
            |found| matches!(found.levels[..], [chapter, section] if numbers.contains(&chapter) && section == position),
        );
        let heading = plain(without_link(numbered.map_or(inline, |found| found.title)));
        let Prose { text: summary, points, goals } = below;
        chapter.goals.extend(goals);
        if is_goals(&heading) && summary.is_empty() {
            chapter.goals.extend(points.iter().map(|goal| one_line(goal)));
            return;
        }
        chapter.sections.push(Section { heading, summary, points });
        lines.sections.push(Some(head.line));
    }

    /// Adds a heading that is no chapter to the description, with the text below it. A heading such as "Chapters" says
    /// nothing of its own, and is left out where nothing stands below it.
    fn matter(&mut self, head: &Head, below: &Prose) {
        self.refuse_attributes(head);
        if below.text.is_empty() && (is_wrapper(&head.inline) || head.inline.is_empty()) {
            return;
        }
        let heading = format!("#### {}", head.inline);
        let description = &mut self.draft.outline.description;
        *description = blocks_of(&[description, heading.trim_end(), &below.text]);
        let text =
            format!("\"{}\" is read as a part of the description, not as a chapter", shortened(&plain(&head.inline)));
        self.found.notes.add(head.line, text);
    }

    /// Refuses braces that would be lost: only a chapter has a length or a role. Names, and marks that say what the
    /// heading's place says already, are no loss.
    fn refuse_attributes(&mut self, head: &Head) {
        let is_mark = |found| {
            Attributes { part: false, is_unnumbered: false, ignored: Vec::new(), ..found } == Attributes::default()
        };
        if head.braces.as_deref().is_some_and(|braces| !Attributes::read(braces).is_ok_and(is_mark)) {
            self.faults.add(head.line, Fault::MisplacedAttributes);
        }
    }

    /// Fills in what the front matter and the habits found.
    fn finish(&mut self) {
        if self.numbering.has_gaps() {
            let text = "the numbers of the chapters leave some out, so all of them are dropped, and the chapters are counted anew";
            self.found.notes.add(None, text);
        }
        self.tell_numbers();
        if self.are_numerals {
            number_titles(&mut self.draft.outline);
        }
        let Builder { meta, found, draft, .. } = self;
        let outline = &mut draft.outline;
        outline.front = std::mem::take(&mut meta.front);
        let front = &mut outline.front;
        let line = |found: &mut Option<String>| found.take().map(|text| one_line(&text));
        front.subtitle = front.subtitle.take().or_else(|| line(&mut found.subtitle));
        front.audience = front.audience.take().or_else(|| line(&mut found.audience));
        front.tone = front.tone.take().or_else(|| line(&mut found.tone));
        front.rights = front.rights.take().or_else(|| found.rights.take());
        if front.author.is_empty() {
            front.author = found.authors.drain(..).map(|name| one_line(&name)).collect();
        }
        if let Some(description) = meta.description.take() {
            outline.description = blocks_of(&[&description, &outline.description]);
        }
        if outline.title.is_empty() && draft.lines.title.is_none() {
            let given = meta.title.take().map(|title| title.text).or(found.title.take());
            if given.is_none() && found.is_untitled && !outline.chapters.is_empty() {
                let advice =
                    "the outline has no title, so the book is called \"Untitled\"; write `# The Title` above it";
                found.notes.add(None, advice);
                UNTITLED.clone_into(&mut outline.title);
            }
            outline.title = given.unwrap_or_else(|| std::mem::take(&mut outline.title));
        }
    }
}

impl Builder<'_> {
    /// Tells which chapters have no number beside numbered ones, and which titles keep a number.
    fn tell_numbers(&mut self) {
        if let [(line, first), others @ ..] = &self.uncounted[..] {
            let (more, has) = match others.len() {
                0 => (String::new(), "has no number among numbered chapters and stays"),
                count => (format!(" and {count} more"), "have no number among numbered chapters and stay"),
            };
            let text = format!(
                "\"{}\"{more} {has} without one; write `{{role=chapter}}` after the title \
                 to count it",
                shortened(first)
            );
            self.found.notes.add(*line, text);
        }
        if let Some((line, title)) = &self.kept_number {
            let text = format!(
                "\"{}\" keeps its number, since the numbers do not count the chapters; delete it if the title should not have it",
                shortened(title)
            );
            self.found.notes.add(*line, text);
        }
    }
}

/// Turns titles that are nothing but the Roman numerals of their chapters into figures, which no other number is put before.
fn number_titles(outline: &mut Outline) {
    let numbers = outline.numbers();
    let are_numerals = outline
        .chapters
        .iter()
        .zip(&numbers)
        .all(|(chapter, count)| count.is_none() || roman(&chapter.title) == *count);
    if are_numerals && numbers.iter().flatten().count() >= 2 {
        for (chapter, count) in outline.chapters.iter_mut().zip(numbers) {
            chapter.title = count.map_or_else(|| std::mem::take(&mut chapter.title), |count| count.to_string());
        }
    }
}

/// Returns a title without the marks that Chinese and Japanese put around titles.
fn unquoted(title: String) -> String {
    let inside = [('《', '》'), ('『', '』'), ('「', '」')].into_iter().find_map(|(open, close)| {
        let inside = title.strip_prefix(open)?.strip_suffix(close)?.trim();
        (!inside.is_empty() && !inside.contains([open, close])).then(|| inside.to_owned())
    });
    inside.unwrap_or(title)
}

/// Returns blocks of Markdown as one text. The blocks keep their spaces: without them, a line may become a heading.
fn blocks_of(blocks: &[&str]) -> String {
    let blocks: Vec<&str> = blocks.iter().copied().filter(|block| !block.is_empty()).collect();
    blocks.join("\n\n")
}

/// Returns a heading without a zero before it, as in "0. Introduction".
fn without_zero(inline: &str) -> &str {
    match label(inline) {
        Some(found) if found.number == 0 && found.called == Called::Number && Role::of_title(found.title).is_some() => {
            found.title
        }
        _ => inline,
    }
}
