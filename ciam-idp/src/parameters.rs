//! Parameters of a query or a form, read strictly (RFC 6749 section 3.1 and appendix B).

/// Decoded parameters in the order they came.
#[derive(Clone, Default)]
pub(crate) struct Parameters(Vec<(String, String)>);

/// The text is not a list of parameters that is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ParametersError {
    #[error("more than {LIMIT} parameters")]
    TooMany,
    #[error("not `application/x-www-form-urlencoded` in UTF-8")]
    Malformed,
}

/// A parameter came more than once (RFC 6749 section 3.1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parameter `{0}` was sent more than once")]
pub(crate) struct Repeated(pub(crate) &'static str);

impl Parameters {
    /// Reads `application/x-www-form-urlencoded` text. A broken escape or bytes
    /// that are not UTF-8 are refused: a repaired value is not what was sent.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, ParametersError> {
        let mut parameters = Vec::new();
        for pair in text
            .split(|byte| *byte == b'&')
            .filter(|pair| !pair.is_empty())
        {
            if parameters.len() == LIMIT {
                return Err(ParametersError::TooMany);
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// The one value of `name`. A parameter without value counts as not sent
    /// (RFC 6749 section 3.1).
    pub(crate) fn one(&self, name: &'static str) -> Result<Option<&str>, Repeated> {
        let mut values = self.sent(name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Repeated(name));
        }
        Ok(first.filter(|value| !value.is_empty()))
    }

    /// All values of a parameter that may come several times (RFC 8707 section 2).
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.sent(name).filter(|value| !value.is_empty())
    }

    /// As a query, in the order they came and nothing left out.
    pub(crate) fn to_query(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }

    fn sent<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(sent, _)| sent == name)
            .map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values may be codes, tokens or passwords.
        f.debug_list()
            .entries(self.0.iter().map(|(name, _)| name))
            .finish()
    }
}

fn decode(text: &[u8]) -> Result<String, ParametersError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(hex_digit);
                let low = rest.next().and_then(hex_digit);
                match (high, low) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err(ParametersError::Malformed),
                }
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| ParametersError::Malformed)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// More parameters than any request needs.
const LIMIT: usize = 100;
