//! The gate against an answer that refuses to write.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bindery_domain::Unit;
use bindery_text::length::unit;

use super::{
    Asked, SectionText,
    lemma::fold,
    meta_talk::any_of,
    phrase::{Patterns, Sentences, excerpt},
};

/// The model refuses to write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model refuses to write this: “{0}”")]
pub struct Refusal(String);

/// Refusals that name what is refused. In a long answer, something else must show that a request is meant: the author of a
/// memoir may say that she cannot write a chapter.
const OF_A_REQUEST: &str = "
    i cannot|decline to? .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help .. request|section|chapter|content|prompt|scene|passage|text
    i can|won|must|will 't|not .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help .. request|section|chapter|content|prompt|scene|passage|text
    i 'm|am unable|not able? to .. write|provide|create|generate|produce|fulfill|fulfil|complete|comply|assist|help .. request|section|chapter|content|prompt|scene|passage|text
    i 'm|am not comfortable|willing|able to|with? write|writing|creating|producing|generating|providing|continue|continuing|depicting
    i won 't be able to write|provide|create|generate|produce|fulfill|fulfil|complete|continue|help|assist
    i don 't feel comfortable writing|creating|producing|generating|providing|continuing|with
    i must|have|need|'ll|'d|want|will|would to|like|have? to? respectfully|politely? decline|refuse
    i respectfully|politely decline|refuse|must
    i 'd|would rather|prefer not to? write|create|produce|continue
    i cannot comply|assist with this|that|your request
    i can|won|must 't|not comply|assist with this|that|your request
    i can|won 't|not help with this|that|your request
    this|your|the request violates|goes|conflicts|is against|against|not
    diesen|diese|dieses|das .. abschnitt|szene|kapitel|text|anfrage kann|möchte|werde ich .. nicht
    ich kann|möchte|werde|darf diesen|diese|dieses|dieser|das .. abschnitt|szene|kapitel|text|anfrage|bitte|wunsch .. nicht|leider
    ich muss .. ablehnen
    je ne peux|puis|souhaite pas .. écrire|rédiger|produire|créer .. scène|section|passage|chapitre|contenu|texte
    je dois|préfère .. décliner|refuser
    no puedo .. escribir|generar|crear|producir|redactar .. escena|sección|capítulo|contenido|texto
    debo|prefiero|tengo que? .. declinar|rechazar
    non posso .. scrivere|generare|creare|produrre .. scena|sezione|capitolo|contenuto|testo
    devo|preferisco .. declinare|rifiutare
    não posso .. escrever|gerar|criar|produzir .. cena|seção|secção|capítulo|conteúdo|texto
    devo|prefiro|preciso .. recusar|declinar
    ik kan|wil|mag deze|dit|die|dat .. scène|sectie|hoofdstuk|tekst|verzoek .. niet
    ik moet .. weigeren|afwijzen
    jag kan|vill|får inte .. skriva|skapa|hjälpa
    jag måste .. avböja|tacka
    я не могу|буду .. написать|писать|создать|создавать .. сцену|раздел|главу|текст|контент
    я вынужден|вынуждена|должен|должна .. отказать|отказаться
    nie mogę .. napisać|stworzyć .. sceny|rozdziału|tekstu|fragmentu|treści
    muszę .. odmówić
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
    tyvärr kan jag
    förlåt|ledsen ,? men jag
    jag är ledsen ,? men
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
    "这个场景我",
    "我必须拒绝",
    "私はこの",
    "このシーンを書くことは",
    "この場面を書くことは",
    "죄송하지만",
    "죄송합니다",
    "ขออภัย",
    "ขอโทษ",
];

/// What shows in a long answer that a request is refused and nothing is told.
static ABOUT_A_REQUEST: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of(&[
        "as outlined",
        "as described",
        "is described",
        "as requested",
        "as written, ",
        "this request",
        "your request",
        "the request",
        "content polic",
        "guideline",
        "the prompt",
        "i'd suggest",
        "i would suggest",
        "i can offer",
        "i could offer",
        "i'd be happy to",
        "i can help with",
        "would be happy to help",
        "an alternative",
        "alternatives",
        "stattdessen kann ich",
        "stattdessen könnte",
        "ihre anfrage",
        "deine anfrage",
        "diese anfrage",
        "richtlinien",
        "wie beschrieben",
        "cette demande",
        "votre demande",
        "telle que décrite",
        "je peux proposer",
        "je pourrais proposer",
        "à la place",
        "esta solicitud",
        "su solicitud",
        "tu solicitud",
        "tal como se describe",
        "en su lugar",
        "questa richiesta",
        "tua richiesta",
        "vostra richiesta",
        "così come descritta",
        "in alternativa",
        "este pedido",
        "seu pedido",
        "esta solicitação",
        "em vez disso",
        "dit verzoek",
        "uw verzoek",
        "je verzoek",
        "in plaats daarvan",
        "den här begäran",
        "din begäran",
        "i stället kan",
        "этот запрос",
        "ваш запрос",
        "вместо этого",
        "tę prośbę",
        "tej prośby",
        "zamiast tego",
    ])
});

/// Inability in scripts without spaces, after an apology in the same sentence.
const UNABLE: &[&str] = &[
    "お手伝いできません",
    "お応えできません",
    "お答えできません",
    "応じられません",
    "応じることができません",
    "書けません",
    "書くことはできません",
    "書くことができません",
    "提供できません",
    "対応できません",
    "対応いたしかねます",
    "いたしかねます",
    "執筆できません",
    "作成できません",
    "生成できません",
    "控えさせて",
    "お断り",
    "无法",
    "無法",
    "不能写",
    "不能提供",
    "不能创作",
    "不能协助",
    "不能满足",
    "不便",
    "도와드릴 수 없",
    "작성할 수 없",
    "제공할 수 없",
    "쓸 수 없",
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
    let about_a_request = || ABOUT_A_REQUEST.is_match(&fold(text.source));
    let refused = sentences.iter().take(SENTENCES).find(|tokens| {
        (short && of_anything.begin(tokens)) || (of_a_request.begin(tokens) && (short || about_a_request()))
    });
    if let Some(tokens) = refused {
        return Err(Refusal(sentences.excerpt(tokens)));
    }
    let head = first.text.trim_start();
    let opening = head.split_inclusive(['。', '！']).next().unwrap_or_default();
    let unable = UNABLE.iter().any(|unable| opening.contains(unable));
    if (short || unable) && UNSPACED.iter().any(|phrase| head.starts_with(phrase)) {
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
