//! `quickstart.toml`: optional, in the folder of the demo.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use crate::problem::Problem;

/// The file's name.
pub(crate) const FILE: &str = "quickstart.toml";

/// What can be set in the file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Config {
    /// The provider's port; the other parties take those after it.
    pub(crate) port: u16,
    /// What the parties call themselves.
    pub(crate) names: Names,
    /// The demo user.
    pub(crate) user: User,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Names {
    pub(crate) provider: String,
    pub(crate) shop: String,
    pub(crate) partner: String,
    pub(crate) bank: String,
    pub(crate) social: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) password: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 8080,
            names: Names::default(),
            user: User::default(),
        }
    }
}

impl Default for Names {
    fn default() -> Self {
        Self {
            provider: "Quickstart Account".into(),
            shop: "Corner Shop".into(),
            partner: "Price Watch".into(),
            bank: "Demo Bank".into(),
            social: "Demo Social".into(),
        }
    }
}

impl Default for User {
    fn default() -> Self {
        Self {
            name: "alice".into(),
            password: "correct-horse".into(),
        }
    }
}

/// Every key there is. A key with a dot is one of a table.
const KEYS: &[&str] = &[
    "port",
    "names",
    "names.provider",
    "names.shop",
    "names.partner",
    "names.bank",
    "names.social",
    "user",
    "user.name",
    "user.password",
];

impl Config {
    /// Reads the file of a folder; without a file everything has its default.
    pub(crate) fn read(dir: &Path) -> Result<Self, Problem> {
        let path = dir.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => {
                Self::parse(&text).map_err(|why| Problem::new(format!("{}: {why}", path.display())))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(Problem::caused(
                format_args!("{} cannot be read", path.display()),
                &error,
            )),
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let table: toml::Table = text.parse().map_err(|error| in_one_line(text, &error))?;
        refuse_unknown_keys(&table, "")?;
        let config: Self = toml::from_str(text).map_err(|error| in_one_line(text, &error))?;
        if config.port > LAST_PORT {
            return Err(format!(
                "`port` must be at most {LAST_PORT}: five more follow it"
            ));
        }
        if config.user.name.trim().is_empty() {
            return Err("`user.name` must not be empty".into());
        }
        if !(8..=128).contains(&config.user.password.chars().count()) {
            return Err("`user.password` must have 8 to 128 characters".into());
        }
        Ok(config)
    }
}

/// The last port after which five more fit.
pub(crate) const LAST_PORT: u16 = u16::MAX - 5;

fn refuse_unknown_keys(table: &toml::Table, above: &str) -> Result<(), String> {
    for (key, value) in table {
        let path = format!("{above}{key}");
        if !KEYS.contains(&path.as_str()) {
            return Err(unknown(&path));
        }
        if let toml::Value::Table(inner) = value {
            refuse_unknown_keys(inner, &format!("{path}."))?;
        }
    }
    Ok(())
}

fn unknown(path: &str) -> String {
    let nearest = KEYS
        .iter()
        .max_by(|a, b| strsim::jaro(path, a).total_cmp(&strsim::jaro(path, b)));
    match nearest {
        Some(nearest) => format!("unknown key `{path}`, did you mean `{nearest}`?"),
        None => format!("unknown key `{path}`"),
    }
}

/// TOML's own message has several lines with a picture of the place.
fn in_one_line(text: &str, error: &toml::de::Error) -> String {
    let message = error.message().replace('\n', ", ");
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

#[cfg(test)]
mod tests {
    use super::Config;

    #[test]
    fn without_keys_everything_has_its_default() {
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_path_and_the_nearest_valid_one() {
        assert_eq!(
            Config::parse("[names]\nshopp = \"x\"").unwrap_err(),
            "unknown key `names.shopp`, did you mean `names.shop`?"
        );
        assert_eq!(
            Config::parse("prot = 1").unwrap_err(),
            "unknown key `prot`, did you mean `port`?"
        );
    }

    #[test]
    fn a_wrong_value_is_named_with_its_line() {
        let why = Config::parse("\nport = \"x\"").unwrap_err();
        assert!(why.starts_with("line 2: "), "{why}");
        assert!(!why.contains('\n'), "{why}");
    }
}
