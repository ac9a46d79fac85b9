//! The summary of a book's accessibility, in the book's language: in another one it would be read out in the wrong voice.

use bindery_text::language::table_language;

use crate::book::Book;

/// Returns the summary; `None` where the table does not have the language.
pub(super) fn summary(book: &Book<'_>) -> Option<String> {
    let language = table_language(&book.manuscript.language);
    let (_, [text, pictures, cover]) = TABLE.iter().find(|(known, _)| *known == language)?;
    let shown = if book.manuscript.pictures.is_empty() { cover } else { pictures };
    let space = if language.starts_with("zh") || language == "ja" { "" } else { " " };
    Some(format!("{text}{space}{shown}"))
}

/// For each language: that the book is text, that its pictures have a text, that the cover is the only picture.
#[rustfmt::skip]
static TABLE: [(&str, [&str; 3]); 27] = [
    ("en", ["The book is text with headings and a contents list.", "Each picture has a text in its place.", "Its only picture is the cover."]),
    ("ar", ["الكتاب نص ذو عناوين وقائمة محتويات.", "لكل صورة نص بديل.", "صورته الوحيدة هي الغلاف."]),
    ("cs", ["Kniha je text s nadpisy a obsahem.", "Každý obrázek má náhradní text.", "Jediným obrázkem je obálka."]),
    ("da", ["Bogen er tekst med overskrifter og en indholdsfortegnelse.", "Hvert billede har en alternativ tekst.", "Omslaget er det eneste billede."]),
    ("de", ["Das Buch ist Text mit Überschriften und einem Inhaltsverzeichnis.", "Jedes Bild hat einen Alternativtext.", "Das einzige Bild ist der Umschlag."]),
    ("el", ["Το βιβλίο είναι κείμενο με επικεφαλίδες και πίνακα περιεχομένων.", "Κάθε εικόνα έχει εναλλακτικό κείμενο.", "Η μόνη εικόνα είναι το εξώφυλλο."]),
    ("es", ["El libro es texto con títulos y un índice.", "Cada imagen tiene un texto alternativo.", "La única imagen es la cubierta."]),
    ("fa", ["کتاب متنی است با عنوان‌ها و فهرست مطالب.", "هر تصویر متن جایگزین دارد.", "تنها تصویر آن جلد است."]),
    ("fi", ["Kirja on tekstiä, jossa on otsikot ja sisällysluettelo.", "Jokaisella kuvalla on tekstivastine.", "Ainoa kuva on kansi."]),
    ("fr", ["Le livre est un texte avec des titres et une table des matières.", "Chaque image a un texte de remplacement.", "La couverture est la seule image."]),
    ("he", ["הספר הוא טקסט עם כותרות ותוכן עניינים.", "לכל תמונה יש טקסט חלופי.", "התמונה היחידה היא הכריכה."]),
    ("hi", ["पुस्तक शीर्षकों और विषय-सूची वाला पाठ है।", "हर चित्र का वैकल्पिक पाठ है।", "आवरण ही एकमात्र चित्र है।"]),
    ("hu", ["A könyv címsorokkal és tartalomjegyzékkel ellátott szöveg.", "Minden képnek van helyettesítő szövege.", "Az egyetlen kép a borító."]),
    ("it", ["Il libro è testo con titoli e un indice.", "Ogni immagine ha un testo alternativo.", "L’unica immagine è la copertina."]),
    ("ja", ["本書は見出しと目次のある文章です。", "画像にはすべて代替テキストがあります。", "画像は表紙だけです。"]),
    ("ko", ["이 책은 제목과 차례가 있는 글입니다.", "모든 그림에 대체 텍스트가 있습니다.", "그림은 표지뿐입니다."]),
    ("nb", ["Boken er tekst med overskrifter og en innholdsfortegnelse.", "Hvert bilde har en alternativ tekst.", "Omslaget er det eneste bildet."]),
    ("nl", ["Het boek is tekst met koppen en een inhoudsopgave.", "Elke afbeelding heeft een alternatieve tekst.", "De enige afbeelding is het omslag."]),
    ("pl", ["Książka jest tekstem z nagłówkami i spisem treści.", "Każda ilustracja ma tekst alternatywny.", "Jedyną ilustracją jest okładka."]),
    ("pt", ["O livro é texto com títulos e um sumário.", "Cada imagem tem um texto alternativo.", "A única imagem é a capa."]),
    ("ro", ["Cartea este text cu titluri și cuprins.", "Fiecare imagine are un text alternativ.", "Singura imagine este coperta."]),
    ("ru", ["Книга — это текст с заголовками и содержанием.", "У каждого рисунка есть замещающий текст.", "Единственный рисунок — обложка."]),
    ("sv", ["Boken är text med rubriker och en innehållsförteckning.", "Varje bild har en alternativtext.", "Den enda bilden är omslaget."]),
    ("tr", ["Kitap, başlıkları ve içindekiler listesi olan bir metindir.", "Her resmin bir alternatif metni vardır.", "Tek resim kapaktır."]),
    ("uk", ["Книга — це текст із заголовками та змістом.", "Кожен малюнок має замінний текст.", "Єдиний малюнок — обкладинка."]),
    ("zh", ["本书为文字，有标题和目录。", "每幅图片都有替代文本。", "封面是唯一的图片。"]),
    ("zh-hant", ["本書為文字，有標題和目錄。", "每幅圖片都有替代文字。", "封面是唯一的圖片。"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms;

    #[test]
    fn every_language_that_a_book_has_words_in_has_a_summary() {
        let languages: Vec<&str> = TABLE.iter().map(|(language, _)| *language).collect();
        assert_eq!(languages, terms::languages());
    }
}
