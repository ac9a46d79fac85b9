//! Looks ahead in JSON as models write it, to tell where a text ends: models forget to escape quotation marks, and forget commas.

use super::{Place, quote};

/// The bytes of the longest key that is looked for, and of the longest comment after a text.
const LONGEST_KEY: usize = 60;
const LONGEST_COMMENT: usize = 300;

/// What follows a place in the text.
#[derive(Clone, Copy)]
pub(super) struct Ahead<'a>(pub(super) &'a str);

impl<'a> Ahead<'a> {
    /// Returns whether a text ends before this place, which comes after a quotation mark. `in_words` says whether the mark
    /// rather closes words within the text.
    pub(super) fn is_after_text(self, place: Place, in_words: bool) -> bool {
        let rest = self.0.trim_start();
        let Some(next) = rest.chars().next() else { return true };
        let after = Self(&rest[next.len_utf8()..]);
        match next {
            ',' | ';' | '，' => !in_words || after.is_item(place),
            ':' | '：' => place == Place::Key || !in_words,
            ']' | '}' => !in_words || after.is_after_bracket(),
            '/' => rest.starts_with("//") || rest.starts_with("/*"),
            '#' => Self(rest).is_comment_without_mark(),
            '`' if rest.starts_with("```") => true,
            _ => !in_words && self.is_item_without_comma(place),
        }
    }

    /// Returns whether the next item or field stands here.
    fn is_item(self, place: Place) -> bool {
        let rest = self.0.trim_start();
        let Some(next) = rest.chars().next() else { return true };
        match next {
            '}' | ']' | '#' | '/' => true,
            '{' | '[' => place == Place::Item,
            next if place == Place::Item => quote(next).is_some() || next.is_ascii_digit(),
            _ => self.is_key(),
        }
    }

    /// Returns whether the next item or field stands here after blanks alone.
    fn is_item_without_comma(self, place: Place) -> bool {
        let rest = self.0.trim_start();
        let blanks = &self.0[..self.0.len() - rest.len()];
        let on_new_line = blanks.contains('\n');
        match place {
            Place::Key => false,
            Place::Field => self.is_key() && (on_new_line || rest.starts_with(|next| quote(next).is_some())),
            Place::Item => {
                let is_item =
                    rest.starts_with(|next| quote(next).is_some() || on_new_line && matches!(next, '{' | '['));
                is_item && !blanks.is_empty()
            }
        }
    }

    /// Returns whether a key stands here with its colon, or the text breaks off within it.
    fn is_key(self) -> bool {
        let rest = self.0.trim_start();
        let open = rest.chars().next().filter(|char| quote(*char).is_some());
        let close = open.and_then(quote);
        let inner = &rest[open.map_or(0, char::len_utf8)..];
        for (at, char) in inner.char_indices().take_while(|(at, _)| *at < LONGEST_KEY) {
            let after = &inner[at + char.len_utf8()..];
            match close {
                Some(close) if char == close => return after.trim_start().starts_with([':', '：']),
                Some(_) if char == '\n' => return false,
                Some(_) => {}
                None if matches!(char, ':' | '：') => return at > 0 && Self(after).is_value(),
                None if char.is_alphanumeric() || matches!(char, '_' | '-') => {}
                None => return false,
            }
        }
        inner.len() < LONGEST_KEY
    }

    /// Returns whether a value stands here that prose after a colon would not begin with.
    fn is_value(self) -> bool {
        let next = self.0.trim_start().chars().next();
        next.is_none_or(|next| quote(next).is_some() || next.is_ascii_digit() || matches!(next, '{' | '['))
    }

    /// Returns whether what comes after a closing bracket may follow one.
    fn is_after_bracket(self) -> bool {
        let rest = self.0.trim_start_matches([' ', '\t']);
        rest.is_empty() || rest.starts_with([',', '，', '}', ']', '\n', '\r', '`'])
    }

    /// Returns whether a comment stands here that holds no quotation mark, so that the mark before it is the last one.
    fn is_comment_without_mark(self) -> bool {
        let mut line = self.0.char_indices().take_while(|(_, char)| *char != '\n');
        line.all(|(at, char)| at < LONGEST_COMMENT && !matches!(char, '"' | '”'))
    }

    /// Returns whether another object of a list follows after a comma.
    pub(super) fn is_object_of_a_list(self) -> bool {
        let rest = self.0.trim_start();
        rest.strip_prefix(',').is_some_and(|rest| rest.trim_start().starts_with('{'))
    }

    /// Returns the length of a value that has no quotation marks.
    pub(super) fn length_of_bare(self) -> usize {
        let mut last = ' ';
        for (at, char) in self.0.char_indices() {
            let rest = &self.0[at..];
            let after = &rest[char.len_utf8()..];
            let is_comment = last.is_whitespace() && (char == '#' || rest.starts_with("//"));
            let is_end = match char {
                ',' | '}' | ']' | '\n' | '{' | '[' => true,
                '，' => last.is_ascii_digit() || Self(after).is_key(),
                '"' => last.is_whitespace() && Self(rest).is_key(),
                _ => is_comment,
            };
            if is_end {
                return at;
            }
            last = char;
        }
        self.0.len()
    }
}
