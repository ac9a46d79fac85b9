//! What each role is called, in the languages in which many books are written.

use super::Role;

/// The roles in the order of the rows.
pub(super) const ROLES: [Role; 17] = [
    Role::Dedication,
    Role::Epigraph,
    Role::Foreword,
    Role::Preface,
    Role::Introduction,
    Role::Prologue,
    Role::Interlude,
    Role::Epilogue,
    Role::Conclusion,
    Role::Afterword,
    Role::Acknowledgements,
    Role::AboutTheAuthor,
    Role::Appendix,
    Role::Glossary,
    Role::Bibliography,
    Role::Exercises,
    Role::Quiz,
];

/// For each language, the word of each role in lower case. What else the roles are called stands in `titles.rs`.
#[rustfmt::skip]
pub(super) const WORDS: [(&str, [&str; 17]); 27] = [
    ("en", ["dedication", "epigraph", "foreword", "preface", "introduction", "prologue", "interlude", "epilogue", "conclusion", "afterword", "acknowledgements", "about the author", "appendix", "glossary", "bibliography", "exercises", "quiz"]),
    ("ar", ["إهداء", "اقتباس استهلالي", "تصدير", "تمهيد", "مقدمة", "فاتحة", "فاصل", "خاتمة", "استنتاجات", "كلمة ختامية", "شكر وتقدير", "عن المؤلف", "ملحق", "مسرد المصطلحات", "مراجع", "تمارين", "اختبار قصير"]),
    ("cs", ["věnování", "motto", "předmluva", "slovo úvodem", "úvod", "prolog", "mezihra", "epilog", "závěr", "doslov", "poděkování", "o autorovi", "příloha", "slovníček pojmů", "seznam literatury", "cvičení", "kvíz"]),
    ("da", ["dedikation", "epigraf", "forord", "fortale", "indledning", "prolog", "mellemspil", "epilog", "konklusion", "efterord", "tak", "om forfatteren", "bilag", "ordliste", "litteraturliste", "øvelser", "quiz"]),
    ("de", ["widmung", "epigraph", "geleitwort", "vorwort", "einleitung", "prolog", "zwischenspiel", "epilog", "schluss", "nachwort", "danksagung", "über den autor", "anhang", "glossar", "literaturverzeichnis", "übungen", "quiz"]),
    ("el", ["αφιέρωση", "μότο", "εισαγωγικό σημείωμα", "προοίμιο", "εισαγωγή", "πρόλογος", "ιντερλούδιο", "επίλογος", "συμπέρασμα", "επίμετρο", "ευχαριστίες", "σχετικά με τον συγγραφέα", "παράρτημα", "γλωσσάρι", "βιβλιογραφία", "ασκήσεις", "κουίζ"]),
    ("es", ["dedicatoria", "epígrafe", "palabras preliminares", "prefacio", "introducción", "prólogo", "interludio", "epílogo", "conclusión", "palabras finales", "agradecimientos", "sobre el autor", "apéndice", "glosario", "bibliografía", "ejercicios", "cuestionario"]),
    ("fa", ["تقدیم‌نامه", "سرلوحه", "پیشگفتار", "دیباچه", "مقدمه", "پیش‌درآمد", "میان‌پرده", "سخن پایانی", "نتیجه‌گیری", "پسگفتار", "سپاسگزاری", "درباره نویسنده", "پیوست", "واژه‌نامه", "کتاب‌نامه", "تمرین‌ها", "آزمون کوتاه"]),
    ("fi", ["omistuskirjoitus", "motto", "alkusanat", "esipuhe", "johdanto", "prologi", "välisoitto", "epilogi", "johtopäätökset", "jälkisanat", "kiitokset", "tietoa kirjoittajasta", "liite", "sanasto", "lähdeluettelo", "harjoitukset", "tietovisa"]),
    ("fr", ["dédicace", "épigraphe", "avant-propos", "préface", "introduction", "prologue", "interlude", "épilogue", "conclusion", "postface", "remerciements", "à propos de l'auteur", "annexe", "glossaire", "bibliographie", "exercices", "questionnaire"]),
    ("he", ["הקדשה", "מוטו", "פתח דבר", "הקדמה", "מבוא", "פרולוג", "אינטרלוד", "אפילוג", "סיכום", "אחרית דבר", "תודות", "על המחבר", "נספח", "מילון מונחים", "ביבליוגרפיה", "תרגילים", "חידון"]),
    ("hi", ["समर्पण", "आदर्श वाक्य", "प्राक्कथन", "भूमिका", "परिचय", "प्रस्तावना", "अंतराल", "उपसंहार", "निष्कर्ष", "अंतिम शब्द", "आभार", "लेखक के बारे में", "परिशिष्ट", "शब्दावली", "संदर्भ ग्रंथ सूची", "अभ्यास", "प्रश्नोत्तरी"]),
    ("hu", ["ajánlás", "mottó", "előszó", "a szerző előszava", "bevezetés", "prológus", "közjáték", "epilógus", "következtetések", "utószó", "köszönetnyilvánítás", "a szerzőről", "függelék", "szójegyzék", "irodalomjegyzék", "gyakorlatok", "kvíz"]),
    ("it", ["dedica", "epigrafe", "prefazione", "premessa", "introduzione", "prologo", "interludio", "epilogo", "conclusione", "postfazione", "ringraziamenti", "sull'autore", "appendice", "glossario", "bibliografia", "esercizi", "quiz"]),
    ("ja", ["献辞", "エピグラフ", "序文", "まえがき", "はじめに", "プロローグ", "幕間", "エピローグ", "おわりに", "あとがき", "謝辞", "著者について", "付録", "用語集", "参考文献", "練習問題", "小テスト"]),
    ("ko", ["헌사", "에피그래프", "추천사", "머리말", "서론", "프롤로그", "막간", "에필로그", "결론", "후기", "감사의 말", "저자 소개", "부록", "용어집", "참고문헌", "연습 문제", "퀴즈"]),
    ("nb", ["dedikasjon", "epigraf", "forord", "fortale", "innledning", "prolog", "mellomspill", "epilog", "konklusjon", "etterord", "takk", "om forfatteren", "vedlegg", "ordliste", "litteraturliste", "øvelser", "quiz"]),
    ("nl", ["opdracht", "motto", "woord vooraf", "voorwoord", "inleiding", "proloog", "intermezzo", "epiloog", "conclusie", "nawoord", "dankwoord", "over de auteur", "bijlage", "woordenlijst", "literatuurlijst", "oefeningen", "quiz"]),
    ("pl", ["dedykacja", "motto", "przedmowa", "słowo wstępne", "wstęp", "prolog", "interludium", "epilog", "zakończenie", "posłowie", "podziękowania", "o autorze", "dodatek", "słowniczek", "bibliografia", "ćwiczenia", "quiz"]),
    ("pt", ["dedicatória", "epígrafe", "preâmbulo", "prefácio", "introdução", "prólogo", "interlúdio", "epílogo", "conclusão", "posfácio", "agradecimentos", "sobre o autor", "apêndice", "glossário", "bibliografia", "exercícios", "questionário"]),
    ("ro", ["dedicație", "motto", "cuvânt înainte", "prefață", "introducere", "prolog", "interludiu", "epilog", "concluzie", "postfață", "mulțumiri", "despre autor", "anexă", "glosar", "bibliografie", "exerciții", "chestionar"]),
    ("ru", ["посвящение", "эпиграф", "предисловие", "от автора", "введение", "пролог", "интерлюдия", "эпилог", "заключение", "послесловие", "благодарности", "об авторе", "приложение", "глоссарий", "список литературы", "упражнения", "тест"]),
    ("sv", ["dedikation", "epigraf", "förord", "företal", "inledning", "prolog", "mellanspel", "epilog", "slutsats", "efterord", "tack", "om författaren", "bilaga", "ordlista", "litteraturförteckning", "övningar", "quiz"]),
    ("tr", ["ithaf", "epigraf", "sunuş", "önsöz", "giriş", "prolog", "ara bölüm", "epilog", "sonuç", "sonsöz", "teşekkür", "yazar hakkında", "ek", "sözlük", "kaynakça", "alıştırmalar", "kısa sınav"]),
    ("uk", ["присвята", "епіграф", "передмова", "від автора", "вступ", "пролог", "інтерлюдія", "епілог", "висновки", "післямова", "подяки", "про автора", "додаток", "глосарій", "список літератури", "вправи", "тест"]),
    ("zh", ["献词", "题记", "序", "前言", "引言", "楔子", "幕间", "尾声", "结语", "后记", "致谢", "关于作者", "附录", "术语表", "参考文献", "练习", "测验"]),
    ("zh-hant", ["獻詞", "題記", "序", "前言", "引言", "楔子", "幕間", "尾聲", "結語", "後記", "致謝", "關於作者", "附錄", "術語表", "參考文獻", "練習", "測驗"]),
];
