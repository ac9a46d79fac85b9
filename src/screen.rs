//! The foot of a terminal: a block of lines that is painted anew in place, and above it whatever else is written.
//!
//! Every painted line ends with a line break, so that the cursor rests under the block: an echoed `^C` moves
//! nothing, and a terminal that reflows its lines when it is resized keeps them apart. The cursor is never hidden,
//! since a killed process could not show it again.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use console::{Term, measure_text_width};

/// A terminal's size in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl Size {
    /// Returns the size of the terminal that stderr is.
    pub(crate) fn of_stderr() -> Self {
        let (height, width) = Term::stderr().size();
        Self { width: width.into(), height: height.into() }
    }
}

/// The one writer to stderr while a block stands there.
#[derive(Clone)]
pub(crate) struct Screen {
    foot: Arc<Mutex<Foot>>,
}

struct Foot {
    out: Box<dyn Write + Send>,
    block: Vec<String>,
}

impl Screen {
    /// Makes a screen without a block.
    pub(crate) fn new(out: impl Write + Send + 'static) -> Self {
        Self { foot: Arc::new(Mutex::new(Foot { out: Box::new(out), block: Vec::new() })) }
    }

    /// Replaces the block.
    pub(crate) fn paint(&self, lines: Vec<String>, size: Size) -> io::Result<()> {
        let mut foot = self.foot();
        let mut frame = foot.home(size);
        for line in &lines {
            frame.push_str(line);
            frame.push_str(CLEAR_LINE);
            frame.push('\n');
        }
        frame.push_str(CLEAR_BELOW);
        foot.block = lines;
        foot.write(frame.as_bytes())
    }

    /// Takes the block away.
    pub(crate) fn clear(&self, size: Size) -> io::Result<()> {
        self.paint(Vec::new(), size)
    }

    /// Writes whole lines above the block.
    pub(crate) fn above(&self, lines: &[u8], size: impl FnOnce() -> Size) -> io::Result<()> {
        let mut foot = self.foot();
        if foot.block.is_empty() {
            return foot.write(lines);
        }
        let mut frame = (foot.home(size()) + CLEAR_BELOW).into_bytes();
        frame.extend_from_slice(lines);
        for line in &foot.block {
            frame.extend_from_slice(line.as_bytes());
            frame.push(b'\n');
        }
        foot.write(&frame)
    }

    fn foot(&self) -> MutexGuard<'_, Foot> {
        self.foot.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const CLEAR_LINE: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";

impl Foot {
    /// Moves the cursor to where the block begins.
    fn home(&self, size: Size) -> String {
        // A line may take several rows since the terminal became narrower.
        let rows = |line: &String| measure_text_width(line).div_ceil(size.width.max(1)).max(1);
        let rows: usize = self.block.iter().map(rows).sum();
        match rows.min(size.height.saturating_sub(1)) {
            0 => "\r".to_owned(),
            up => format!("\r\x1b[{up}A"),
        }
    }

    /// Writes at once, so that no half of it is ever seen.
    fn write(&mut self, frame: &[u8]) -> io::Result<()> {
        self.out.write_all(frame)?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Tape(Arc<Mutex<Vec<u8>>>);

    impl Write for Tape {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Tape {
        fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    const SIZE: Size = Size { width: 80, height: 24 };

    fn block(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_block_is_painted_over_the_one_before_and_cleared_without_a_trace() {
        let tape = Tape::default();
        let screen = Screen::new(tape.clone());
        screen.paint(block(&["one", "two"]), SIZE).unwrap();
        assert_eq!(tape.take(), "\rone\x1b[K\ntwo\x1b[K\n\x1b[J");
        screen.paint(block(&["three"]), SIZE).unwrap();
        assert_eq!(tape.take(), "\r\x1b[2Athree\x1b[K\n\x1b[J");
        screen.clear(SIZE).unwrap();
        assert_eq!(tape.take(), "\r\x1b[1A\x1b[J");
    }

    #[test]
    fn what_is_written_while_a_block_stands_goes_above_it() {
        let tape = Tape::default();
        let screen = Screen::new(tape.clone());
        screen.above(b"before\n", || unreachable!("no size is needed where there is no block")).unwrap();
        assert_eq!(tape.take(), "before\n");
        screen.paint(block(&["one"]), SIZE).unwrap();
        tape.take();
        screen.above(b"a warning\n", || SIZE).unwrap();
        assert_eq!(tape.take(), "\r\x1b[1A\x1b[Ja warning\none\n");
    }

    #[test]
    fn lines_that_a_narrower_terminal_broke_are_cleared_with_all_their_rows() {
        let tape = Tape::default();
        let screen = Screen::new(tape.clone());
        screen.paint(block(&["0123456789", "本本本"]), SIZE).unwrap();
        tape.take();
        screen.clear(Size { width: 5, height: 24 }).unwrap();
        assert_eq!(tape.take(), "\r\x1b[4A\x1b[J");
        screen.paint(vec!["x".to_owned(); 40], SIZE).unwrap();
        tape.take();
        screen.clear(SIZE).unwrap();
        assert_eq!(tape.take(), "\r\x1b[23A\x1b[J");
    }
}
