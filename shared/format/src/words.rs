//! The few words a binding adds to a book, in the book's language.

use super::language;

/// The binder's own words in one language.
#[derive(Debug)]
pub(super) struct Words {
    /// Over the contents list.
    pub(super) contents: &'static str,
    /// Over a chapter's notes.
    pub(super) notes: &'static str,
    /// Over a notice to the reader.
    pub(super) notice: &'static str,
    /// The front cover.
    pub(super) cover: &'static str,
    /// The page that bears the title.
    pub(super) title_page: &'static str,
    /// The link from a note to its place in the text.
    pub(super) back: &'static str,
    /// In the place of a chapter that could not be written.
    pub(super) missing: &'static str,
}

/// Returns the words in the language of the tag, English where it is not among the known ones.
pub(super) fn in_language(tag: &str) -> &'static Words {
    let primary = language::primary(tag);
    let traditional = language::script(tag).is_some_and(|script| script == "hant")
        || (language::script(tag).is_none()
            && ["-TW", "-HK", "-MO"].iter().any(|region| tag.to_ascii_uppercase().contains(region)));
    let wanted = match primary.as_str() {
        "zh" | "yue" if traditional => "zh-hant",
        "yue" | "cmn" => "zh",
        "nn" | "no" => "nb",
        "iw" => "he",
        other => other,
    };
    TABLE.iter().find(|(language, _)| *language == wanted).map_or(&TABLE[0].1, |(_, words)| words)
}

const fn words(row: [&'static str; 7]) -> Words {
    let [contents, notes, notice, cover, title_page, back, missing] = row;
    Words { contents, notes, notice, cover, title_page, back, missing }
}

#[rustfmt::skip]
static TABLE: [(&str, Words); 24] = [
    ("en", words(["Contents", "Notes", "Notice", "Cover", "Title page", "Back to the text", "This chapter is missing."])),
    ("ar", words(["المحتويات", "الحواشي", "تنبيه", "الغلاف", "صفحة العنوان", "العودة إلى النص", "هذا الفصل مفقود."])),
    ("cs", words(["Obsah", "Poznámky", "Upozornění", "Obálka", "Titulní strana", "Zpět k textu", "Tato kapitola chybí."])),
    ("da", words(["Indhold", "Noter", "Bemærkning", "Omslag", "Titelblad", "Tilbage til teksten", "Dette kapitel mangler."])),
    ("de", words(["Inhalt", "Anmerkungen", "Hinweis", "Umschlag", "Titelseite", "Zurück zum Text", "Dieses Kapitel fehlt."])),
    ("el", words(["Περιεχόμενα", "Σημειώσεις", "Σημείωση", "Εξώφυλλο", "Σελίδα τίτλου", "Επιστροφή στο κείμενο", "Αυτό το κεφάλαιο λείπει."])),
    ("es", words(["Índice", "Notas", "Aviso", "Cubierta", "Portada", "Volver al texto", "Falta este capítulo."])),
    ("fa", words(["فهرست", "یادداشت‌ها", "توجه", "جلد", "صفحهٔ عنوان", "بازگشت به متن", "این فصل موجود نیست."])),
    ("fi", words(["Sisällys", "Viitteet", "Huomautus", "Kansi", "Nimiösivu", "Takaisin tekstiin", "Tämä luku puuttuu."])),
    ("fr", words(["Table des matières", "Notes", "Avertissement", "Couverture", "Page de titre", "Retour au texte", "Ce chapitre manque."])),
    ("he", words(["תוכן העניינים", "הערות", "הודעה", "כריכה", "שער", "חזרה לטקסט", "פרק זה חסר."])),
    ("hi", words(["विषय-सूची", "टिप्पणियाँ", "सूचना", "आवरण", "शीर्षक पृष्ठ", "पाठ पर लौटें", "यह अध्याय उपलब्ध नहीं है।"])),
    ("it", words(["Indice", "Note", "Avvertenza", "Copertina", "Frontespizio", "Torna al testo", "Questo capitolo manca."])),
    ("ja", words(["目次", "注", "お知らせ", "表紙", "扉", "本文に戻る", "この章は欠けています。"])),
    ("ko", words(["차례", "주", "알림", "표지", "속표지", "본문으로 돌아가기", "이 장은 빠져 있습니다."])),
    ("nb", words(["Innhold", "Noter", "Merknad", "Omslag", "Tittelside", "Tilbake til teksten", "Dette kapittelet mangler."])),
    ("nl", words(["Inhoud", "Noten", "Opmerking", "Omslag", "Titelpagina", "Terug naar de tekst", "Dit hoofdstuk ontbreekt."])),
    ("pl", words(["Spis treści", "Przypisy", "Uwaga", "Okładka", "Strona tytułowa", "Powrót do tekstu", "Brakuje tego rozdziału."])),
    ("pt", words(["Sumário", "Notas", "Aviso", "Capa", "Folha de rosto", "Voltar ao texto", "Falta este capítulo."])),
    ("ru", words(["Содержание", "Примечания", "Уведомление", "Обложка", "Титульный лист", "Назад к тексту", "Эта глава отсутствует."])),
    ("sv", words(["Innehåll", "Noter", "Anmärkning", "Omslag", "Titelsida", "Tillbaka till texten", "Detta kapitel saknas."])),
    ("uk", words(["Зміст", "Примітки", "Повідомлення", "Обкладинка", "Титульна сторінка", "Назад до тексту", "Цей розділ відсутній."])),
    ("zh", words(["目录", "注释", "说明", "封面", "扉页", "返回正文", "本章缺失。"])),
    ("zh-hant", words(["目錄", "註釋", "說明", "封面", "扉頁", "返回正文", "本章缺失。"])),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_follow_the_language_and_for_chinese_the_script() {
        let expected = [
            ("en-GB", "Contents"),
            ("de", "Inhalt"),
            ("zh-CN", "目录"),
            ("zh-TW", "目錄"),
            ("zh-Hant-HK", "目錄"),
            ("zh-Hans-HK", "目录"),
            ("no", "Innhold"),
            ("und", "Contents"),
            ("tlh", "Contents"),
        ];
        for (tag, contents) in expected {
            assert_eq!(in_language(tag).contents, contents, "{tag}");
        }
    }
}
