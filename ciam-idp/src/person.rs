//! A person as policies see them.

use ciam_core::Timestamp;
use ciam_core::attribute::{Profile, Sensitivity};
use serde_json::{Map, Value};

/// The attributes that policies may read: those that somebody vouches for and that
/// are not sensitive, and the age in whole years where there is a birthdate and no
/// age. What a person only said of themselves decides nothing.
///
/// Whether an address was checked is told from its provenance: `email_verified` is
/// there, and true, exactly when `email` is.
pub(crate) fn for_policies(profile: &Profile, now: Timestamp) -> Map<String, Value> {
    let mut known: Map<String, Value> = profile
        .attributes
        .iter()
        .filter(|(_, attribute)| attribute.sensitivity() < Sensitivity::Sensitive)
        .filter(|(name, attribute)| attribute.is_verified() && !CHECKS.contains(&name.as_str()))
        .filter_map(|(name, attribute)| {
            let values = attribute.values.iter().map(|value| value.value.clone());
            let value = match attribute.values.as_slice() {
                [] => return None,
                [one] if !SETS.contains(&name.as_str()) => one.value.clone(),
                _ => flattened(values),
            };
            Some((name.to_string(), value))
        })
        .collect();
    for check in CHECKS {
        if known.contains_key(check.trim_end_matches("_verified")) {
            known.insert(check.into(), true.into());
        }
    }
    if !known.contains_key("age")
        && let Some(age) = profile
            .attributes
            .attribute("birthdate")
            .filter(|birthdate| birthdate.is_verified())
            .and_then(|birthdate| age(birthdate.first()?.value.as_str()?, now))
    {
        known.insert("age".into(), age.into());
    }
    known
}

/// Several values as one set; a value that is a list itself counts as its members.
fn flattened(values: impl Iterator<Item = Value>) -> Value {
    values
        .flat_map(|value| match value {
            Value::Array(members) => members,
            one => vec![one],
        })
        .collect()
}

/// Whole years since `YYYY-MM-DD` (OIDC Core section 5.1). A birthday counts from
/// its first second in UTC.
fn age(birthdate: &str, now: Timestamp) -> Option<i64> {
    let mut parts = birthdate.splitn(3, '-');
    let mut number = |len: usize| {
        let part = parts.next()?;
        let digits = part.len() == len && part.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| part.parse::<i64>().ok())?
    };
    let born = (number(4)?, number(2)?, number(2)?);
    // "0000" means that the year is not known.
    let valid = born.0 > 0 && (1..=12).contains(&born.1) && (1..=31).contains(&born.2);
    let today = date(now);
    let years = today.0 - born.0 - i64::from((today.1, today.2) < (born.1, born.2));
    (valid && years >= 0).then_some(years)
}

/// Year, month and day in UTC, by counting in 400-year cycles from 1 March 0000
/// (every cycle of the Gregorian calendar has 146 097 days).
fn date(now: Timestamp) -> (i64, i64, i64) {
    let days = now.as_secs().div_euclid(24 * 60 * 60) + 719_468;
    let (cycle, day_of_cycle) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = cycle * 400 + year_of_cycle + i64::from(month <= 2);
    (year, month, day)
}

/// What says whether a value was checked (OIDC Core section 5.1).
const CHECKS: [&str; 2] = ["email_verified", "phone_number_verified"];

/// Attributes that policies read as sets even when there is one value.
const SETS: [&str; 2] = ["groups", "roles"];
