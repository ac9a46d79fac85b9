//! Formulas, which are typed as TeX, in MathML.

use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};
use roxmltree::Document;

use crate::xhtml::escaped;

const NAMESPACE: &str = "http://www.w3.org/1998/Math/MathML";

/// Returns a formula in MathML with its TeX as the alternative text; `None` where it holds what is not understood.
pub(super) fn mathml(tex: &str, display: bool) -> Option<String> {
    let known = without_labels(tex);
    let storage = Storage::new();
    let events: Vec<_> = Parser::new(&known, &storage).collect::<Result<_, _>>().ok()?;
    let display_mode = if display { DisplayMode::Block } else { DisplayMode::Inline };
    let config = RenderConfig { xml: true, display_mode, ..RenderConfig::default() };
    let mut written = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut written, events, config).ok()?;
    // The library writes a sign as it stands, also where XML takes it for a tag.
    let written = written.replace("><</", ">&lt;</");
    is_mathml(&written).then(|| {
        let with_text =
            format!("<math alttext=\"{}\" ", escaped(&tex.split_whitespace().collect::<Vec<_>>().join(" ")));
        written.replacen("<math ", &with_text, 1)
    })
}

/// Returns whether a text is one element of MathML with nothing else in it. The library's word alone does not count, since
/// the formula comes from a model.
fn is_mathml(xml: &str) -> bool {
    let Ok(document) = Document::parse(xml) else { return false };
    let root = document.root_element();
    let is_known = |node: roxmltree::Node<'_, '_>| {
        node.tag_name().namespace() == Some(NAMESPACE)
            && node.attributes().all(|attribute| !attribute.name().starts_with("on") && attribute.name() != "href")
    };
    root.has_tag_name((NAMESPACE, "math"))
        && root.descendants().filter(roxmltree::Node::is_element).all(is_known)
        && root.ancestors().count() < 40
        && root.descendants().all(|node| node.ancestors().take(49).count() < 48)
}

/// Returns the formula without what only numbers or frames it.
fn without_labels(tex: &str) -> String {
    let mut out = tex.replace("\\boxed", "").replace("\\nonumber", "").replace("\\notag", "");
    for command in ["\\tag{", "\\tag*{", "\\label{"] {
        while let Some(start) = out.find(command) {
            let end = out[start..].find('}').map_or(out.len(), |end| start + end + 1);
            out.replace_range(start..end, "");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_books_hold_is_understood() {
        for tex in [
            r"A = P \left(1 + \frac{r}{100}\right)^n",
            r"x = \frac{-b \pm \sqrt{b^2-4ac}}{2a}",
            r"\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2} \tag{1}",
            r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
            r"\begin{cases} 1 & x<0 \\ 0 & \text{otherwise}\end{cases}",
            r"\begin{pmatrix} 1 & 2 \\ 3 & 4\end{pmatrix} \cdot \vec{v} \in \mathbb{R}^2",
            r"\boxed{x > 3}",
        ] {
            let mathml = mathml(tex, true).unwrap_or_else(|| panic!("{tex}"));
            assert!(mathml.contains("alttext=\"") && mathml.contains("display=\"block\""), "{mathml}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_formula() {
        for tex in [r"\frac{a}{", r"\ce{H2O}", r"\href{javascript:x}{y}", r"a & b"] {
            assert_eq!(mathml(tex, false), None, "{tex}");
        }
    }
}
