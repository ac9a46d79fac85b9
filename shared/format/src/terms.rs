//! The text that a binding adds to a book, in the book's language.

use bindery_text::language::table_language;

/// What a binding says in one language.
#[derive(Debug)]
pub(super) struct Terms {
    /// The heading of the contents list.
    pub(super) contents: &'static str,
    /// The heading of a chapter's notes.
    pub(super) notes: &'static str,
    /// The heading of a notice to the reader.
    pub(super) notice: &'static str,
    /// The name of the cover.
    pub(super) cover: &'static str,
    /// The name of the title page.
    pub(super) title_page: &'static str,
    /// The link from a note to its place in the text.
    pub(super) back: &'static str,
    /// The text in the place of a chapter that could not be written.
    pub(super) missing: &'static str,
    /// The heading of the answers to a quiz.
    pub(super) answers: &'static str,
    /// The heading of a lesson's learning goals.
    pub(super) goals: &'static str,
}

/// Returns the terms in the language of the tag, or in English where the language is not in the table.
pub(super) fn in_language(tag: &str) -> &'static Terms {
    let wanted = table_language(tag);
    TABLE.iter().find(|(language, _)| *language == wanted).map_or(&TABLE[0].1, |(_, terms)| terms)
}

/// Returns the languages that have terms.
#[cfg(test)]
pub(super) fn languages() -> Vec<&'static str> {
    TABLE.iter().map(|(language, _)| *language).collect()
}

const fn terms(row: [&'static str; 9]) -> Terms {
    let [contents, notes, notice, cover, title_page, back, missing, answers, goals] = row;
    Terms { contents, notes, notice, cover, title_page, back, missing, answers, goals }
}

#[rustfmt::skip]
static TABLE: [(&str, Terms); 27] = [
    ("en", terms(["Contents", "Notes", "Notice", "Cover", "Title page", "Back to the text", "This chapter is missing.", "Answers", "Learning goals"])),
    ("ar", terms(["المحتويات", "الحواشي", "تنبيه", "الغلاف", "صفحة العنوان", "العودة إلى النص", "هذا الفصل مفقود.", "الإجابات", "أهداف التعلّم"])),
    ("cs", terms(["Obsah", "Poznámky", "Upozornění", "Obálka", "Titulní strana", "Zpět k textu", "Tato kapitola chybí.", "Odpovědi", "Cíle učení"])),
    ("da", terms(["Indhold", "Noter", "Bemærkning", "Omslag", "Titelblad", "Tilbage til teksten", "Dette kapitel mangler.", "Svar", "Læringsmål"])),
    ("de", terms(["Inhalt", "Anmerkungen", "Hinweis", "Umschlag", "Titelseite", "Zurück zum Text", "Dieses Kapitel fehlt.", "Antworten", "Lernziele"])),
    ("el", terms(["Περιεχόμενα", "Σημειώσεις", "Σημείωση", "Εξώφυλλο", "Σελίδα τίτλου", "Επιστροφή στο κείμενο", "Αυτό το κεφάλαιο λείπει.", "Απαντήσεις", "Μαθησιακοί στόχοι"])),
    ("es", terms(["Índice", "Notas", "Aviso", "Cubierta", "Portada", "Volver al texto", "Falta este capítulo.", "Respuestas", "Objetivos de aprendizaje"])),
    ("fa", terms(["فهرست", "یادداشت‌ها", "توجه", "جلد", "صفحهٔ عنوان", "بازگشت به متن", "این فصل موجود نیست.", "پاسخ‌ها", "اهداف یادگیری"])),
    ("fi", terms(["Sisällys", "Viitteet", "Huomautus", "Kansi", "Nimiösivu", "Takaisin tekstiin", "Tämä luku puuttuu.", "Vastaukset", "Oppimistavoitteet"])),
    ("fr", terms(["Table des matières", "Notes", "Avertissement", "Couverture", "Page de titre", "Retour au texte", "Ce chapitre manque.", "Réponses", "Objectifs d’apprentissage"])),
    ("he", terms(["תוכן העניינים", "הערות", "הודעה", "כריכה", "שער", "חזרה לטקסט", "פרק זה חסר.", "תשובות", "מטרות הלמידה"])),
    ("hi", terms(["विषय-सूची", "टिप्पणियाँ", "सूचना", "आवरण", "शीर्षक पृष्ठ", "पाठ पर लौटें", "यह अध्याय उपलब्ध नहीं है।", "उत्तर", "सीखने के उद्देश्य"])),
    ("hu", terms(["Tartalom", "Jegyzetek", "Megjegyzés", "Borító", "Címlap", "Vissza a szöveghez", "Ez a fejezet hiányzik.", "Megoldások", "Tanulási célok"])),
    ("it", terms(["Indice", "Note", "Avvertenza", "Copertina", "Frontespizio", "Torna al testo", "Questo capitolo manca.", "Risposte", "Obiettivi di apprendimento"])),
    ("ja", terms(["目次", "注", "お知らせ", "表紙", "扉", "本文に戻る", "この章は欠けています。", "解答", "学習目標"])),
    ("ko", terms(["차례", "주", "알림", "표지", "속표지", "본문으로 돌아가기", "이 장은 빠져 있습니다.", "정답", "학습 목표"])),
    ("nb", terms(["Innhold", "Noter", "Merknad", "Omslag", "Tittelside", "Tilbake til teksten", "Dette kapittelet mangler.", "Svar", "Læringsmål"])),
    ("nl", terms(["Inhoud", "Noten", "Opmerking", "Omslag", "Titelpagina", "Terug naar de tekst", "Dit hoofdstuk ontbreekt.", "Antwoorden", "Leerdoelen"])),
    ("pl", terms(["Spis treści", "Przypisy", "Uwaga", "Okładka", "Strona tytułowa", "Powrót do tekstu", "Brakuje tego rozdziału.", "Odpowiedzi", "Cele nauki"])),
    ("pt", terms(["Sumário", "Notas", "Aviso", "Capa", "Folha de rosto", "Voltar ao texto", "Falta este capítulo.", "Respostas", "Objetivos de aprendizagem"])),
    ("ro", terms(["Cuprins", "Note", "Notă", "Copertă", "Pagina de titlu", "Înapoi la text", "Acest capitol lipsește.", "Răspunsuri", "Obiective de învățare"])),
    ("ru", terms(["Содержание", "Примечания", "Уведомление", "Обложка", "Титульный лист", "Назад к тексту", "Эта глава отсутствует.", "Ответы", "Цели обучения"])),
    ("sv", terms(["Innehåll", "Noter", "Anmärkning", "Omslag", "Titelsida", "Tillbaka till texten", "Detta kapitel saknas.", "Svar", "Lärandemål"])),
    ("tr", terms(["İçindekiler", "Notlar", "Uyarı", "Kapak", "Başlık sayfası", "Metne dön", "Bu bölüm eksik.", "Yanıtlar", "Öğrenme hedefleri"])),
    ("uk", terms(["Зміст", "Примітки", "Повідомлення", "Обкладинка", "Титульна сторінка", "Назад до тексту", "Цей розділ відсутній.", "Відповіді", "Цілі навчання"])),
    ("zh", terms(["目录", "注释", "说明", "封面", "扉页", "返回正文", "本章缺失。", "答案", "学习目标"])),
    ("zh-hant", terms(["目錄", "註釋", "說明", "封面", "扉頁", "返回正文", "本章缺失。", "答案", "學習目標"])),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of first pages and of numbers are known in the same languages.
    #[test]
    fn every_language_has_every_word() {
        for (language, terms) in &TABLE {
            let Terms { contents, notes, notice, cover, title_page, back, missing, answers, goals } = terms;
            let words = [contents, notes, notice, cover, title_page, back, missing, answers, goals];
            assert!(words.iter().all(|word| !word.is_empty()), "{language}");
            assert!(bindery_text::numerals::has_words(language), "{language}");
            assert_eq!(*language == "en", crate::publication::is_worded_as_english(language), "{language}");
        }
    }

    #[test]
    fn the_terms_follow_the_language_and_for_chinese_the_script() {
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
