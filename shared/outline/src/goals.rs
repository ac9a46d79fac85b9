//! The line above a list of learning goals, in the languages in which many books are written.

/// The words of such a line, in lower case.
const WORDS: [&str; 58] = [
    "goals",
    "learning goals",
    "lesson goals",
    "objectives",
    "learning objectives",
    "outcomes",
    "learning outcomes",
    "what you will learn",
    "you will learn",
    "by the end of this lesson you can",
    "by the end of this lesson, you will be able to",
    "ziele",
    "lernziele",
    "objectifs",
    "objectifs d'apprentissage",
    "objectifs d’apprentissage",
    "objectifs pédagogiques",
    "objetivos",
    "objetivos de aprendizaje",
    "objetivos de aprendizagem",
    "obiettivi",
    "obiettivi di apprendimento",
    "doelen",
    "leerdoelen",
    "cele",
    "cele nauki",
    "cíle",
    "cíle učení",
    "mål",
    "lärandemål",
    "læringsmål",
    "tavoitteet",
    "oppimistavoitteet",
    "hedefler",
    "öğrenme hedefleri",
    "kazanımlar",
    "στόχοι",
    "μαθησιακοί στόχοι",
    "obiective",
    "obiective de învățare",
    "célok",
    "tanulási célok",
    "цели",
    "цели обучения",
    "цели урока",
    "цілі",
    "цілі навчання",
    "学習目標",
    "目標",
    "学习目标",
    "目标",
    "學習目標",
    "학습 목표",
    "목표",
    "أهداف التعلّم",
    "أهداف التعلم",
    "מטרות הלמידה",
    "सीखने के उद्देश्य",
];

/// Returns whether a line announces learning goals, as "Goals:" and "**Learning goals**" do.
pub(super) fn is_label(line: &str) -> bool {
    let line = line.trim();
    let bare = line.trim_matches(['*', '_', ' ']).trim_end_matches([':', '：']).trim_matches(['*', '_', ' ']);
    bare.len() < line.len() && is_title(bare)
}

/// Returns whether a heading announces learning goals.
pub(super) fn is_title(title: &str) -> bool {
    let title = title.trim().trim_end_matches([':', '：']).to_lowercase();
    WORDS.contains(&title.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_goals_has_a_colon_or_is_bold() {
        for line in ["Goals:", "**Learning goals**", "**Learning goals:**", "_Lernziele_:", " 学習目標：", "Goals :"]
        {
            assert!(is_label(line), "{line}");
        }
        for line in ["Goals", "The goals:", "Goals and means:", "", "**"] {
            assert!(!is_label(line), "{line}");
        }
    }
}
