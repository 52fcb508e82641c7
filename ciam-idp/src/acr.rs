//! Authentication contexts (`acr`), ordered.

/// How strongly people can be authenticated here, from weak to strong.
///
/// ```
/// use ciam_idp::AcrLevels;
///
/// let levels = AcrLevels::default();
/// assert_eq!(levels.weakest(), "low");
/// assert!(levels.reaches("high", "substantial"));
/// assert!(!levels.reaches("low", "substantial"));
/// // A level that nobody knows is reached by none, and reaches none but itself.
/// assert!(!levels.reaches("high", "unheard-of"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcrLevels {
    weakest: String,
    stronger: Vec<String>,
}

impl AcrLevels {
    /// Levels in rising order: the weakest, then those above it.
    pub fn new(
        weakest: impl Into<String>,
        stronger: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        Self {
            weakest: weakest.into(),
            stronger: stronger.into_iter().map(Into::into).collect(),
        }
    }

    /// The weakest level: what a password gives.
    pub fn weakest(&self) -> &str {
        &self.weakest
    }

    /// All levels, the weakest first.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.weakest.as_str()).chain(self.stronger.iter().map(String::as_str))
    }

    /// Whether a person authenticated at `have` satisfies a demand for `wanted`.
    pub fn reaches(&self, have: &str, wanted: &str) -> bool {
        match (self.rank(have), self.rank(wanted)) {
            (Some(have), Some(wanted)) => have >= wanted,
            _ => have == wanted,
        }
    }

    /// Whether the level is one of these.
    pub fn knows(&self, acr: &str) -> bool {
        self.rank(acr).is_some()
    }

    /// The weakest of `values` that is known here.
    pub(crate) fn weakest_of<'a>(&self, values: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        values
            .filter_map(|acr| Some((self.rank(acr)?, acr)))
            .min()
            .map(|(_, acr)| acr)
    }

    fn rank(&self, acr: &str) -> Option<usize> {
        self.iter().position(|known| known == acr)
    }
}

impl Default for AcrLevels {
    /// `low`, `substantial`, `high`: the words of eIDAS (Regulation (EU) 910/2014, article 8).
    fn default() -> Self {
        Self::new("low", ["substantial", "high"])
    }
}
