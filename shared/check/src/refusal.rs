//! The gate against an answer that refuses to write.

mod phrases;
mod unspaced;

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bindery_domain::Unit;
use bindery_text::{length::unit, markdown::Block};

use super::{
    Asked, SectionText,
    lemma::fold,
    meta_talk::any_of,
    phrase::{Patterns, Sentences, Token, excerpt},
};
use unspaced::Refused;

/// The model refuses to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model refuses to write this: “{0}”")]
pub struct Refusal(String);

struct Tables {
    of_a_request: Patterns,
    of_anything: Patterns,
    connectives: Patterns,
    about_a_request: AhoCorasick,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables {
    of_a_request: Patterns::table(phrases::OF_A_REQUEST),
    of_anything: Patterns::table(phrases::OF_ANYTHING),
    connectives: Patterns::table(phrases::LONG_CONNECTIVES),
    about_a_request: any_of(phrases::ABOUT_A_REQUEST),
});

/// How many sentences of a block a refusal may stand in.
const SENTENCES: usize = 3;

pub(super) fn check(text: &SectionText<'_>, asked: &Asked<'_>) -> Result<(), Refusal> {
    /// How many blocks from the start a refusal may stand in. What a model says before it is a paragraph of its own at most.
    const BLOCKS: usize = 2;

    let mut prose = text.blocks.iter().filter(|block| block.is_prose() && !block.quoted);
    let short = is_short(text, asked);
    let is_about_a_request = |text: &str| TABLES.about_a_request.is_match(&fold(text));
    for (index, block) in prose.by_ref().take(BLOCKS).enumerate() {
        let head = beginning(&block.text);
        if let Some(refusal) = spaced(head, index == 0 && short, || short || is_about_a_request(text.source)) {
            return Err(refusal);
        }
        let refused = unspaced::find(head, index == 0).is_some_and(|refused| match refused {
            Refused::Surely => true,
            Refused::Perhaps => short,
            Refused::OfARequest => short || is_about_a_request(text.source),
        });
        if refused {
            return Err(Refusal(excerpt(head.trim_start())));
        }
    }
    // A model may stop in the middle and say that it does not go on.
    prose.next_back().and_then(|last| stops(last, is_about_a_request)).map_or(Ok(()), Err)
}

/// Finds a refusal in a last block that speaks of the request itself.
fn stops(last: &Block, is_about_a_request: impl Fn(&str) -> bool) -> Option<Refusal> {
    let head = beginning(&last.text);
    if !is_about_a_request(head) {
        return None;
    }
    let unspaced = || matches!(unspaced::find(head, false), Some(Refused::OfARequest));
    spaced(head, false, || true).or_else(|| unspaced().then(|| Refusal(excerpt(head.trim_start()))))
}

/// Returns the beginning of a block, so that a long one need not be read.
fn beginning(text: &str) -> &str {
    const BYTES: usize = 800;

    let end = (0..=BYTES.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or_default()]
}

/// Finds a refusal in the first sentences of a block: of anything where `any` says so, else of a request, if `counts`.
fn spaced(text: &str, any: bool, counts: impl Fn() -> bool) -> Option<Refusal> {
    let sentences = Sentences::new(text);
    let refuses = |tokens: &[Token<'_>]| {
        let after = after_connectives(tokens);
        [tokens, after].iter().any(|tokens| TABLES.of_a_request.begin(tokens))
    };
    let anything = sentences.iter().take(SENTENCES).find(|tokens| any && TABLES.of_anything.begin(tokens));
    // Single quotation marks are not followed, since most are apostrophes.
    let is_author = || !text.trim_start().starts_with('‘');
    let of_a_request = || {
        let mut clauses = sentences.first_clauses(SENTENCES);
        clauses.find(|tokens| refuses(tokens) && is_author() && counts())
    };
    anything.or_else(of_a_request).map(|tokens| Refusal(sentences.excerpt(tokens)))
}

/// Returns the tokens without "But, unfortunately," before them.
fn after_connectives<'a, 'b>(tokens: &'a [Token<'b>]) -> &'a [Token<'b>] {
    const MOST: usize = 4;

    let mut rest = tokens;
    if let Some(after) = TABLES.connectives.after(rest) {
        rest = after;
    }
    for _ in 0..MOST {
        match rest.split_first() {
            Some((token, after)) if phrases::CONNECTIVES.contains(&token.text()) => rest = after,
            _ => break,
        }
    }
    rest
}

/// Returns whether the answer is too short to be a section that happens to begin with an apology.
fn is_short(text: &SectionText<'_>, asked: &Asked<'_>) -> bool {
    let most = match unit(asked.language) {
        Unit::Words => 150,
        Unit::Characters => 300,
    };
    text.length < most.min(asked.length / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refuses(text: &str, language: &str) -> bool {
        let asked = Asked { language, heading: "", points: &[], length: 650 };
        check(&SectionText::read(text, language), &asked).is_err()
    }

    #[test]
    fn a_refusal_is_known_in_the_languages_books_are_asked_in() {
        for (language, text) in [
            ("en", "I’m sorry, but I can’t help with that."),
            ("en", "I cannot write this section, because it asks for private data."),
            ("en", "I'm unable to fulfil this request."),
            ("en", "Unfortunately, I can't provide that."),
            ("en", "I can't assist with that request. Here are some alternatives you could consider instead."),
            ("de", "Es tut mir leid, aber ich kann dabei nicht helfen."),
            ("fr", "Je suis désolé, mais je ne peux pas rédiger ce texte."),
            ("es", "Lo siento, pero no puedo ayudar con eso."),
            ("it", "Mi dispiace, ma non posso scrivere questo testo."),
            ("pt", "Desculpe, mas não posso ajudar com isso."),
            ("nl", "Het spijt me, maar ik kan hier niet bij helpen."),
            ("ru", "Извините, но я не могу с этим помочь."),
            ("ja", "申し訳ありませんが、その内容は書けません。"),
            ("zh", "很抱歉，我无法完成这个请求。"),
            ("ko", "죄송하지만 그 요청은 도와드릴 수 없습니다."),
        ] {
            assert!(refuses(text, language), "{language}: {text}");
        }
    }

    #[test]
    fn a_refusal_need_not_open_its_sentence_or_the_answer() {
        let why =
            "It shows harm in more detail than a book needs, and readers would be left with it and nothing else. ";
        for (language, text) in [
            ("en", "I appreciate the detailed outline, but I can't write this section as described."),
            ("en", "While I understand the dramatic purpose, I'm not able to write this scene."),
            ("en", "However, I can't write this scene."),
            ("en", "But unfortunately, I won't be able to continue with this chapter."),
            ("en", "The outline is clear and the harbour is well drawn.\n\nThat said, I can't write this scene."),
            ("en", "I'm really not comfortable writing this."),
            ("en", "This isn't something I can write."),
            ("en", "This scene is not something I'm able to produce."),
            ("en", "I'm going to have to decline this one."),
            ("en", "I'll have to pass on this section."),
            ("en", "I can’t, in good conscience, depict this."),
            ("en", "I don't feel comfortable writing this passage."),
            ("en", "I see what you want here — I just can't write this scene."),
            ("de", "Ich verstehe die Absicht, aber ich kann diese Szene nicht schreiben."),
            ("de", "Obwohl die Vorlage klar ist, kann ich diesen Abschnitt nicht schreiben."),
            ("de", "Leider kann ich diese Szene so nicht verfassen."),
            ("de", "Ich fühle mich nicht wohl dabei, das zu schreiben."),
            ("fr", "Je comprends l’intention, mais je ne peux pas écrire cette scène."),
            ("fr", "Cependant, je ne suis pas en mesure de rédiger cette section."),
            ("fr", "Ce n’est pas quelque chose que je peux écrire."),
            ("es", "Entiendo la intención, pero no puedo escribir esta escena."),
            ("es", "Sin embargo, no me siento cómodo escribiendo esto."),
            ("it", "Capisco lo scopo, ma non posso scrivere questa scena."),
            ("it", "Purtroppo non sono in grado di scrivere questa sezione."),
            ("pt", "Entendo a intenção, mas não posso escrever esta cena."),
            ("pt", "Infelizmente, não me sinto confortável com isso."),
            ("nl", "Ik begrijp de bedoeling, maar ik kan deze scène niet schrijven."),
            ("nl", "Hoewel de opzet helder is, kan ik deze scène niet schrijven."),
            ("sv", "Jag förstår avsikten, men jag kan inte skriva den här scenen."),
            ("ru", "Я понимаю замысел, но я не могу написать эту сцену."),
            ("ru", "К сожалению, я не могу написать этот раздел."),
            ("pl", "Rozumiem zamysł, ale nie mogę napisać tej sceny."),
            ("ja", "ご意図は理解しました。しかし、この場面を書くことはできません。"),
            ("zh", "我理解您的意图。但我恐怕无法撰写这一场景。"),
            ("ko", "의도는 이해합니다. 하지만 이 장면은 작성할 수 없습니다."),
            ("ar", "أفهم المقصود، لكن لا أستطيع كتابة هذا المشهد."),
        ] {
            assert!(refuses(&format!("{text} {why}"), language), "{language}: {text}");
        }
    }

    #[test]
    fn a_model_may_refuse_after_half_of_the_text() {
        let told = "The harbour was empty by then, and the gulls had it to themselves. ".repeat(12);
        assert!(refuses(
            &format!("{told}\n\n{told}\n\n{told}\n\nI'm not comfortable continuing this scene as described."),
            "en"
        ));
        assert!(!refuses(&format!("{told}\n\n{told}\n\n{told}\n\nI can't write this chapter any further."), "en"));
    }

    #[test]
    fn a_person_of_the_book_may_refuse() {
        let rest = "The harbour was empty by then, and the gulls had it to themselves. ".repeat(12);
        for text in [
            "“I appreciate it, but I can't write this scene as described,” said the clerk. ",
            "‘I can’t write this scene. It goes against your guidelines,’ said the clerk. ",
            "She read the outline, and I couldn't say no. ",
            "But I cannot write this chapter without her. ",
            "That isn't something I can forget. ",
            "I'm going to have to leave, he thought. ",
            "Je ne peux pas écrire ce chapitre sans elle. ",
            "Aber ich kann diesen Text nicht ohne sie schreiben. ",
        ] {
            assert!(!refuses(&format!("{text}{rest}"), "en"), "{text}");
        }
        let long = "その朝、港は静かで、岸壁の誰もそれについて何も言わなかった。".repeat(20);
        assert!(!refuses(&format!("「この場面を書くことはできません」と彼は言った。ご依頼は断られた。{long}"), "ja"));
    }

    #[test]
    fn an_offer_to_write_is_no_refusal() {
        for text in ["I can help with this section.", "I am able to write this section.", "I will write this section."]
        {
            assert!(!refuses(text, "en"), "{text}");
        }
    }

    #[test]
    fn a_long_refusal_is_known_by_what_it_offers_instead() {
        let rest =
            "It could be told from the pilot's side, and the reader would learn of it by its consequences. ".repeat(16);
        for text in [
            "I'm not comfortable writing this scene as it is described. ",
            "I must respectfully decline. The scene as outlined would do harm. ",
            "I won't be able to write this. I'd suggest another direction. ",
            "Ich kann diese Szene leider nicht schreiben. Stattdessen kann ich etwas anderes vorschlagen. ",
            "Je ne peux pas écrire cette scène. Je pourrais proposer autre chose. ",
        ] {
            assert!(refuses(&format!("{text}{rest}"), "en"), "{text}");
        }
        let long = "その朝、港は静かで、岸壁の誰もそれについて何も言わなかった。".repeat(20);
        assert!(refuses(&format!("申し訳ありませんが、この場面は書けません。{long}"), "ja"));
        assert!(!refuses(&format!("申し訳ありませんが、と彼は言った。{long}"), "ja"));
    }

    #[test]
    fn a_narrator_who_apologises_at_length_refuses_nothing() {
        let rest = "The harbour was empty by then, and the gulls had it to themselves. ".repeat(12);
        for text in [
            "I'm sorry, but I never liked the sea. ",
            "I cannot help what happened on the pier that night. ",
            "I can't provide for a family on a pilot's wage, my father used to say. ",
            "I cannot write this chapter without the letters she left me. ",
            "I must respectfully decline, he wrote, and he meant it. ",
            "“I can't help with that,” said the clerk. ",
        ] {
            assert!(!refuses(&format!("{text}{rest}"), "en"), "{text}");
        }
        assert!(!refuses("“I'm sorry, but I can't,” she said.", "en"));
    }
}
