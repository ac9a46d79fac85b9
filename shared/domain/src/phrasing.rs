//! How figures read: durations, numbers and their units. And how words from outside are shown.

use std::{fmt, time::Duration};

use crate::Unit;

/// Formats a duration in its two largest units: `8.4 s`, `3 min 20 s`, `2 h 5 min`.
pub struct Phrased(pub Duration);

impl fmt::Display for Phrased {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0.as_millis() + 50) / 100;
        let seconds = (self.0.as_millis() + 500) / 1_000;
        let text = match seconds {
            _ if tenths < 600 => format!("{}.{} s", tenths / 10, tenths % 10),
            0..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
            _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        };
        f.pad(&text)
    }
}

/// Formats a duration as a clock does: `0:42`, `12:05`, `2:05:00`.
pub struct Clock(pub Duration);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        let text = match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        };
        f.pad(&text)
    }
}

/// Formats a number with commas between its thousands: `12,345`.
pub struct Grouped(pub u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        let mut text = String::with_capacity(digits.len() + digits.len() / 3);
        for (position, digit) in digits.char_indices() {
            if position > 0 && (digits.len() - position).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        f.pad(&text)
    }
}

/// Returns a text without the characters that a terminal obeys: words from outside could move the cursor, or begin a new line.
pub fn without_control(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// Returns a number with its noun in the right form: `1 call`, `1,204 calls`.
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", Grouped(number), if number == 1 { one } else { many })
}

/// Returns the name of a unit of length in the plural.
pub fn plural(unit: Unit) -> &'static str {
    match unit {
        Unit::Words => "words",
        Unit::Characters => "characters",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_show_their_two_largest_units() {
        let text = |seconds: f64| Phrased(Duration::from_secs_f64(seconds)).to_string();
        assert_eq!(text(8.44), "8.4 s");
        assert_eq!(text(59.94), "59.9 s");
        assert_eq!(text(59.97), "1 min 0 s");
        assert_eq!(text(200.0), "3 min 20 s");
        assert_eq!(text(7_500.0), "2 h 5 min");
    }

    #[test]
    fn clocks_show_hours_only_where_there_are_some() {
        let shown = |seconds| Clock(Duration::from_secs(seconds)).to_string();
        assert_eq!([shown(5), shown(725), shown(7_500)], ["0:05", "12:05", "2:05:00"]);
    }

    #[test]
    fn commas_stand_between_thousands() {
        let shown: Vec<_> = [0, 999, 1_000, 12_345, 1_000_000].map(|number| Grouped(number).to_string()).into();
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,000,000"]);
        assert_eq!(format!("{:>6}", Grouped(1_000)), " 1,000");
        assert_eq!(counted(1, "try", "tries"), "1 try");
        assert_eq!(counted(2_000, "try", "tries"), "2,000 tries");
    }
}
