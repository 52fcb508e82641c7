//! `{name}` in a row stands for a value of the run, `{x*3}` for `xxx`.

use std::collections::BTreeMap;

/// Fills in the values. What is not known stays as it is.
pub(crate) fn fill(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let known = from[1..]
            .split_once('}')
            .filter(|(name, _)| !name.contains('{'))
            .and_then(|(name, after)| Some((value(name, values)?, after)));
        match known {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn value(name: &str, values: &BTreeMap<String, String>) -> Option<String> {
    if let Some((text, count)) = name.rsplit_once('*')
        && let Ok(count) = count.parse()
    {
        return Some(text.repeat(count));
    }
    values.get(name).cloned()
}
