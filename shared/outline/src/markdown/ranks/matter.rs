//! Headings beside counted chapters that are about the book or the course and are no chapters.

use super::super::{super::labels::without_symbols, heading::plain};

const MATTER: [&str; 52] = [
    "about this book",
    "about this course",
    "about the book",
    "about the course",
    "academic honesty",
    "academic integrity",
    "accommodations",
    "assessment",
    "assessments",
    "assignments",
    "attendance",
    "audience",
    "book description",
    "book overview",
    "contact",
    "course description",
    "course goals",
    "course materials",
    "course objectives",
    "course overview",
    "course policies",
    "description",
    "genre",
    "goals",
    "grading",
    "grading policy",
    "instructor",
    "key themes",
    "late policy",
    "learning goals",
    "learning objectives",
    "learning outcomes",
    "materials",
    "objectives",
    "office hours",
    "overview",
    "policies",
    "prerequisites",
    "premise",
    "required materials",
    "required texts",
    "resources",
    "synopsis",
    "target audience",
    "target reader",
    "textbook",
    "textbooks",
    "themes",
    "tone",
    "tone and style",
    "working title",
    "zielgruppe",
];

/// Words of which a heading about a course has one, whatever else it says.
const OF_COURSES: [&str; 35] = [
    "academic",
    "accessibility",
    "accommodations",
    "assessment",
    "assignments",
    "attendance",
    "contact",
    "deadlines",
    "disability",
    "evaluation",
    "exam",
    "exams",
    "fees",
    "grades",
    "grading",
    "honesty",
    "honor",
    "instructor",
    "instructors",
    "integrity",
    "late",
    "materials",
    "midterm",
    "objectives",
    "outcomes",
    "participation",
    "plagiarism",
    "policies",
    "policy",
    "prerequisites",
    "requirements",
    "schedule",
    "support",
    "textbook",
    "textbooks",
];

/// Returns whether a heading beside lessons is about their course.
pub(super) fn is_about_course(inline: &str) -> bool {
    let text = plain(without_symbols(inline)).to_lowercase();
    is_matter(inline) || text.split(|c: char| !c.is_alphanumeric()).any(|word| OF_COURSES.contains(&word))
}

/// Returns whether a heading is about the book or the course.
pub(super) fn is_matter(inline: &str) -> bool {
    let text = plain(without_symbols(inline)).to_lowercase();
    MATTER.contains(&text.trim_end_matches([':', '：']).trim())
}
