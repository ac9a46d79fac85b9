//! Reasoning that begins with the task: "Okay, the user wants a section on the harbour."

use std::sync::LazyLock;

use crate::phrase::{Patterns, Sentences};

/// How reasoning begins that nothing marks. A book may say "The user wants a text box", but not to itself.
static TASK: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    okay|ok|alright|hmm ,|.|… so|first|now|let? 's|me? see? ,|.? the user|prompt|task|contract wants|wanted|asks|asked|is|says|needs|has|gave|provided|requires|'s
    okay|ok|alright|hmm ,|.|… so? i|we need|have|must|should|'m|am|'re|are to|asked|supposed|going? to? write|produce|draft|create|compose|continue .. section|chapter|scene|piece|passage|prose
    okay|ok|alright|hmm ,|.|… let 's|me think|break|plan|start|analyze|see ... outline|user|request|prompt|contract
    okay|ok|also|gut|hm|hmm ,|.? also? der|die nutzer|benutzer|user|nutzerin|benutzerin möchte|will|hat|bittet|wünscht|braucht
    der|die nutzer|benutzer|nutzerin möchte|will|wünscht|bittet ... abschnitt|kapitel|szene über|zum|zur|von|mit|für|,|.|;
    okay|ok|bon|bien|alors|d ,|.|'accord ,? l 'utilisateur|'utilisatrice veut|demande|souhaite|a|voudrait
    l 'utilisateur|'utilisatrice veut|demande|souhaite|voudrait ... section|chapitre|scène sur|de|d|avec|pour|,|.|;
    okay|ok|bien|vale|bueno|de ,|.|acuerdo ,? el|la usuario|usuaria quiere|pide|solicita|ha|necesita|desea
    el usuario quiere|pide|solicita|desea|necesita ... sección|capítulo|escena sobre|de|con|para|,|.|;
    okay|ok|allora|bene|dunque|va ,|.|bene ,? l 'utente vuole|chiede|desidera|ha
    l 'utente vuole|chiede|desidera ... sezione|capitolo|scena su|sul|sulla|di|con|per|,|.|;
    okay|ok|certo|bem|bom|então ,|. o usuário|utilizador quer|pede|pediu|deseja|precisa|solicitou
    o usuário|utilizador quer|pede|pediu|deseja ... seção|secção|capítulo|cena sobre|de|com|para|,|.|;
    okay|oké|ok|goed|dus ,|.? de gebruiker wil|vraagt|heeft|wenst
    de gebruiker wil|vraagt|wenst ... sectie|hoofdstuk|scène|paragraaf over|van|met|voor|,|.|;
    okej|ok|okay|så ,|.? användaren vill|ber|har|önskar|behöver
    användaren vill|ber|önskar ... avsnitt|kapitel|scen om|med|för|,|.|;
    хорошо|итак|окей|ок|так|ладно ,|.? пользователь хочет|просит|попросил|запросил|желает
    пользователь хочет|просит|попросил|запросил ... раздел|главу|сцену о|об|про|,|.|;
    okej|ok|dobrze|więc|dobra ,|.? użytkownik chce|prosi|poprosił|potrzebuje
    użytkownik chce|prosi|poprosił ... sekcję|rozdział|scenę|rozdziału|fragment o|,|.|;
    حسنا|حسنًا|طيب ،|,? المستخدم يريد|يطلب|طلب
    المستخدم يريد|يطلب|طلب ... قسم|قسما|قسمًا|فصل|فصلا|فصلًا
    ",
    )
});

/// The same in scripts without spaces: how a paragraph begins, and what its first sentence names.
const UNSPACED: &[(&str, &[&str])] = &[
    ("好的，用户", &[]),
    ("好，用户", &[]),
    ("嗯，用户", &[]),
    ("好的，我需要", &["节", "章", "写"]),
    ("用户希望", &["一节", "小节", "章节", "这一章", "段落", "撰写"]),
    ("用户要求", &["一节", "小节", "章节", "这一章", "段落", "撰写"]),
    ("用户想要", &["一节", "小节", "章节", "这一章", "段落", "撰写"]),
    ("用户需要", &["一节", "小节", "章节", "这一章", "段落", "撰写"]),
    ("用户让我", &[]),
    ("ユーザーは", &["セクション", "執筆", "節を", "章を", "本文"]),
    ("ユーザーが", &["セクション", "執筆", "節を", "章を", "本文"]),
    ("사용자는", &["섹션", "장을", "작성"]),
    ("사용자가", &["섹션", "장을", "작성"]),
    ("ผู้ใช้ต้องการ", &["ส่วน", "บท", "เขียน"]),
];

/// Returns whether a first paragraph names the task as a model does that reasons.
pub(super) fn is_named(text: &str) -> bool {
    Sentences::new(text).iter().next().is_some_and(|tokens| TASK.begin(tokens)) || {
        let head = text.trim_start();
        let sentence = head.split(['。', '！', '\n']).next().unwrap_or_default();
        UNSPACED.iter().any(|(start, names)| {
            head.starts_with(start) && (names.is_empty() || names.iter().any(|name| sentence.contains(name)))
        })
    }
}

/// Returns whether a paragraph that presents the text speaks of whoever asked for it, or of the need to write it.
pub(super) fn is_told(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["the user", "need to write", "need to produce", "have to write", "need to draft"]
        .iter()
        .any(|task| lower.contains(task))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_task_is_known_in_every_language() {
        for text in [
            "Okay, the user wants a section on the harbour.",
            "Alright, so the user has asked for 700 words about a ladder.",
            "Hmm, the prompt says that the ladder comes back.",
            "Okay, so I need to write a section on the harbour.",
            "Okay. I have to write this scene from the outline.",
            "Okay, der Nutzer möchte einen Abschnitt über den Hafen.",
            "Der Nutzer möchte einen Abschnitt über den Hafen.",
            "D’accord, l’utilisateur demande une section sur le port.",
            "L’utilisateur veut une section sur le port.",
            "Bien, el usuario quiere una sección sobre el puerto.",
            "El usuario pide una sección sobre el puerto.",
            "Allora, l’utente vuole una sezione sul porto.",
            "Certo, o usuário quer uma seção sobre o porto.",
            "Oké, de gebruiker wil een sectie over de haven.",
            "Okej, användaren vill ha ett avsnitt om hamnen.",
            "Хорошо, пользователь просит раздел о гавани.",
            "Okej, użytkownik chce sekcję o porcie.",
            "好的，用户要一节关于港口的文字。",
            "用户希望我撰写一节关于港口的文字。",
            "ユーザーは港についてのセクションを求めている。",
            "사용자는 항구에 관한 섹션을 원한다.",
        ] {
            assert!(is_named(text), "{text}");
        }
    }

    #[test]
    fn a_book_about_users_names_no_task() {
        for text in [
            "The user wants a text box that forgives her.",
            "Okay, said the user, and left.",
            "We need to talk about walls.",
            "I have to write a letter, she thought.",
            "Der Nutzer möchte einen Text eingeben.",
            "L’utilisateur veut un bouton.",
            "El usuario quiere un botón.",
            "用户希望按钮更大。",
            "ユーザーはボタンを押す。",
            "사용자는 버튼을 누른다.",
        ] {
            assert!(!is_named(text), "{text}");
        }
    }
}
