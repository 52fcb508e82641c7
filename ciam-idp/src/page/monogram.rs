//! One or two letters that stand for a name.

/// The first letters of the first two words, in capitals: there are no images
/// to show.
pub(super) fn monogram(name: &str) -> String {
    let letters: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|letter| letter.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect();
    if letters.is_empty() {
        "•".to_owned()
    } else {
        letters
    }
}
