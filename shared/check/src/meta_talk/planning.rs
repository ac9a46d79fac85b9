//! Planning in the first person about the length of the text itself: "I will draft some 700 words now."
//!
//! Three things must meet in one sentence: a plan or a count in the first person, a number of words, and a sign that the
//! text itself is meant. A book about writing has two of them at most: "I write 1,000 words a day."

use std::sync::LazyLock;

use super::note;
use crate::phrase::{Patterns, Sentences, Token};

/// How a plan or a count begins.
static BEGINNINGS: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    i 've|have|'m|am|'ll|will|'d|need|must|should|aim|want|plan|can
    we 've|have|'re|are|'ll|will|need|must|should
    let me|us|'s
    so far|i|we
    now at|i|we
    tallying|counting
    that 's|is|makes|brings|leaves
    this is|makes|brings|leaves
    currently at|around|about
    current|running word|words|count|total|tally
    ich habe|bin|werde|muss|sollte|liege|brauche|schreibe|will|komme
    j 'ai|'en
    je suis|vais|dois|devrais|compte|vise
    il me
    tengo|llevo|voy|debo|estoy|necesito|escribiré|me
    ho|sono|devo|sto|scriverò|mi|arrivo
    tenho|estou|vou|devo|preciso|escreverei|já
    ik heb|zit|ben|moet|zal|ga|schrijf|kom
    jag har|är|ska|måste|ligger|skriver|behöver
    mam|jestem|muszę|napiszę|powinienem|powinnam|potrzebuję
    я написал|написала|должен|должна|напишу|уже
    мне нужно|надо|осталось
    у меня
    сейчас|пока|уже у|около|примерно|написано
    ",
    )
});

/// What shows that the text itself is meant.
static SELF: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    for this|it|the here|now|so|section|chapter|part|one|,|.|$
    now|here .|,|;|$|which|so|and
    so far
    left|remaining|already .|,|;|$|so|for
    to go .|,|;|$
    as i write|go
    this|the section|draft|chapter
    was|were|is asked|requested|required
    target|limit|budget|requirement .|,|;|$|so|of
    in total
    für diesen|diese|dieses|den|das
    jetzt|nun|bisher|hier|insgesamt|gefordert|übrig|vorgabe
    pour cette|ce|la|ceci
    maintenant|ici|demandés|demandé|total
    jusqu 'ici
    para esto|esta|este|la
    ahora|aquí|hasta|pedidas|solicitadas
    per questo|questa|la
    ora|adesso|qui|finora|richieste
    para isto|isso|esta|este|a
    agora|aqui|até|pedidas|solicitadas
    voor dit|deze|het
    nu|hier|gevraagd|totaal
    för det|detta|den
    nu|här|hittills|totalt
    na to|ten|tę
    teraz|tutaj|dotąd|łącznie
    на это|этот|раздел
    сейчас|здесь|пока|всего|уже
    ",
    )
});

/// Plans about the length or the making of the text that name no number.
static PLANS: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    let me count|tally|check|recount ... words .|,|:|;|as|so|again|now|here|$
    let me count|tally as i
    let me keep|make|stay|check ... word|words count|limit|budget|target
    i 'll|will|should|must|need|have to? watch|mind|keep|stay|respect|reach|hit|meet|check|mind ... word|words count|limit|budget|target
    i 'll|will|should|must|need to? watch|mind the|my limit|length here|now|,|.
    we 'll|should|must|need to? watch|mind|keep|stay|reach|hit|meet ... word count|limit|budget|target
    word budget|count matters
    the|this section|passage exceeds|exceeded|meets|met|misses|missed|reaches|reached its|the word count|limit|target|budget
    the|this section|passage falls|fell|stays|stayed short|within|under|below of? its|the word count|limit|target|budget
    perhaps|maybe a|an short|brief|quick|small|little|concrete? example|anecdote|story|image|metaphor|analogy|detail|scene could|should|might|would|can go|fit|work|come|stand here|next|now|in
    ich muss|sollte|darf ... wortzahl|wortlimit|wortgrenze|wortvorgabe|wortbudget
    je dois|devrais ... nombre de mots
    debo|tengo ... límite|recuento|número de palabras
    devo ... limite|numero di parole
    devo|preciso ... limite|número de palavras
    ik moet ... woordenaantal|woordlimiet|woordental
    jag måste|ska|bör ... ordgräns|ordgränsen|antal ord
    muszę ... limit|limitu|limicie słów
    мне нужно|надо ... лимит|количество слов
    ",
    )
});

/// How a paragraph of reasoning begins. A book may begin a paragraph so too, so it counts only below a mark of reasoning.
static REASONING: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    okay|ok|alright|hmm|wait|so ,|. so|let|the|i|first|we|now
    the user
    i|we should|need|must|could|will|have|'ll|want also? to? mention|include|cover|start|open|begin|end|avoid|write|use|keep|make|add|focus|describe|weave|think|structure|balance|show|ensure|be|mind|remember|aim|produce
    let me think|start|begin|plan|outline|structure|draft|write|consider|see|check
    let 's think|start|begin|plan|outline|structure|draft|write|see
    now i|we|let 'll|will|need|should|'s|me to? write|draft|begin|start
    maybe|perhaps i|we|start|open|a|an|use
    plan|outline|structure|points|draft|key|constraints|tone|style|opening|ending|length|target :|points
    first|second|third|last|final|opening|closing paragraph :|should|could|will|on|about
    the section|chapter|outline|prompt|contract should|needs|must|says|asks|wants
    der nutzer|benutzer
    ich sollte|muss|könnte|werde
    l 'utilisateur
    je dois|devrais|vais
    el|o usuario|usuário
    debo|tengo|voy
    l 'utente
    devo
    de gebruiker
    пользователь
    użytkownik
    ",
    )
});

/// Returns whether a paragraph is reasoning about a text to be written.
pub(super) fn is_reasoning(text: &str) -> bool {
    Sentences::new(text).iter().next().is_some_and(|tokens| REASONING.begin(tokens))
        || find(text, &Sentences::new(text), "").is_some()
        || {
            let head = text.trim_start();
            ["用户", "我需要", "我应该", "好的，", "首先", "ユーザー", "ユーザ"]
                .iter()
                .any(|start| head.starts_with(start))
        }
}

/// Words after a count that make it a habit or a measure: "500 words a day".
const HABITS: &[&str] = &[
    "a", "an", "per", "each", "every", "daily", "of", "long", "am", "pro", "täglich", "par", "al", "por", "ao", "all",
    "om", "dziennie", "в", "på",
];

/// Phrases of a plan or a count in scripts without spaces; a number of characters must stand in the same sentence.
const UNSPACED: &[&str] = &[
    "我需要写",
    "我要写",
    "我会写",
    "我将写",
    "我来写",
    "我还需要写",
    "目前已写",
    "目前约",
    "目前大约",
    "现在约",
    "现在大约",
    "我需要寫",
    "我要寫",
    "我會寫",
    "目前約",
    "ここまでで約",
    "今のところ約",
    "現在、約",
    "現在約",
    "あと約",
];

/// Finds a sentence that plans or counts the text itself; returns it. `sentences` are those of a block of `source`, which is
/// empty where it is not known how long the text is.
pub(super) fn find(text: &str, sentences: &Sentences<'_>, source: &str) -> Option<String> {
    let planned = sentences.iter().zip(sentences.whole()).find(|(rest, whole)| plans(rest, whole, source));
    planned.map(|(rest, _)| sentences.excerpt(rest)).or_else(|| unspaced(text, source))
}

/// Returns whether the first sentence of a block of `source` plans or counts the text itself.
pub(super) fn begins(text: &str, source: &str) -> bool {
    let sentences = Sentences::new(text);
    let first = sentences.iter().zip(sentences.whole()).next();
    first.is_some_and(|(rest, whole)| plans(rest, whole, source))
}

fn plans(rest: &[Token<'_>], whole: &[Token<'_>], source: &str) -> bool {
    if PLANS.begin(rest) {
        return true;
    }
    let Some(count) = (0..whole.len()).find(|&index| is_count(whole, index)) else {
        return false;
    };
    let is_habit = whole.get(count + 1).is_some_and(|after| HABITS.contains(&after.text()));
    let places = || (0..whole.len()).filter(|&index| index == 0 || !whole[index - 1].is_word());
    !is_habit
        && places().any(|place| BEGINNINGS.begin(&whole[place..]))
        && (0..whole.len()).any(|place| SELF.begin(&whole[place..]))
        && !is_of_a_book(number(&whole[..count]), source.split_whitespace().count())
}

/// Returns whether a number of words is that of a whole book, as a diary may count it, and not that of a text of this length.
fn is_of_a_book(number: u64, length: usize) -> bool {
    const TIMES: usize = 3;
    /// A text may be much shorter than what it was planned to be.
    const LEAST: usize = 1_200;

    length > 0 && number > (length * TIMES).max(LEAST) as u64
}

/// Returns the number with which tokens end: "40,000", "40 000", "forty thousand"; 0 where it is none.
fn number(tokens: &[Token<'_>]) -> u64 {
    /// A number of thousands in words is taken for this, but for the smallest.
    const MANY: u64 = 20;

    let digits = |token: &Token<'_>| token.text().replace(['.', ','], "");
    let Some((last, before)) = tokens.split_last() else {
        return 0;
    };
    match last.text() {
        "thousand" | "tausend" | "mille" => match before.last().map(Token::text) {
            Some("a" | "one" | "ein" | "eine") | None => 1_000,
            Some("two" | "zwei" | "deux" | "due") => 2_000,
            Some("three" | "drei" | "trois" | "tre") => 3_000,
            Some(other) => other.parse().unwrap_or(MANY) * 1_000,
        },
        "hundred" | "hundert" | "cents" => 100,
        _ => {
            let thousands = before.last().filter(|token| token.is_number() && last.text().len() == 3);
            let joined = thousands.map(digits).unwrap_or_default() + &digits(last);
            joined.parse().unwrap_or_default()
        }
    }
}

/// Returns whether a token is the unit of a number before it.
fn is_count(tokens: &[Token<'_>], index: usize) -> bool {
    let is_number = |token: &Token<'_>| {
        token.is_number() || matches!(token.text(), "hundred" | "thousand" | "hundert" | "tausend" | "cents" | "mille")
    };
    index > 0 && is_number(&tokens[index - 1]) && note::is_unit(tokens[index].text())
}

fn unspaced(text: &str, source: &str) -> Option<String> {
    let sentences = text.split_inclusive(['。', '！', '？', '\n']);
    let mut found = sentences.filter(|sentence| {
        counts_characters(sentence)
            && UNSPACED.iter().any(|phrase| sentence.contains(phrase))
            && !sentence.contains('「')
            && !is_of_a_book(characters(sentence), source.chars().count())
    });
    found.next().map(crate::phrase::excerpt)
}

/// Returns the first number of a sentence.
fn characters(sentence: &str) -> u64 {
    let digits = sentence.trim_start_matches(|char: char| !char.is_ascii_digit());
    let digits = digits.chars().take_while(|char| char.is_ascii_digit() || *char == ',');
    digits.filter(char::is_ascii_digit).collect::<String>().parse().unwrap_or_default()
}

/// Returns whether a sentence has a number of characters: "約690字".
fn counts_characters(sentence: &str) -> bool {
    sentence.match_indices(['字', '文']).any(|(at, _)| {
        let rest = &sentence[at..];
        (rest.starts_with('字') || rest.starts_with("文字")) && sentence[..at].trim_end().ends_with(char::is_numeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<String> {
        find(text, &Sentences::new(text), "")
    }

    #[test]
    fn a_plan_about_the_text_itself_is_found_in_every_language() {
        for text in [
            "I have 700 words for this, so four paragraphs will do.",
            "I'll write about 650 words here.",
            "Tallying as I go, I am at some 690 words now.",
            "So far I have 450 words, which leaves room for one more example.",
            "That is about 600 words so far.",
            "I need to stay within the word limit.",
            "Let me count the words as I go.",
            "Perhaps a short anecdote would fit here.",
            "I should keep this under 1,200 words for the section.",
            "Ich habe jetzt etwa 650 Wörter.",
            "Je suis maintenant à environ 650 mots.",
            "Llevo unas 650 palabras hasta ahora.",
            "Sono a circa 650 parole finora.",
            "Estou em cerca de 650 palavras agora.",
            "Ik zit nu op 650 woorden.",
            "Jag är nu på ungefär 650 ord.",
            "Mam teraz około 650 słów.",
            "Сейчас у меня около 650 слов.",
            "目前已写约690字，接近要求。",
            "ここまでで約690字になった。",
        ] {
            assert!(found(text).is_some(), "{text}");
        }
    }

    #[test]
    fn the_count_of_a_whole_book_is_not_that_of_the_text() {
        let page = "word ".repeat(300);
        for text in [
            "I have written 40,000 words so far, and I hate all of them.",
            "So far I have 40 000 words.",
            "I have forty thousand words now.",
            "Ich habe jetzt 40.000 Wörter.",
            "J’ai maintenant 40 000 mots.",
            "Je suis maintenant à quarante mille mots.",
        ] {
            assert_eq!(find(text, &Sentences::new(text), &page), None, "{text}");
        }
        for text in ["I have written 900 words so far.", "I have a thousand words now.", "I am at 1,100 words now."] {
            assert!(find(text, &Sentences::new(text), &page).is_some(), "{text}");
        }
        let page = "字".repeat(600);
        let long = "目前已写约40,000字。";
        assert_eq!(find(long, &Sentences::new(long), &page), None);
        let own = "目前已写约690字。";
        assert!(find(own, &Sentences::new(own), &page).is_some());
    }

    #[test]
    fn a_book_about_writing_plans_nothing_of_its_own() {
        for text in [
            "Let me count the ways in which a wall can fall.",
            "A word budget is a tool for editors.",
            "I write 1,000 words a day and throw away six hundred of them.",
            "I have written 90,000 words in my life that nobody will read.",
            "He had 700 words for this, and he used them all.",
            "You have 700 words for this, so choose.",
            "“I have 700 words for this,” said the editor.",
            "We should keep our promises.",
            "In 650 words he said it all.",
            "I will now turn to the harbour.",
            "Perhaps a short example will help.",
            "他写了1200字。",
            "把文章控制在800字以内，编辑会感谢你。",
            "四百字以内に収めるのが、新聞の短評の約束である。",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
