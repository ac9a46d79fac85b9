//! Refusals in scripts without spaces.

/// How an answer begins that refuses.
const APOLOGIES: &[&str] = &[
    "申し訳ありませんが",
    "申し訳ございませんが",
    "恐れ入りますが",
    "残念ながら、",
    "很抱歉",
    "非常抱歉",
    "抱歉，",
    "对不起，我",
    "對不起，我",
    "我必须拒绝",
    "죄송하지만",
    "죄송합니다",
    "ขออภัย",
    "ขอโทษ",
];

/// How a short answer begins that refuses; a long one may be a narrator's.
const BEGINNINGS: &[&str] =
    &["我无法", "我無法", "我不能", "这个场景我", "私はこの", "このシーンを書くことは", "この場面を書くことは"];

/// Inability, after an apology in the same sentence.
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

/// Refusals to write, which need no apology before them.
const REFUSALS: &[&str] = &[
    "お手伝いできません",
    "お手伝いすることはできません",
    "お応えできません",
    "お応えすることはできません",
    "応じられません",
    "応じることはできません",
    "応じることができません",
    "を書くことはできません",
    "を書くことができません",
    "を執筆することはできません",
    "を執筆することができません",
    "は執筆できません",
    "を執筆できません",
    "は作成できません",
    "を作成できません",
    "を生成できません",
    "対応いたしかねます",
    "執筆は控えさせて",
    "お断りします",
    "お断りいたします",
    "お断りさせて",
    "无法写",
    "无法撰写",
    "无法创作",
    "无法按照您",
    "无法协助",
    "无法满足您",
    "无法完成这",
    "无法继续写",
    "無法撰寫",
    "無法寫",
    "無法創作",
    "無法協助",
    "不能写这",
    "不能撰写",
    "不能创作",
    "不便撰写",
    "拒绝撰写",
    "작성할 수 없습니다",
    "작성해 드릴 수 없",
    "써 드릴 수 없",
    "도와드릴 수 없",
    "도와 드릴 수 없",
    "쓸 수 없습니다",
    "응할 수 없습니다",
    "작성하기 어렵습니다",
    "ไม่สามารถเขียน",
    "ไม่สามารถช่วย",
    "ไม่สามารถสร้างเนื้อหา",
];

/// How a block refuses.
pub(super) enum Refused {
    /// It begins with an apology, as a narrator's may.
    Perhaps,
    /// It begins with an apology for what it cannot do.
    Surely,
    /// It says that something cannot be written.
    OfARequest,
}

/// Returns whether and how a block refuses; `is_first` says whether the answer begins with it.
pub(super) fn find(text: &str, is_first: bool) -> Option<Refused> {
    /// How many sentences from the start a refusal may stand in.
    const SENTENCES: usize = 3;

    if text.is_ascii() {
        return None;
    }
    let head = text.trim_start();
    let mut sentences = head.split_inclusive(['。', '！', '.', '\n']).take(SENTENCES);
    if is_first && APOLOGIES.iter().any(|phrase| head.starts_with(phrase)) {
        let opening = sentences.clone().next().unwrap_or_default();
        let unable = UNABLE.iter().any(|unable| opening.contains(unable));
        return Some(if unable { Refused::Surely } else { Refused::Perhaps });
    }
    let is_spoken = |sentence: &str| sentence.contains(['「', '『', '“', '"', '‘']);
    let refuses = |sentence: &str| !is_spoken(sentence) && REFUSALS.iter().any(|phrase| sentence.contains(phrase));
    if is_first && BEGINNINGS.iter().any(|phrase| head.starts_with(phrase)) {
        return Some(if sentences.any(refuses) { Refused::OfARequest } else { Refused::Perhaps });
    }
    sentences.any(refuses).then_some(Refused::OfARequest)
}
