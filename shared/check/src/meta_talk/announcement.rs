//! A line that presents the text below it to whoever asked for it: "Voici la version révisée de votre texte :".

use super::label::{DRAFTS, PARTS, REVISED};

/// How a sentence begins that presents a text.
const PRESENTERS: &[&str] = &[
    "here is",
    "here's",
    "below is",
    "hier ist",
    "hier kommt",
    "hier folgt",
    "nachfolgend",
    "voici",
    "ci-dessous",
    "aquí tienes",
    "aquí está",
    "a continuación",
    "ecco",
    "di seguito",
    "aqui está",
    "segue",
    "a seguir",
    "hier is",
    "hier volgt",
    "hieronder",
    "här är",
    "här kommer",
    "nedan",
    "oto",
    "poniżej",
    "вот",
    "ниже",
];

/// Words for whoever asked for a text.
const YOURS: &[&str] = &[
    "you",
    "your",
    "dein",
    "deine",
    "deinen",
    "ihr",
    "ihre",
    "ihren",
    "votre",
    "vous",
    "ton",
    "ta",
    "tu",
    "su",
    "tuo",
    "tua",
    "vostro",
    "vostra",
    "seu",
    "sua",
    "teu",
    "je",
    "jouw",
    "uw",
    "din",
    "ditt",
    "dina",
    "twój",
    "twoja",
    "twojego",
    "ваш",
    "ваша",
    "вашего",
    "твой",
    "requested",
    "gewünschte",
    "gewünschten",
    "demandé",
    "demandée",
    "solicitado",
    "solicitada",
    "richiesto",
    "richiesta",
    "gevraagde",
    "begärda",
];

/// Returns whether a line presents the text below it to whoever asked for it.
pub(super) fn presents(line: &str) -> bool {
    const LONGEST: usize = 120;

    let line = crate::lemma::fold(line.trim());
    if line.chars().count() > LONGEST || line.contains('\n') || !line.ends_with(':') {
        return false;
    }
    let words: Vec<&str> = line.split(|char: char| !char.is_alphanumeric()).collect();
    let any = |names: &[&str]| words.iter().any(|word| names.contains(word));
    let is_text = |word: &str| [DRAFTS, PARTS, REVISED].iter().any(|names| names.contains(&word));
    let asked = words.windows(2).any(|pair| YOURS.contains(&pair[0]) && is_text(pair[1]));
    PRESENTERS.iter().any(|start| line.starts_with(start)) && (any(DRAFTS) || any(PARTS)) && (asked || any(REVISED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_presents_a_text_to_whoever_asked_for_it() {
        for line in [
            "Voici la version révisée de votre texte :",
            "Here is, at last, the full revised chapter:",
            "Nedan finns din text:",
        ] {
            assert!(presents(line), "{line}");
        }
        for line in [
            "Here is the text of the letter:",
            "Here is the text of your letter:",
            "Voici pourquoi :",
            "Here is your hat.",
        ] {
            assert!(!presents(line), "{line}");
        }
    }
}
