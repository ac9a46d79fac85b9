//! The direction of writing of a book, and of a part of its text.

/// A direction of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    LeftToRight,
    RightToLeft,
}

impl Direction {
    /// Returns the value of a `dir` attribute.
    pub(super) fn value(self) -> &'static str {
        match self {
            Self::LeftToRight => "ltr",
            Self::RightToLeft => "rtl",
        }
    }

    /// Returns the direction of most letters; `None` where the texts have no letters or are evenly split.
    ///
    /// Browsers take the direction of the first letter, which is wrong for an Arabic paragraph that begins with an English
    /// name.
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Self> {
        let balance: i64 = texts
            .flat_map(str::chars)
            .filter(|c| c.is_alphabetic())
            .map(|c| if is_right_to_left(c) { -1 } else { 1 })
            .sum();
        match balance {
            1.. => Some(Self::LeftToRight),
            0 => None,
            _ => Some(Self::RightToLeft),
        }
    }
}

/// Returns whether the character is in one of Unicode's blocks for scripts written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{0590}'..='\u{08FF}'
        | '\u{FB1D}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFF}'
        | '\u{10800}'..='\u{10FFF}'
        | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_letters_decide_the_direction() {
        assert_eq!(Direction::of(["Rust هي لغة برمجة"].into_iter()), Some(Direction::RightToLeft));
        assert_eq!(Direction::of(["The word ", "שלום", " means peace"].into_iter()), Some(Direction::LeftToRight));
        assert_eq!(Direction::of(["日本語"].into_iter()), Some(Direction::LeftToRight));
        assert_eq!(Direction::of(["1 + 1 = 2"].into_iter()), None);
    }
}
