//! Openings and closings in scripts without reliable spaces. They are compared without any space.

use bindery_text::markdown::CODE_SPAN;

/// How an opening begins, with the phrases of which one must follow in the same sentence, if there are any.
const OPENINGS: &[(&str, &[&str])] = &[
    ("承知しました", &[]),
    ("承知いたしました", &[]),
    ("かしこまりました", &[]),
    ("了解しました", &[]),
    ("もちろんです", &[]),
    ("はい，以下", &[]),
    ("はい、以下", &[]),
    ("はい、承知", &[]),
    ("はい、わかりました", &[]),
    ("はい、こちらが", &[]),
    ("わかりました。以下", &[]),
    ("以下に", &["執筆しました", "作成しました", "書きました", "執筆します", "作成します", "本文を記"]),
    ("以下は", &["本文です", "セクションです", "原稿です", "ご依頼", "ご指定"]),
    ("以下、", &["版です", "本文です", "原稿です"]),
    ("以下が", &["本文です", "セクションです", "原稿です", "ご依頼", "ご指定"]),
    ("こちらが", &["本文です", "セクションです", "原稿です"]),
    ("ご依頼の", JAPANESE_TEXT),
    ("ご指定の", JAPANESE_TEXT),
    ("ご要望に", JAPANESE_TEXT),
    ("好的，以下", &[]),
    ("好的，下面", &[]),
    ("好的，这", &["章", "节", "内容", "正文", "文本"]),
    ("好的，這", &["章", "節", "內容", "正文", "文本"]),
    ("好的，我", &["写", "寫", "撰", "为您", "為您", "为你", "為你"]),
    ("好的！", &[]),
    ("好的。以下", &[]),
    ("好的。下面", &[]),
    ("当然可以！", &[]),
    ("當然可以！", &[]),
    ("当然可以，以下", &[]),
    ("当然可以，下面", &[]),
    ("当然可以。以下", &[]),
    ("当然！以下", &[]),
    ("当然，以下是", &[]),
    ("当然，下面是", &[]),
    ("當然，以下是", &[]),
    ("没问题！", &[]),
    ("以下是", CHINESE_TEXT),
    ("下面是", CHINESE_TEXT),
    ("这是为您", &[]),
    ("这是为你", &[]),
    ("根据您的", &["要求", "请求", "大纲"]),
    ("按照您的", &["要求", "请求", "大纲"]),
    ("根據您的", &["要求", "請求", "大綱"]),
    ("我将为您", &[]),
    ("我會為您", &[]),
    ("물론입니다", &[]),
    ("네，알겠습니다", &[]),
    ("알겠습니다", &[]),
    ("다음은", &["요청하신", "섹션입니다", "본문입니다"]),
    ("요청하신", &["섹션", "본문", "내용", "장"]),
    ("แน่นอนครับ", &[]),
    ("แน่นอนค่ะ", &[]),
    ("ได้เลยครับ", &[]),
    ("ได้เลยค่ะ", &[]),
    ("นี่คือ", &["ตามที่คุณ", "เนื้อหาส่วนที่", "เนื้อหาของส่วน"]),
    ("ต่อไปนี้คือ", &["ตามที่คุณ", "เนื้อหาของส่วน"]),
];

/// Names of the text.
const JAPANESE_TEXT: &[&str] =
    &["本文です", "セクション", "原稿です", "文章です", "テキスト", "に沿って", "に従って", "お応えして", "執筆"];

/// What follows "here is" where it presents the text: a name of the text, or whom it is for.
const CHINESE_TEXT: &[&str] = &[
    "正文：",
    "修改后的",
    "改写后的",
    "本节内容：",
    "小节内容：",
    "章节内容：",
    "为您",
    "为你",
    "按照您",
    "根据您",
    "為您",
    "依照您",
];

/// Phrases with which no book closes in its own voice.
const CLOSINGS: &[&str] = &[
    "修正が必要でしたら",
    "修正が必要な場合は",
    "修正点がございましたら",
    "ご希望でしたら",
    "ご希望があれば",
    "ご不明な点がございましたら",
    "ご要望があれば",
    "ご要望がございましたら",
    "お気軽にお申し付け",
    "お気軽にお知らせ",
    "続きを書きましょうか",
    "続きをご希望",
    "以上が本文です",
    "如需修改",
    "如需调整",
    "如需調整",
    "如需进一步修改",
    "如需进一步调整",
    "如果您需要我",
    "如果你需要我",
    "如果您需要进一步",
    "请随时告诉我",
    "请随时告知",
    "請隨時告訴我",
    "请告诉我您",
    "需要我继续",
    "需要我繼續",
    "是否需要我",
    "希望以上内容",
    "希望以上內容",
    "希望本节内容",
    "希望这个版本",
    "필요하시면말씀해",
    "수정이필요하시면",
    "도움이되셨기를",
    "도움이되셨으면",
    "계속할까요",
    "이어서쓸까요",
    "หากต้องการให้ปรับ",
    "หากคุณต้องการให้ฉัน",
    "หากคุณต้องการให้ผม",
    "บอกได้เลยครับ",
    "บอกได้เลยค่ะ",
    "หวังว่าเนื้อหานี้จะ",
    "ให้ฉันเขียนต่อ",
    "ให้ผมเขียนต่อ",
];

/// The length of a sentence, in characters, as far as it is read.
const SENTENCE: usize = 60;

/// Returns whether the first sentence of the first paragraph presents the text or acknowledges the request.
pub(super) fn opens(text: &str) -> bool {
    let text = without_spaces(text);
    let sentence: String = text.chars().take(SENTENCE).collect();
    OPENINGS.iter().any(|(start, needs)| {
        sentence.strip_prefix(start).is_some_and(|rest| {
            let ended =
                rest.is_empty() || rest.starts_with(['。', '！', '，', '、', '：']) || !is_acknowledgement(start);
            let rest = rest.split(['。', '！', '？']).next().unwrap_or_default();
            ended && (needs.is_empty() || needs.iter().any(|need| rest.contains(need)))
        })
    })
}

/// Returns whether a phrase is a whole answer to a request, which a narrator may quote: "承知しましたと言った".
fn is_acknowledgement(phrase: &str) -> bool {
    ["しました", "いたしました", "まりました", "です", "承知", "わかりました", "알겠습니다", "입니다"]
        .iter()
        .any(|end| phrase.ends_with(end))
}

/// Returns whether a sentence is meant for whoever asked for the text. Speech and samples are left out.
pub(super) fn closes(sentence: &str) -> bool {
    /// How such a sentence ends. A narrator goes on: "お気軽に、と書いてあった。"
    const POLITE: &[&str] = &["ください", "下さい", "ます", "しょうか", "ですか", "幸いです", "です", "本文です"];

    let text = unquoted(&without_spaces(sentence));
    let bare = text.trim_end_matches(['。', '！', '？', '）', '.']);
    let is_japanese = bare.contains(|char: char| ('\u{3041}'..='\u{30ff}').contains(&char));
    let closes = CLOSINGS.iter().any(|closing| text.contains(closing))
        || bare.ends_with("请告诉我")
        || bare.ends_with("請告訴我");
    closes && (!is_japanese || POLITE.iter().any(|end| bare.ends_with(end)) || text.starts_with('（'))
}

/// Drops all spaces, and widens the punctuation that is typed in either width.
fn without_spaces(text: &str) -> String {
    let wide = |char| match char {
        ',' => '，',
        '!' => '！',
        '?' => '？',
        ':' => '：',
        '(' => '（',
        ')' => '）',
        other => other,
    };
    text.chars().filter(|&char| !char.is_whitespace() && char != CODE_SPAN).map(wide).collect()
}

/// Drops text in quotation marks: speech, or a sample.
fn unquoted(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|char| {
            match char {
                '「' | '『' | '“' | '《' => depth += 1,
                '」' | '』' | '”' | '》' => {
                    depth = depth.saturating_sub(1);
                    return false;
                }
                _ => {}
            }
            depth == 0
        })
        .collect()
}
