//! Meta-talk in the places and languages in which models wrote it, and prose of books that resembles it.

use crate::{Asked, SectionText, gate, tidy};

/// Prose to which a sentence is added.
const PLAIN: &str = include_str!("../calibration/essay.en.md");

/// What happens to a text on its way into a book.
#[derive(Debug, PartialEq)]
enum Fate {
    /// It stays as it is.
    Kept,
    /// This is left of it.
    Cut(String),
    /// A gate fails, of this name.
    Refused(&'static str),
}

fn fate(text: &str) -> Fate {
    let tidied = tidy(text, "", "");
    let asked = Asked { language: "en", heading: "", points: &[], length: 350 };
    match gate(&SectionText::read(&tidied, "en"), &asked) {
        Err(failure) => Fate::Refused(failure.label()),
        Ok(()) if tidied == text.trim() => Fate::Kept,
        Ok(()) => Fate::Cut(tidied),
    }
}

/// Returns the rows of which anything reaches the book, each in the text that `place` makes of it.
fn leaked<'a>(rows: &[&'a str], place: impl Fn(&str) -> String) -> Vec<(&'a str, Fate)> {
    let plain = PLAIN.split_whitespace().collect::<Vec<_>>();
    let judged = rows.iter().map(|row| (*row, fate(&place(row))));
    judged
        .filter(|(_, fate)| match fate {
            Fate::Kept => true,
            Fate::Cut(text) => text.split_whitespace().ne(plain.iter().copied()),
            Fate::Refused(label) => *label != "meta_talk",
        })
        .collect()
}

/// Returns the rows that do not stay as they are, each in the text that `place` makes of it.
fn lost<'a>(rows: &[&'a str], place: impl Fn(&str) -> String) -> Vec<(&'a str, Fate)> {
    rows.iter().map(|row| (*row, fate(&place(row)))).filter(|(_, fate)| *fate != Fate::Kept).collect()
}

#[test]
fn an_opening_that_announces_the_text_fails_before_any_prose() {
    let rows = [
        "Here is the section:",
        "Here's the section on thin walls:",
        "Here is your revised chapter, with the changes you asked for:",
        "Here is Section 3:",
        "Here is the text for the section:",
        "Below is a draft:",
        "Below is the rewritten section.",
        "Sure! Here's the section:",
        "Sure, here is the section you requested.",
        "Certainly!",
        "Certainly! Here is a look at walls.",
        "Of course! Below is the section.",
        "Of course, here's the section you asked for:",
        "Okay, I will write the section now.",
        "Absolutely. Here is the chapter:",
        "Understood. I'll write the section as described.",
        "I'd be happy to help you with this section.",
        "I will now write the section.",
        "I've written the section below.",
        "Let me draft the section.",
        "Let me count the words as I go.",
        "In this section, I will write about walls.",
        "As requested, here is the section.",
        "Based on your outline, the section should cover three points.",
        "The user wants a section about walls.",
        "We need to write a section of 650 words.",
        "Thank you for the detailed outline!",
        "**Word count: 650**",
        "Target words: 650",
        "Draft:",
        "**Section 2 (revised)**",
        "[Start of section]",
        "### Revised section",
        "I have 700 words for this, so four paragraphs will do. I must not forget the mortar.",
        "I will draft some 700 words now. The mortar has to come in as well.",
    ];
    assert_eq!(leaked(&rows, |opening| format!("{opening}\n\n{PLAIN}")), []);
}

#[test]
fn an_announcement_is_known_in_other_languages() {
    let rows = [
        "Hier ist der Abschnitt:",
        "Hier ist der überarbeitete Abschnitt über Mauern:",
        "Gerne! Hier ist der gewünschte Text:",
        "Natürlich, hier ist Ihr Kapitel.",
        "Nachfolgend finden Sie den Abschnitt über Mauern.",
        "Voici la section demandée :",
        "Bien sûr ! Voici le texte de la section :",
        "Voici votre chapitre.",
        "Aquí tienes la sección:",
        "¡Claro! Aquí tienes el texto.",
        "Por supuesto, aquí está el capítulo revisado:",
        "Ecco la sezione richiesta:",
        "Certo! Ecco il testo.",
        "Aqui está a seção sobre muros:",
        "Claro! Aqui está o texto:",
        "Hier is de sectie over muren:",
        "Natuurlijk! Hier is de tekst.",
        "Вот раздел о стенах:",
        "Конечно! Вот текст раздела:",
        "Oto sekcja o murach:",
        "Oczywiście! Oto tekst:",
        "承知しました。以下に執筆します。",
        "はい、以下が本文です。",
        "以下は「壁」のセクションです。",
        "好的，以下是本节内容：",
        "以下是修改后的章节内容：",
        "当然可以！下面是正文：",
        "물론입니다! 요청하신 섹션입니다.",
        "다음은 요청하신 섹션입니다.",
        "بالتأكيد! إليك القسم:",
        "إليك القسم المطلوب:",
        "แน่นอนครับ นี่คือเนื้อหาของส่วนนี้",
    ];
    assert_eq!(leaked(&rows, |opening| format!("{opening}\n\n{PLAIN}")), []);
}

#[test]
fn an_opening_that_belongs_to_the_book_passes() {
    let rows = [
        "Here is the recipe that my aunt never wrote down.",
        "Here is the problem: walls lean.",
        "Here is the text of the letter, as far as it can be read:",
        "Here is the chapter of his life that nobody talks about.",
        "Here is a section of the wall that the flood spared.",
        "Here is the passage that changed my mind.",
        "Below is the valley; above, the snow.",
        "Sure, the price had fallen before.",
        "Certainly, nobody expected the wall to hold.",
        "Certainly nobody expected the wall to hold.",
        "Of course, there are exceptions.",
        "Of course! It was the key, and not the lock.",
        "Okay.",
        "Great walls are built slowly.",
        "As requested by the king, the wall was white.",
        "I will write this down before I forget it.",
        "Let me begin with a story.",
        "In this section I describe how walls fail.",
        "In this section we will look at three walls.",
        "The user wants a button, and gets a menu.",
        "Based on the requirements, the architects chose brick.",
        "“Sure! Here is the section,” said the machine.",
        "650 words a day is all it takes.",
        "I have rewritten this chapter four times, and each time somebody has asked me to.",
        "The user wants a text box that forgives her.",
        "承知しましたと言うまでに三日かかった。",
        "ご依頼の品が届いたのは月曜日だった。",
        "Draft horses built the wall.",
        "Let me count the ways in which a wall can fall.",
        "A word budget is a tool for editors.",
        "Hier ist die Mauer zu Ende.",
        "Hier ist der Text der Urkunde im Wortlaut.",
        "Natürlich war die Mauer schief.",
        "Voici la section de mur que la crue épargna.",
        "Voici pourquoi les murs penchent.",
        "Aquí está el error.",
        "Claro que nadie lo creía.",
        "Ecco perché i muri pendono.",
        "Aqui está o problema.",
        "Hier is niets te zien.",
        "Вот почему стены падают.",
        "以下は代表的な例である。",
        "はい、と彼は言った。",
        "以下是三个常见的错误。",
        "当然，没有人相信他。",
        "بالطبع لم يصدقه أحد.",
    ];
    assert_eq!(lost(&rows, |opening| format!("{opening}\n\n{PLAIN}")), []);
}

/// What models write at the end to whoever asked.
const CLOSES: [&str; 58] = [
    "I hope this helps!",
    "I hope this section meets your requirements.",
    "I hope this draft is what you were looking for.",
    "Let me know if you'd like me to expand any part.",
    "Please let me know if you want any changes.",
    "Would you like me to continue with the next section?",
    "Shall I continue?",
    "If you'd like, I can expand the second part.",
    "Feel free to ask for revisions.",
    "I can also shorten it.",
    "(Word count: 650)",
    "*Word count: approximately 650 words*",
    "[650 words]",
    "Total words: 652.",
    "(Continued in the next section.)",
    "[End of section]",
    "End of Chapter 3.",
    "Note: I have kept the section under 700 words.",
    "(Note: This section was written to follow your outline.)",
    "This section covers all the required points.",
    "Ich hoffe, dieser Abschnitt entspricht Ihren Vorstellungen.",
    "Lassen Sie mich wissen, ob Sie Änderungen wünschen.",
    "Soll ich mit dem nächsten Abschnitt fortfahren?",
    "Möchten Sie, dass ich den Text kürze?",
    "(ca. 650 Wörter)",
    "J’espère que cette section vous convient.",
    "N’hésitez pas à me demander des modifications.",
    "Souhaitez-vous que je continue ?",
    "(650 mots)",
    "Espero que esta sección cumpla con lo que buscabas.",
    "¿Quieres que continúe con la siguiente sección?",
    "Avísame si necesitas cambios.",
    "Spero che questa sezione sia utile.",
    "Fammi sapere se vuoi modifiche.",
    "Vuoi che continui?",
    "Espero que esta seção atenda ao pedido.",
    "Me avise se quiser mudanças.",
    "Gostaria que eu continuasse?",
    "Ik hoop dat deze tekst voldoet.",
    "Laat het me weten als je iets wilt veranderen.",
    "Zal ik verdergaan met het volgende deel?",
    "Надеюсь, этот раздел вам подойдёт.",
    "Хотите, чтобы я продолжил?",
    "Mam nadzieję, że ten tekst spełnia oczekiwania.",
    "Jag hoppas att det här avsnittet motsvarar dina önskemål.",
    "**Changes made in this revision:**\n\n- Added a stone.\n- Cut the aside.",
    "Points covered:\n\n- walls lean\n- walls fall",
    "[Continued in next section]",
    "Tokens: 812",
    "(Revised to stay within 700 words.)",
    "Tallying as I write, I am at some 690 words now, which is near enough.",
    "修正が必要でしたら、お知らせください。",
    "（約1200文字）",
    "续写请告诉我。如需修改，请随时告诉我。",
    "（字数：1200）",
    "需要我继续写下一节吗？",
    "필요하시면 말씀해 주세요.",
    "หากต้องการให้ปรับตรงไหน บอกได้เลยครับ",
];

#[test]
fn a_close_that_addresses_whoever_asked_fails_after_any_prose() {
    assert_eq!(leaked(&CLOSES, |close| format!("{PLAIN}\n{close}")), []);
}

#[test]
fn a_close_that_belongs_to_the_book_passes() {
    let rows = [
        "I hope this chapter has shown that walls are patient.",
        "I hope this helps you to see why he left.",
        "I hope this is the last wall I build.",
        "“Let me know if you need anything,” she said.",
        "Would you like a wall that never leans? Build it of water.",
        "If you want to go deeper, the notes name three books.",
        "If you like, count the stones yourself.",
        "Feel free to adjust the salt.",
        "In the next section, we will take the wall down again.",
        "To be continued…",
        "(To be continued.)",
        "Fortsetzung folgt.",
        "Length: 12 kilometres. Time: four hours.",
        "*Let me know if you need money. Yours, Edda.*",
        "“Would you like me to continue?”",
        "The mason is the man to see. Feel free to ask him what sand he uses.",
        "Note that the text is written in two hands.",
        "Gern kann ich mich daran nicht erinnern.",
        "»Soll ich weitermachen?«, fragte sie. »Wenn du willst, kann ich auch gehen.«",
        "Sie las den Brief. Soll ich das Leben, das ich habe, noch einmal erweitern?",
        "— Tu veux que je continue ?",
        "« Voulez-vous que je répète ?\n\n– Non. »",
        "Les vieux demandaient. Voulez-vous que je vous dise ? Un mur est un mur.",
        "”Vill du att jag fortsätter?” frågade hon.",
        "「続きを書きましょうか」と彼女は言った。",
        "紙が貼ってあった。お気軽にお申し付けください、と書いてあった。",
        "To be continued is the fate of every wall.",
        "He wrote 650 words and slept.",
        "It measured 650.",
        "Note that this wall leans.",
        "Note: This wall is not the one in the picture.",
        "This chapter covers the requirements phase alone.",
        "Ich hoffe, dass die Mauer hält.",
        "Lassen Sie die Mauer trocknen.",
        "N’hésitez pas à ajouter du sel.",
        "Si vous voulez, comptez les pierres.",
        "Espero que el muro aguante.",
        "Se vuoi capire un muro, guardalo di notte.",
        "Als je wilt, tel dan de stenen.",
        "異常があれば、販売店にお知らせください。",
        "如果您需要帮助，请联系石匠。",
    ];
    assert_eq!(lost(&rows, |close| format!("{PLAIN}\n{close}")), []);
}

#[test]
fn what_was_left_by_the_machinery_fails_wherever_it_stands() {
    let (before, after) = PLAIN.split_once("\n\n").expect("the prose has paragraphs");
    let rows = [
        "[Insert an anecdote about walls here.]",
        "At this point [insert relevant statistic] the wall fell.",
        "[Placeholder for a picture.]",
        "[Scene 3 content unavailable]",
        "Scene 4: content unavailable]",
        "[To be continued]",
        "[TODO: check the date]",
        "[Beispiel einfügen]",
        "［ここに例を挿入］",
        "【待续】",
        "<think>The section needs three paragraphs.</think>",
        "<think>",
        "</contract>",
        "<|im_end|>",
        "{\"points\": [\"walls lean\"], \"length\": 650}",
        "The target_words for this part are 650.",
        "It fell on a Monday [citation needed].",
        "Continuing from where I left off:",
        "Here is the rest of the section:",
        "About XX% of them lean.",
        "<!-- word count: 650 -->",
        "(Note to editor: check the date.)",
        "It falls [X] times a year.",
        "[citation goes here]",
        "[Quelle einfügen]",
        "[à compléter]",
        "[THINK]Three paragraphs will do.[/THINK]",
        "<tool_call>\n{}\n</tool_call>",
        "I must stay within the word limit here.",
        "The section exceeded its word count by 20%, so it is shorter now.",
        "This section stays within the word limit.",
        "As of my last update in 2021, the wall stood.",
        "I don't have access to real-time data, so ask the mason.",
        "As an AI language model, I do not have personal experience of walls.",
        "Unfortunately, as an AI language model, I cannot see walls.",
        "As an AI language\nmodel, I cannot see walls.",
        "As an AI, I can't provide advice on walls.",
        "I am a large language model, trained to build walls.",
        "Als KI-Sprachmodell kann ich keine Mauern sehen.",
        "En tant que modèle de langage, je ne vois pas de murs.",
        "Como modelo de lenguaje, no puedo ver muros.",
        "AI言語モデルとして、壁を見ることはできません。",
        "作为一个AI语言模型，我没有见过墙。",
    ];
    assert_eq!(leaked(&rows, |left| format!("{before}\n\n{left}\n\n{after}")), []);
}

#[test]
fn a_book_may_speak_of_machines_forms_and_tags() {
    let (before, after) = PLAIN.split_once("\n\n").expect("the prose has paragraphs");
    let rows = [
        "As an AI researcher, she had seen such walls before.",
        "As an AI, the wall would have been a failure.",
        "The answer began, as so often: “As an AI language model, I cannot see walls.”",
        "> As an AI language model, I cannot see walls.",
        "As a large language model grows, its walls lean.",
        "The parser looks for `<think>` and drops what follows.",
        "```\n<think>\n[insert example here]\n```",
        "Dear [insert name], the wall has fallen.",
        "“[T]he wall,” he wrote, “is [sic] leaning [and] tired.”",
        "[Todo lo que sabía era el muro.]",
        "【ここに注目】壁は傾いている。",
        "I am a language model, Ines, I told her; I am what is left of a library.",
        "As an AI language model, I cannot have opinions: the sentence stood in every essay.",
        "The machine and the model agreed. As an AI language model, I cannot see walls. So the machine said.",
        "He wrote [… ] and [sic], and the interval [0, 1) was closed.",
        "Dear [Name], the form began.",
        "I write 1,000 words a day, and the wall does not care.",
        "I am a model builder by trade, and no language is foreign to me.",
        "The section exceeded its budget, and the foreman was called to the office.",
        "The section of the wall stayed within the limits of the old town.",
    ];
    assert_eq!(lost(&rows, |spoken| format!("{before}\n\n{spoken}\n\n{after}")), []);
}
