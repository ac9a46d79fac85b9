//! Formulas: their MathML, as functions of Typst.

use roxmltree::{Document, Node};

use super::literal;
use crate::formula;

/// Returns the code of a formula. One that is not understood stands as it was typed.
pub(super) fn equation(tex: &str, display: bool) -> String {
    let understood = formula::mathml(tex, display).and_then(|mathml| {
        let document = Document::parse(&mathml).ok()?;
        Some(row(document.root_element()))
    });
    let alt = tex.split_whitespace().collect::<Vec<_>>().join(" ");
    match understood {
        Some(body) => format!("math.equation(block: {display}, alt: {}, {body})", literal(&alt)),
        None => format!("raw(block: {display}, {})", literal(tex.trim())),
    }
}

/// Returns the content of an element. Fences that stretch take their height from what stands between them.
fn row(node: Node<'_, '_>) -> String {
    let children: Vec<_> = node.children().filter(Node::is_element).collect();
    let stretches = |child: Option<&Node<'_, '_>>| {
        child.is_some_and(|child| child.has_tag_name_of("mo") && child.attribute("stretchy") == Some("true"))
    };
    let inside: String = children.iter().map(|child| format!("#{};", element(*child))).collect();
    if children.len() > 1 && (stretches(children.first()) || stretches(children.last())) {
        return format!("math.lr([{inside}])");
    }
    format!("[{inside}]")
}

trait Named {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl Named for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.tag_name().name() == name
    }
}

fn element(node: Node<'_, '_>) -> String {
    let part = |at: usize| node.children().filter(Node::is_element).nth(at).map_or_else(|| "[]".to_owned(), element);
    let text = || node.text().unwrap_or_default();
    match node.tag_name().name() {
        "mi" => identifier(node, text()),
        "mn" | "mtext" | "merror" => format!("[#{}]", literal(text())),
        "mo" => operator(text()),
        "mspace" => format!("h({})", width(node.attribute("width").unwrap_or_default())),
        "mfrac" if node.attribute("linethickness").is_some_and(|line| line.starts_with('0')) => {
            format!("math.mat(delim: none, ({},), ({},))", part(0), part(1))
        }
        "mfrac" => format!("math.frac({}, {})", part(0), part(1)),
        "msqrt" => format!("math.sqrt({})", row(node)),
        "mroot" => format!("math.root({}, {})", part(1), part(0)),
        "msub" => format!("math.attach(math.scripts({}), b: {})", part(0), part(1)),
        "msup" => format!("math.attach(math.scripts({}), t: {})", part(0), part(1)),
        "msubsup" => format!("math.attach(math.scripts({}), b: {}, t: {})", part(0), part(1), part(2)),
        "munder" => under(node, &part(0), &part(1)),
        "mover" => over(node, &part(0), &part(1)),
        "munderover" => format!("math.attach(math.limits({}), b: {}, t: {})", part(0), part(1), part(2)),
        "mtable" => table(node),
        "mphantom" => format!("hide({})", row(node)),
        "semantics" => part(0),
        _ => row(node),
    }
}

/// A name of one letter is slanted; a longer one is that of a function.
fn identifier(node: Node<'_, '_>, name: &str) -> String {
    let upright = node.attribute("mathvariant") == Some("normal");
    match name.chars().count() {
        0 => "[]".to_owned(),
        1 if upright => format!("math.upright(symbol({}))", literal(name)),
        1 => format!("[#symbol({})]", literal(name)),
        _ => format!("math.op({})", literal(name)),
    }
}

fn operator(sign: &str) -> String {
    // These signs are for machines that read aloud. They have no shape.
    let shown: String = sign.chars().filter(|c| !('\u{2061}'..='\u{2064}').contains(c)).collect();
    // A stroke through a sign is a character of its own.
    match shown.chars().filter(|c| *c != '\u{338}').count() {
        0 => "[]".to_owned(),
        1 => format!("[#symbol({})]", literal(&shown)),
        _ => format!("[#{}]", literal(&shown)),
    }
}

fn under(node: Node<'_, '_>, base: &str, below: &str) -> String {
    match sign(node) {
        Some("⏟") => format!("math.underbrace({base})"),
        Some("_" | "‾" | "\u{332}" | "―") => format!("math.underline({base})"),
        _ => format!("math.attach(math.limits({base}), b: {below})"),
    }
}

fn over(node: Node<'_, '_>, base: &str, above: &str) -> String {
    match sign(node) {
        Some("⏞") => format!("math.overbrace({base})"),
        Some("‾" | "―") => format!("math.overline({base})"),
        Some("^" | "\u{302}") => format!("math.hat({base})"),
        Some("~" | "\u{303}" | "∼") => format!("math.tilde({base})"),
        Some("¯" | "\u{304}") => format!("math.macron({base})"),
        Some("→" | "⃗") => format!("math.arrow({base})"),
        Some("˙" | "\u{307}") => format!("math.dot({base})"),
        Some("¨" | "\u{308}") => format!("math.dot.double({base})"),
        _ => format!("math.attach(math.limits({base}), t: {above})"),
    }
}

/// Returns the sign that stands over or under something, if it is one sign.
fn sign<'t>(node: Node<'t, '_>) -> Option<&'t str> {
    let attached = node.children().filter(Node::is_element).nth(1)?;
    attached.has_tag_name_of("mo").then(|| attached.text().unwrap_or_default().trim())
}

/// Returns a table. In a table of equations two columns meet at their sign; other tables have their columns in the middle,
/// or at the left.
fn table(node: Node<'_, '_>) -> String {
    let class = node.attribute("class").unwrap_or_default();
    let (pairs, left) = (class.contains("alignlike"), class.contains("cells-left"));
    let rows = node.children().filter(|child| child.has_tag_name_of("mtr")).map(|line| {
        let cells: Vec<String> = line.children().filter(|cell| cell.has_tag_name_of("mtd")).map(row).collect();
        let cells: String = match pairs {
            true => cells
                .chunks(2)
                .map(|pair| format!("[#{};#$&$.body;#{};], ", pair[0], pair.get(1).map_or("[]", String::as_str)))
                .collect(),
            false => cells.iter().map(|cell| format!("{cell}, ")).collect(),
        };
        format!("({cells}), ")
    });
    let rows: String = rows.collect();
    let align = if left { "left" } else { "center" };
    let gap = if pairs { "1.5em" } else { "0.8em" };
    format!("math.mat(delim: none, align: {align}, column-gap: {gap}, row-gap: 0.5em, {rows})")
}

/// Returns a width. One that is no number of ems is none.
fn width(of: &str) -> String {
    let ems = of.strip_suffix("em").and_then(|number| number.parse::<f32>().ok());
    format!("{}em", ems.unwrap_or_default().clamp(-2.0, 8.0))
}
