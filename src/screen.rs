//! A block of lines at the bottom of a terminal that is painted again and again, and the lines written above it.
//!
//! Each line of the block ends with a line break, so the cursor rests under the block. An echoed `^C` then moves no
//! line, and a terminal that reflows its lines when it is resized keeps them apart. The cursor is never hidden: a
//! killed process could not show it again.
//!
//! The rows are cleared whole and one by one, because of tmux. A row that is cleared from its text to its end is still
//! joined to the next row at the next resize. Clearing the screen from its first row puts a copy into the scrollback.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use console::{Term, measure_text_width};

/// The size of a terminal in cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Size {
    /// The cells of a row.
    pub(crate) width: usize,
    /// The rows.
    pub(crate) height: usize,
}

impl Size {
    /// Returns the size of the terminal on stderr.
    fn of_stderr() -> Self {
        let (height, width) = Term::stderr().size();
        Self { width: width.into(), height: height.into() }
    }
}

/// The only writer to stderr while a block is shown there.
#[derive(Clone)]
pub(crate) struct Screen {
    block: Arc<Mutex<Block>>,
}

impl Screen {
    /// Creates a screen on stderr, without a block.
    pub(crate) fn on_stderr() -> Self {
        Self::new(io::stderr(), Size::of_stderr)
    }

    fn new(out: impl Write + Send + 'static, size: fn() -> Size) -> Self {
        Self { block: Arc::new(Mutex::new(Block { out: Box::new(out), size, lines: Vec::new() })) }
    }

    /// Replaces the block by the lines that are laid out for the size of the terminal.
    pub(crate) fn paint(&self, lay_out: impl FnOnce(Size) -> Vec<String>) -> io::Result<()> {
        let mut block = self.lock();
        let size = (block.size)();
        let rows = block.rows(size);
        block.lines = lay_out(size);
        // Each row is cleared just before it is written, if it can be. Cleared all at once, the rows may flicker.
        let start = if rows == block.lines.len() { move_to_start(rows) } else { clear(rows) };
        block.write(start, b"")
    }

    /// Removes the block.
    pub(crate) fn clear(&self) -> io::Result<()> {
        self.paint(|_| Vec::new())
    }

    fn lock(&self) -> MutexGuard<'_, Block> {
        self.block.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Writes whole lines above the block.
impl Write for Screen {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let mut block = self.lock();
        let start = if block.lines.is_empty() { String::new() } else { clear(block.rows((block.size)())) };
        block.write(start, lines)?;
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Block {
    out: Box<dyn Write + Send>,
    size: fn() -> Size,
    lines: Vec<String>,
}

impl Block {
    /// Returns the number of rows between the start of the block and the cursor.
    fn rows(&self, size: Size) -> usize {
        // A line takes several rows once the terminal is narrower than the line.
        let rows = |line: &String| measure_text_width(line).div_ceil(size.width.max(1)).max(1);
        self.lines.iter().map(rows).sum::<usize>().min(size.height.saturating_sub(1))
    }

    /// Writes lines above the block and the block itself in one go, so that no half of a block is seen.
    fn write(&mut self, start: String, above: &[u8]) -> io::Result<()> {
        let mut frame = start.into_bytes();
        frame.extend_from_slice(above);
        for line in &self.lines {
            frame.extend_from_slice(format!("{CLEAR_ROW}{line}\n").as_bytes());
        }
        self.out.write_all(&frame)?;
        self.out.flush()
    }
}

const CLEAR_ROW: &str = "\x1b[2K";

/// Returns what clears a block and moves the cursor to its start.
fn clear(rows: usize) -> String {
    format!("{}{}{}", move_to_start(rows), format!("{CLEAR_ROW}\n").repeat(rows), move_up(rows))
}

/// Returns what moves the cursor from its row under a block, where a `^C` may stand, to the start of the block.
fn move_to_start(rows: usize) -> String {
    format!("\r{CLEAR_ROW}{}", move_up(rows))
}

fn move_up(rows: usize) -> String {
    // Terminals take a zero for a one.
    if rows == 0 { String::new() } else { format!("\x1b[{rows}A") }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keeps what a screen writes.
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
        fn screen(&self) -> Screen {
            Screen::new(self.clone(), || Size { width: 80, height: 24 })
        }

        fn take(&self) -> String {
            String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
        }
    }

    fn narrow(screen: &Screen) {
        screen.lock().size = || Size { width: 5, height: 24 };
    }

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn a_block_is_painted_over_the_one_before_and_cleared_without_a_trace() {
        let tape = Tape::default();
        let screen = tape.screen();
        screen.paint(|_| lines(&["one", "two"])).unwrap();
        assert_eq!(tape.take(), "\r\x1b[2K\x1b[2Kone\n\x1b[2Ktwo\n");
        screen.paint(|_| lines(&["three", "four"])).unwrap();
        assert_eq!(tape.take(), "\r\x1b[2K\x1b[2A\x1b[2Kthree\n\x1b[2Kfour\n");
        screen.paint(|_| lines(&["five"])).unwrap();
        assert_eq!(tape.take(), "\r\x1b[2K\x1b[2A\x1b[2K\n\x1b[2K\n\x1b[2A\x1b[2Kfive\n");
        screen.clear().unwrap();
        assert_eq!(tape.take(), "\r\x1b[2K\x1b[1A\x1b[2K\n\x1b[1A");
    }

    #[test]
    fn what_is_written_while_a_block_stands_goes_above_it() {
        let tape = Tape::default();
        let mut screen = tape.screen();
        screen.write_all(b"before\n").unwrap();
        assert_eq!(tape.take(), "before\n");
        screen.paint(|_| lines(&["one"])).unwrap();
        tape.take();
        screen.write_all(b"a warning\n").unwrap();
        assert_eq!(tape.take(), "\r\x1b[2K\x1b[1A\x1b[2K\n\x1b[1Aa warning\n\x1b[2Kone\n");
    }

    #[test]
    fn lines_that_a_narrower_terminal_broke_are_cleared_with_all_their_rows() {
        let tape = Tape::default();
        let screen = tape.screen();
        screen.paint(|_| lines(&["0123456789", "本本本"])).unwrap();
        tape.take();
        narrow(&screen);
        screen.clear().unwrap();
        assert_eq!(tape.take(), format!("\r\x1b[2K\x1b[4A{}\x1b[4A", "\x1b[2K\n".repeat(4)));
    }

    #[test]
    fn no_row_above_the_terminal_is_cleared() {
        let tape = Tape::default();
        let screen = tape.screen();
        screen.paint(|_| lines(&["x"; 40])).unwrap();
        tape.take();
        screen.clear().unwrap();
        assert_eq!(tape.take(), format!("\r\x1b[2K\x1b[23A{}\x1b[23A", "\x1b[2K\n".repeat(23)));
    }

    #[test]
    fn the_lines_are_laid_out_for_the_size_that_the_terminal_has_now() {
        let tape = Tape::default();
        let screen = tape.screen();
        narrow(&screen);
        screen.paint(|size| vec!["x".repeat(size.width)]).unwrap();
        assert!(tape.take().ends_with("\x1b[2Kxxxxx\n"));
    }
}
