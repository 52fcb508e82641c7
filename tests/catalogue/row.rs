//! What a row of the catalogue looks like.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

/// One row: an id of the catalogue and the ways to try it.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) what: String,
    /// All cases must be answered with the same status and body.
    pub(crate) same_answer: bool,
    pub(crate) cases: Vec<Vec<Step>>,
}

/// One thing that is done. What it does not say is as in the good request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Step {
    /// First comes this: `screen` (the discovery screen is open), `session`
    /// (signed in), `code`, `tokens`.
    pub(crate) given: Option<String>,
    /// The endpoint or path to send to.
    pub(crate) send: Option<String>,
    /// The `id` in a form of the page before: that form is sent.
    pub(crate) press: Option<String>,
    /// Follows the redirect of the page before.
    pub(crate) follow: bool,
    /// The clock goes on by so many seconds first.
    pub(crate) advance: u64,
    /// An operator does this first.
    pub(crate) change: Option<Change>,
    /// It is done so many times; all must be answered alike.
    pub(crate) times: Option<usize>,

    pub(crate) client: Option<String>,
    pub(crate) user: Option<String>,
    pub(crate) browser: Option<String>,
    /// Whose page is used, when it is not the browser's own.
    pub(crate) page_of: Option<String>,
    /// The issuer: `op` or `other`.
    pub(crate) at: Option<String>,
    pub(crate) grant: Option<String>,
    pub(crate) scope: Option<String>,

    /// Parameters or form fields to set, to leave out, to send once more.
    pub(crate) set: BTreeMap<String, String>,
    pub(crate) remove: Vec<String>,
    pub(crate) repeat: BTreeMap<String, String>,
    /// So many parameters more.
    pub(crate) fill: usize,
    pub(crate) method: Option<String>,
    pub(crate) query: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) headers: BTreeMap<String, String>,
    /// Changes to the client assertion.
    pub(crate) assertion: Option<Token>,
    /// A bearer token that is made for this request.
    pub(crate) bearer: Option<Token>,
    /// Changes to the `id_token_hint`.
    pub(crate) hint: Option<Token>,

    pub(crate) expect: Option<String>,
    /// Where a redirect must lead, when not to the redirect URI sent.
    pub(crate) to: Option<String>,
    /// The error must come back without `state`.
    pub(crate) no_state: bool,
    pub(crate) contains: Vec<String>,
    pub(crate) lacks: Vec<String>,
    /// Headers of the answer; an empty text: it must not be there.
    pub(crate) header: BTreeMap<String, String>,
    /// Values to keep under another name.
    pub(crate) keep: BTreeMap<String, String>,
    /// Pairs of values that must differ.
    pub(crate) differ: Vec<[String; 2]>,
    /// Pairs of values that must be the same.
    pub(crate) same: Vec<[String; 2]>,
}

/// What an operator changes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub(crate) enum Change {
    DisableClient(String),
    /// Client and scope.
    DropScope(String, String),
    Suspend(String),
    /// The sign-in options; see `world`.
    Options(String),
}

/// How a token differs from a good one.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Token {
    pub(crate) header: Table,
    pub(crate) remove_header: Vec<String>,
    pub(crate) claims: Table,
    pub(crate) remove: Vec<String>,
    /// Times as seconds from now.
    pub(crate) times: BTreeMap<String, i64>,
    /// `client`, `stranger`, `none`, `hs256-jwk`, `zero`, `der`, `short`.
    pub(crate) sign: Option<String>,
    /// Done to the serialized token: see `jws`.
    pub(crate) mangle: Option<String>,
    /// The payload, word for word.
    pub(crate) payload: Option<String>,
    /// The header, word for word.
    pub(crate) header_text: Option<String>,
    /// Another client signs, or the provider itself.
    pub(crate) client: Option<String>,
    /// `typ` of a token that the provider's own key signs: `access` or `id`.
    pub(crate) own: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    with: Table,
    row: Vec<RowOfFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowOfFile {
    id: String,
    what: String,
    #[serde(default)]
    same_answer: bool,
    #[serde(default)]
    with: Table,
    #[serde(default)]
    cases: Vec<Table>,
}

/// All rows of a folder, in the order of the files.
pub(crate) fn read(folder: &Path) -> Vec<Row> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files.iter().flat_map(|file| read_file(file)).collect()
}

fn read_file(path: &Path) -> Vec<Row> {
    let name = path.display();
    let text = std::fs::read_to_string(path).unwrap();
    let file: File = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let File { with, row } = file;
    row.into_iter()
        .map(|row| row.resolve(&with).unwrap_or_else(|e| panic!("{name}: {e}")))
        .collect()
}

impl RowOfFile {
    /// Fills in what the file and the row say for all cases.
    fn resolve(self, of_file: &Table) -> Result<Row, String> {
        let with = over(of_file, &self.with);
        let cases = if self.cases.is_empty() {
            vec![Table::new()]
        } else {
            self.cases
        };
        let cases = cases
            .into_iter()
            .map(|case| match case.get("steps") {
                Some(Value::Array(steps)) => steps
                    .iter()
                    .map(|step| {
                        step.clone()
                            .try_into()
                            .map_err(|e| format!("{}: {e}", self.id))
                    })
                    .collect(),
                _ => Value::Table(over(&with, &case))
                    .try_into()
                    .map(|step| vec![step])
                    .map_err(|e| format!("{}: {e}", self.id)),
            })
            .collect::<Result<_, String>>()?;
        Ok(Row {
            id: self.id,
            what: self.what,
            same_answer: self.same_answer,
            cases,
        })
    }
}

fn over(below: &Table, above: &Table) -> Table {
    let mut both = below.clone();
    for (key, value) in above {
        both.insert(key.clone(), value.clone());
    }
    both
}
