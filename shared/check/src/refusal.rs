//! The gate against an answer that refuses to write.

use std::sync::LazyLock;

use bindery_domain::Unit;
use bindery_text::length::unit;

use super::{
    Asked, SectionText,
    phrase::{Patterns, Sentences, excerpt},
};

/// The model refuses to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model refuses to write this: “{0}”")]
pub struct Refusal(String);

/// Refusals that name what is refused. No narrator speaks like this.
const OF_A_REQUEST: &str = "
    i cannot|decline to? .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help .. request|section|chapter|content|prompt
    i can|won|must|will 't|not .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help .. request|section|chapter|content|prompt
    i 'm|am unable|not able? to .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help .. request|section|chapter|content|prompt
    i cannot comply|assist with this|that|your request
    i can|won|must 't|not comply|assist with this|that|your request
    i can|won 't|not help with this|that|your request
    this|your|the request violates|goes|conflicts|is against|against|not
";

/// Apologies and refusals that a narrator may also speak. They count only in a short answer.
const OF_ANYTHING: &str = "
    i 'm|am? so|very|really? sorry|afraid ,? but? i|that|this
    sorry ,? but i
    unfortunately ,? i cannot|can|'m|am|won
    i apologize|apologise ,? but|for|that
    i cannot|decline to? .. write|provide|create|generate|produce|help|assist|discuss|engage|continue
    i can|won|must|will 't|not .. write|provide|create|generate|produce|help|assist|discuss|engage|continue
    i 'm|am unable|not able? to .. write|provide|create|generate|produce|help|assist|discuss|engage|continue
    es tut mir leid ,? aber|ich|dass|,
    tut mir leid ,? aber|ich
    leider kann ich
    ich kann .. nicht schreiben|helfen|erstellen|verfassen|weiterhelfen|nachkommen
    je suis désolé|désolée ,? mais|je
    désolé|désolée ,? mais? je
    je ne peux|puis pas .. écrire|rédiger|aider|répondre|fournir|créer
    lo siento ,? pero|no
    no puedo .. escribir|ayudar|ayudarte|proporcionar|generar|crear|cumplir
    mi dispiace ,? ma|non
    non posso .. scrivere|aiutare|aiutarti|fornire|generare|creare
    desculpe|lamento|sinto muito? ,? mas|não
    não posso .. escrever|ajudar|fornecer|gerar|criar
    het spijt me ,? maar|dat|ik
    sorry ,? maar ik
    ik kan .. niet|geen schrijven|helpen|voldoen
    извините|простите|сожалею ,? но|я
    я не могу .. написать|помочь|предоставить|выполнить
    przykro mi|przepraszam ,? ale|nie
    nie mogę .. napisać|pomóc|spełnić
    عذرا|عذرًا|آسف|أعتذر ،? لا|لكن|ولكن|،
";

/// Apologies and refusals in scripts without spaces.
const UNSPACED: &[&str] = &[
    "申し訳ありませんが",
    "申し訳ございませんが",
    "恐れ入りますが",
    "残念ながら、",
    "很抱歉",
    "非常抱歉",
    "抱歉，",
    "对不起，我",
    "對不起，我",
    "我无法",
    "我無法",
    "我不能",
    "죄송하지만",
    "죄송합니다",
    "ขออภัย",
    "ขอโทษ",
];

static PATTERNS: LazyLock<[Patterns; 2]> = LazyLock::new(|| [OF_A_REQUEST, OF_ANYTHING].map(Patterns::table));

/// How many sentences from the start a refusal may stand in.
const SENTENCES: usize = 3;

pub(super) fn check(text: &SectionText<'_>, asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(first) = text.blocks.iter().find(|block| block.is_prose() && !block.quoted) else {
        return Ok(());
    };
    let [of_a_request, of_anything] = &*PATTERNS;
    let sentences = Sentences::new(&first.text);
    let short = is_short(text, asked);
    let refused = sentences
        .iter()
        .take(SENTENCES)
        .find(|tokens| of_a_request.begin(tokens) || (short && of_anything.begin(tokens)));
    if let Some(tokens) = refused {
        return Err(Refusal(sentences.excerpt(tokens)));
    }
    let head = first.text.trim_start();
    if short && UNSPACED.iter().any(|phrase| head.starts_with(phrase)) {
        return Err(Refusal(excerpt(head)));
    }
    Ok(())
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
    fn an_offer_to_write_is_no_refusal() {
        for text in ["I can help with this section.", "I am able to write this section.", "I will write this section."]
        {
            assert!(!refuses(text, "en"), "{text}");
        }
    }

    #[test]
    fn a_narrator_who_apologises_at_length_refuses_nothing() {
        let rest = "The harbour was empty by then, and the gulls had it to themselves. ".repeat(12);
        for text in [
            "I'm sorry, but I never liked the sea. ",
            "I cannot help what happened on the pier that night. ",
            "I can't provide for a family on a pilot's wage, my father used to say. ",
            "“I can't help with that,” said the clerk. ",
        ] {
            assert!(!refuses(&format!("{text}{rest}"), "en"), "{text}");
        }
        assert!(!refuses("“I'm sorry, but I can't,” she said.", "en"));
    }
}
