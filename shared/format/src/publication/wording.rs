//! The words of the first pages, in the book's language.

use bindery_outline::ContributorRole;
use bindery_text::language::table_language;

/// What the first pages say in one language.
pub(super) struct Wording {
    /// The heading of the copyright page.
    pub(super) copyright: &'static str,
    /// The heading of the page about the text.
    pub(super) about_text: &'static str,
    /// The sentence that says who wrote the text.
    pub(super) disclosure: &'static str,
}

/// Returns the words in the language of the tag, or in English where the language is not in the table.
pub(super) fn of(tag: &str) -> &'static Wording {
    let wanted = table_language(tag);
    TABLE.iter().find(|(language, _)| *language == wanted).map_or(&TABLE[0].1, |(_, wording)| wording)
}

/// Returns whether the first pages of a language have the English sentence.
#[cfg(test)]
pub(crate) fn is_worded_as_english(tag: &str) -> bool {
    of(tag).disclosure == TABLE[0].1.disclosure
}

const fn wording(row: [&'static str; 3]) -> Wording {
    let [copyright, about_text, disclosure] = row;
    Wording { copyright, about_text, disclosure }
}

#[rustfmt::skip]
static TABLE: [(&str, Wording); 27] = [
    ("en", wording(["Copyright", "About the text", "The text of this book was written by an artificial intelligence, from an outline."])),
    ("ar", wording(["حقوق النشر", "عن النص", "كتب نصَّ هذا الكتاب ذكاءٌ اصطناعي استنادًا إلى مخطط."])),
    ("cs", wording(["Copyright", "O textu", "Text této knihy napsala umělá inteligence podle osnovy."])),
    ("da", wording(["Ophavsret", "Om teksten", "Teksten i denne bog er skrevet af en kunstig intelligens ud fra en disposition."])),
    ("de", wording(["Impressum", "Über den Text", "Den Text dieses Buches hat eine künstliche Intelligenz nach einer Gliederung geschrieben."])),
    ("el", wording(["Πνευματικά δικαιώματα", "Σχετικά με το κείμενο", "Το κείμενο αυτού του βιβλίου γράφτηκε από τεχνητή νοημοσύνη με βάση ένα σχέδιο."])),
    ("es", wording(["Créditos", "Sobre el texto", "El texto de este libro fue escrito por una inteligencia artificial a partir de un esquema."])),
    ("fa", wording(["حق نشر", "دربارهٔ متن", "متن این کتاب را یک هوش مصنوعی بر پایهٔ یک طرح نوشته است."])),
    ("fi", wording(["Tekijänoikeudet", "Tietoa tekstistä", "Tämän kirjan tekstin on kirjoittanut tekoäly jäsennyksen pohjalta."])),
    ("fr", wording(["Mentions légales", "À propos du texte", "Le texte de ce livre a été écrit par une intelligence artificielle à partir d’un plan."])),
    ("he", wording(["זכויות יוצרים", "על הטקסט", "הטקסט של ספר זה נכתב בידי בינה מלאכותית על פי מתווה."])),
    ("hi", wording(["कॉपीराइट", "पाठ के बारे में", "इस पुस्तक का पाठ एक रूपरेखा के आधार पर कृत्रिम बुद्धिमत्ता ने लिखा है।"])),
    ("hu", wording(["Szerzői jog", "A szövegről", "A könyv szövegét mesterséges intelligencia írta egy vázlat alapján."])),
    ("it", wording(["Colophon", "Nota sul testo", "Il testo di questo libro è stato scritto da un’intelligenza artificiale a partire da uno schema."])),
    ("ja", wording(["著作権", "本文について", "本書の本文は、構成案をもとに人工知能が執筆したものです。"])),
    ("ko", wording(["판권", "본문에 대하여", "이 책의 본문은 개요를 바탕으로 인공지능이 작성했습니다."])),
    ("nb", wording(["Opphavsrett", "Om teksten", "Teksten i denne boken er skrevet av en kunstig intelligens etter en disposisjon."])),
    ("nl", wording(["Colofon", "Over de tekst", "De tekst van dit boek is geschreven door een kunstmatige intelligentie op basis van een opzet."])),
    ("pl", wording(["Prawa autorskie", "O tekście", "Tekst tej książki napisała sztuczna inteligencja na podstawie konspektu."])),
    ("pt", wording(["Créditos", "Sobre o texto", "O texto deste livro foi escrito por uma inteligência artificial a partir de um esboço."])),
    ("ro", wording(["Drepturi de autor", "Despre text", "Textul acestei cărți a fost scris de o inteligență artificială, pornind de la un plan."])),
    ("ru", wording(["Выходные данные", "О тексте", "Текст этой книги написан искусственным интеллектом по плану."])),
    ("sv", wording(["Upphovsrätt", "Om texten", "Texten i den här boken är skriven av en artificiell intelligens utifrån en disposition."])),
    ("tr", wording(["Telif hakkı", "Metin hakkında", "Bu kitabın metni, bir taslaktan yola çıkarak bir yapay zekâ tarafından yazılmıştır."])),
    ("uk", wording(["Вихідні дані", "Про текст", "Текст цієї книги написав штучний інтелект за планом."])),
    ("zh", wording(["版权", "关于正文", "本书正文由人工智能根据大纲撰写。"])),
    ("zh-hant", wording(["版權", "關於正文", "本書正文由人工智慧根據大綱撰寫。"])),
];

/// Returns what a contributor is called in the language of the tag; `None` where the table has no word, so that the name
/// stands alone.
pub(super) fn contributor_label(tag: &str, role: ContributorRole) -> Option<&'static str> {
    let wanted = table_language(tag);
    let labels = LABELS.iter().find(|(language, _)| *language == wanted).map(|(_, labels)| labels)?;
    let at = ContributorRole::ALL.iter().position(|other| *other == role)?;
    labels.get(at).copied().filter(|label| !label.is_empty())
}

/// The labels in the order of [`ContributorRole::ALL`].
#[rustfmt::skip]
static LABELS: [(&str, [&str; 11]); 6] = [
    ("en", ["editor", "translator", "illustrator", "photographs", "compiler", "foreword", "introduction", "afterword", "cover", "reader", ""]),
    ("de", ["Herausgabe", "Übersetzung", "Illustration", "Fotografie", "Zusammenstellung", "Vorwort", "Einleitung", "Nachwort", "Umschlag", "Sprecher", ""]),
    ("es", ["edición", "traducción", "ilustración", "fotografía", "compilación", "prólogo", "introducción", "epílogo", "cubierta", "narración", ""]),
    ("fr", ["édition", "traduction", "illustrations", "photographies", "compilation", "préface", "introduction", "postface", "couverture", "lecture", ""]),
    ("it", ["a cura", "traduzione", "illustrazioni", "fotografie", "raccolta", "prefazione", "introduzione", "postfazione", "copertina", "lettura", ""]),
    ("pt", ["organização", "tradução", "ilustração", "fotografia", "compilação", "prefácio", "introdução", "posfácio", "capa", "narração", ""]),
];
