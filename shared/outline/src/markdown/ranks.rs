//! What each heading is: the title, a part, a chapter, a section. It depends on all of them together.

mod lessons;
mod matter;

use super::{
    super::{labels::Called, reading::Shape},
    heads::Head,
};

/// What a heading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rank {
    Title,
    Part,
    /// A chapter; whether it ends the part before it.
    Chapter {
        ends_part: bool,
    },
    Section,
    /// A part of the description.
    Matter,
    /// A part of the text above it.
    Text,
}

/// The ranks of all headings, and another shape in which they make sense.
pub(super) struct Ranked {
    pub(super) ranks: Vec<Rank>,
    pub(super) alternative: Option<Shape>,
}

/// Decides what each heading is.
pub(super) fn ranks(heads: &[Head], title: Option<usize>, wish: Option<Shape>) -> Ranked {
    let outline = Heads { heads, title };
    let first = |ranks| Ranked { ranks, alternative: None };
    if heads.iter().any(|head| head.attributes.chapter) {
        return first(outline.by_marks());
    }
    let Some(top) = outline.rest().map(|head| head.level).min() else {
        return first(outline.by_levels(None, 2, &|_| false));
    };
    match wish {
        Some(Shape::Chapters) => return first(outline.by_levels(None, top, &|_| false)),
        Some(Shape::Parts) => {
            if let Some(chapters) = outline.below(top) {
                return first(outline.by_levels(Some(top), chapters, &|head| !head.has_role()));
            }
        }
        None => {}
    }
    let mut ranked =
        outline.by_parts().or_else(|| outline.by_labels(top).map(first)).unwrap_or_else(|| outline.by_depth(top));
    lessons::part_from_chapters(heads, &mut ranked.ranks);
    ranked
}

struct Heads<'a> {
    heads: &'a [Head],
    title: Option<usize>,
}

impl<'a> Heads<'a> {
    /// Returns all headings but the title.
    fn rest(&self) -> impl Iterator<Item = &'a Head> + use<'a> {
        let title = self.title;
        self.heads.iter().enumerate().filter(move |(at, _)| Some(*at) != title).map(|(_, head)| head)
    }

    /// Returns the level of the headings below a level.
    fn below(&self, level: usize) -> Option<usize> {
        self.rest().map(|head| head.level).filter(|other| *other > level).min()
    }

    /// Reads headings that a habit has marked.
    fn by_marks(&self) -> Vec<Rank> {
        let mut is_begun = false;
        let rank = |(at, head): (usize, &Head)| {
            let is_marked = head.attributes.chapter || head.attributes.part;
            // Below a heading that is no chapter there are no sections.
            is_begun = is_marked || (is_begun && (head.level > 2 || head.has_role()));
            match head.level {
                _ if Some(at) == self.title => Rank::Title,
                _ if head.attributes.part => Rank::Part,
                _ if head.attributes.chapter || (head.level <= 2 && head.has_role()) => {
                    Rank::Chapter { ends_part: false }
                }
                1 | 2 => Rank::Matter,
                3 if is_begun => Rank::Section,
                _ => Rank::Text,
            }
        };
        self.heads.iter().enumerate().map(rank).collect()
    }

    /// Reads headings by their levels alone. At the level of parts, `is_part` tells parts from chapters.
    fn by_levels(&self, parts: Option<usize>, chapters: usize, is_part: &dyn Fn(&Head) -> bool) -> Vec<Rank> {
        let sections = self.below(chapters).unwrap_or(chapters + 1);
        let mut is_alone = false;
        let rank = |(at, head): (usize, &Head)| {
            let level = head.level;
            if Some(at) == self.title {
                return Rank::Title;
            }
            if parts.is_some_and(|parts| level <= parts) {
                is_alone = !is_part(head);
                return if is_alone { Rank::Chapter { ends_part: true } } else { Rank::Part };
            }
            match level {
                // The headings below a chapter at the level of parts are its sections.
                _ if is_alone && level <= chapters => Rank::Section,
                _ if is_alone => Rank::Text,
                _ if level <= chapters => Rank::Chapter { ends_part: false },
                _ if level <= sections => Rank::Section,
                _ => Rank::Text,
            }
        };
        self.heads.iter().enumerate().map(rank).collect()
    }

    /// Reads headings of which some are called parts.
    fn by_parts(&self) -> Option<Ranked> {
        let parts = self.rest().filter(|head| head.is_part()).map(|head| head.level).min()?;
        let at_level = |level: usize| self.rest().filter(move |head| head.level == level && !head.is_part());
        // Parts alone, without anything below them, are chapters.
        if self.below(parts).is_none() && at_level(parts).all(Head::has_role) {
            return None;
        }
        let is_flat =
            at_level(parts).any(Head::is_counted) || self.below(parts).is_none() || !self.parts_have_children(parts);
        let ranks = if is_flat {
            let mut ranks = self.by_levels(None, parts, &|_| false);
            for (rank, head) in ranks.iter_mut().zip(self.heads) {
                if head.is_part() && *rank != Rank::Title {
                    *rank = Rank::Part;
                }
            }
            ranks
        } else {
            self.by_levels(Some(parts), self.below(parts)?, &Head::is_part)
        };
        Some(Ranked { ranks, alternative: None })
    }

    /// Returns whether a heading stands below any of the parts of this level, and deeper.
    fn parts_have_children(&self, level: usize) -> bool {
        let rest: Vec<&Head> = self.rest().collect();
        rest.windows(2).any(|pair| pair[0].level == level && pair[0].is_part() && pair[1].level > level)
    }

    /// Reads headings of which some are called chapters, lessons or units.
    fn by_labels(&self, top: usize) -> Option<Vec<Rank>> {
        let count = |level: usize, is: &dyn Fn(&Head) -> bool| {
            self.rest().filter(|head| head.level == level && is(head)).count()
        };
        let is_unit = |head: &Head| head.called() == Some(Called::Unit);
        let is_lesson = |head: &Head| matches!(head.called(), Some(Called::Lesson | Called::Chapter));
        if let Some(units) = self.rest().filter(|head| is_unit(head)).map(|head| head.level).min()
            && let Some(lessons) = (units + 1..=6).find(|level| count(*level, &is_lesson) >= 2)
        {
            return Some(self.by_levels(Some(units), lessons, &is_unit));
        }
        let levels = (top..=6).map(|level| (level, count(level, &Head::is_counted))).filter(|(_, count)| *count >= 2);
        let (chapters, _) = levels.max_by_key(|(level, count)| (*count, std::cmp::Reverse(*level)))?;
        if chapters == top {
            return Some(self.without_matter(self.by_levels(None, chapters, &|_| false), top));
        }
        let containers = self.containers(top, chapters);
        if containers.len() > 1 {
            return Some(self.by_levels(Some(top), chapters, &|head| containers.contains(&head.line)));
        }
        let mut ranks = self.by_levels(None, chapters, &|_| false);
        let mut is_matter = true;
        for ((at, head), rank) in self.heads.iter().enumerate().zip(&mut ranks) {
            if Some(at) == self.title {
                continue;
            }
            if head.level < chapters {
                is_matter = !containers.contains(&head.line) && !head.has_role();
                *rank = if head.has_role() { Rank::Chapter { ends_part: true } } else { Rank::Matter };
            } else if is_matter {
                *rank = Rank::Text;
            }
        }
        Some(ranks)
    }

    /// Takes headings such as "Grading" and "Target audience" out of counted chapters.
    fn without_matter(&self, mut ranks: Vec<Rank>, top: usize) -> Vec<Rank> {
        let mut is_matter = false;
        for (rank, head) in ranks.iter_mut().zip(self.heads) {
            if head.level == top && matches!(rank, Rank::Chapter { .. }) {
                is_matter = matter::is_matter(&head.inline);
            }
            if is_matter && *rank != Rank::Title {
                *rank = if head.level == top { Rank::Matter } else { Rank::Text };
            }
        }
        ranks
    }

    /// Returns the lines of the headings of the highest level that hold chapters.
    fn containers(&self, top: usize, chapters: usize) -> Vec<usize> {
        let mut containers = Vec::new();
        let mut current = None;
        for head in self.rest() {
            if head.level == top {
                current = Some(head.line);
            } else if head.level == chapters && head.is_counted() {
                containers.extend(current.take());
            }
        }
        containers
    }

    /// Reads headings without labels.
    fn by_depth(&self, top: usize) -> Ranked {
        let title = self.title.and_then(|at| self.heads.get(at));
        let below = self.below(top);
        if let (Some(title), Some(chapters)) = (title, below)
            && title.level == top
        {
            let parents = self.parents(top);
            let is_part = |head: &Head| parents.contains(&head.line) && !head.has_role();
            if self.rest().any(|head| head.level == top && is_part(head)) {
                let ranks = self.by_levels(Some(top), chapters, &is_part);
                return Ranked { ranks, alternative: Some(Shape::Chapters) };
            }
        }
        let ranks = self.by_levels(None, top, &|_| false);
        let alternative = self.may_be_parts(top).then_some(Shape::Parts);
        Ranked { ranks, alternative }
    }

    /// Returns the lines of the headings of a level that stand over deeper ones.
    fn parents(&self, level: usize) -> Vec<usize> {
        let rest: Vec<&Head> = self.rest().collect();
        let pairs = rest.windows(2).filter(|pair| pair[0].level == level && pair[1].level > level);
        pairs.map(|pair| pair[0].line).collect()
    }

    /// Returns whether the chapters hold nothing but two or more headings each, as parts do.
    fn may_be_parts(&self, level: usize) -> bool {
        let rest: Vec<&Head> = self.rest().collect();
        let mut chapters = rest.chunk_by(|_, next| next.level > level).filter(|chunk| !chunk[0].has_role()).peekable();
        let is_wide = |chunk: &[&Head]| {
            let is_bare = chunk.len() > 2 && chunk[1].block == chunk[0].block + 1;
            is_bare && chunk[1..].iter().filter(|head| head.level == chunk[1].level).count() >= 2
        };
        chapters.peek().is_some() && chapters.all(is_wide)
    }
}

/// Finds the title: the first heading, where it stands above or before all others and is not called anything else.
pub(super) fn title(heads: &[Head], in_front: Option<&str>) -> Option<usize> {
    let first = heads.first()?;
    let lowest = heads.iter().map(|head| head.level).min()?;
    let alike = heads.iter().filter(|head| head.level == first.level).count();
    let is_counted =
        first.number() == Some(1) && heads.iter().any(|head| head.level == first.level && head.number() == Some(2));
    if !first.may_be_title() || is_counted {
        return None;
    }
    if first.level > lowest {
        // A title that stands after chapters is told as a fault.
        return heads.iter().position(|head| head.level == 1 && head.may_be_title()).filter(|_| in_front.is_none());
    }
    let is_title = match in_front {
        Some(title) => {
            is_same(&super::heading::plain(&first.inline), title) || (first.level == 1 && alike == 1 && heads.len() > 2)
        }
        None => first.level == 1 || (alike == 1 && heads.len() > 1),
    };
    is_title.then_some(0)
}

/// Returns whether two titles are the same but for case and spacing, or one begins with the other and has a subtitle.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let folded = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    let (one, other) = (folded(one), folded(other));
    let begins =
        |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'));
    begins(&one, &other) || begins(&other, &one)
}
