//! The answer: permit or deny, with reasons and advice.

use std::collections::BTreeMap;

/// Permit or deny.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A policy permits it and none forbids it.
    Permit,
    /// A policy forbids it, or none permits it, or something could not be evaluated.
    Deny,
}

/// A policy that determined the outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyRef {
    /// Its id: the annotation `@id`, or the file's name and its place there.
    pub id: String,
    /// Its annotations, such as `reason`, `acr`, `max_age`.
    pub annotations: BTreeMap<String, String>,
}

/// What would help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Authenticate again, more strongly or more freshly (RFC 9470).
    StepUp {
        /// Any of these authentication contexts will do, the preferred one first; empty: any.
        acr_values: Vec<String>,
        /// At most so many seconds ago.
        max_age: Option<u64>,
    },
}

/// The answer of a [`PolicyEngine`](crate::PolicyEngine).
///
/// ```
/// use ciam_policy::{Decision, PolicyRef};
///
/// let forbid = PolicyRef {
///     id: "adults-only".into(),
///     annotations: [("reason".into(), "You must be 18 to use this shop.".into())].into(),
/// };
/// let decision = Decision::deny(vec![forbid]);
/// assert!(!decision.is_permit());
/// assert_eq!(decision.public_reason(), Some("You must be 18 to use this shop."));
/// ```
#[must_use = "a decision that nobody looks at protects nothing"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    outcome: Outcome,
    reasons: Vec<PolicyRef>,
    errors: Vec<String>,
    advice: Option<Advice>,
}

impl Decision {
    /// Permitted, by these policies.
    pub fn permit(reasons: Vec<PolicyRef>) -> Self {
        Self {
            outcome: Outcome::Permit,
            reasons,
            errors: Vec::new(),
            advice: None,
        }
    }

    /// Denied by these policies; by none when nothing permits it.
    pub fn deny(reasons: Vec<PolicyRef>) -> Self {
        Self {
            outcome: Outcome::Deny,
            reasons,
            errors: Vec::new(),
            advice: None,
        }
    }

    /// Denied because something could not be evaluated: errors never allow.
    pub fn failed(error: impl Into<String>) -> Self {
        Self::deny(Vec::new()).with_errors(vec![error.into()])
    }

    /// The same with what could not be evaluated. One error makes a denial of it.
    pub fn with_errors(mut self, errors: Vec<String>) -> Self {
        if !errors.is_empty() {
            if self.is_permit() {
                self.outcome = Outcome::Deny;
                self.reasons.clear();
            }
            self.advice = None;
            self.errors.extend(errors);
        }
        self
    }

    /// A denial with what would help; a permit stays as it is.
    pub fn with_advice(mut self, advice: Option<Advice>) -> Self {
        if self.outcome == Outcome::Deny {
            self.advice = advice;
        }
        self
    }

    /// Permit or deny.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Whether it is permitted.
    pub fn is_permit(&self) -> bool {
        self.outcome == Outcome::Permit
    }

    /// The policies that determined it, by id; none when nothing permits it.
    pub fn reasons(&self) -> &[PolicyRef] {
        &self.reasons
    }

    /// What could not be evaluated: for the log and the audit, never for the caller.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }

    /// What would help.
    pub fn advice(&self) -> Option<&Advice> {
        self.advice.as_ref()
    }

    /// The plain sentence for the person, when it is denied and a policy has one (`@reason`).
    pub fn public_reason(&self) -> Option<&str> {
        if self.is_permit() {
            return None;
        }
        self.reasons
            .iter()
            .find_map(|policy| policy.annotations.get("reason"))
            .map(String::as_str)
    }
}

impl Advice {
    /// The step-up that satisfies all of `forbids`, when there is one: each must
    /// carry `@acr` (values separated by blanks, any of which will do, the preferred
    /// one first) or `@max_age` (seconds). Several `@acr` narrow each other down;
    /// the smallest `@max_age` counts.
    pub fn step_up(forbids: &[PolicyRef]) -> Option<Self> {
        let mut acr_values: Option<Vec<String>> = None;
        let mut max_age: Option<u64> = None;
        for forbid in forbids {
            let acr = forbid.annotations.get("acr");
            let age = forbid.annotations.get("max_age");
            if acr.is_none() && age.is_none() {
                return None;
            }
            if let Some(acr) = acr {
                let wanted: Vec<_> = acr.split_whitespace().map(str::to_owned).collect();
                let both = match acr_values {
                    None => wanted,
                    Some(earlier) => earlier
                        .into_iter()
                        .filter(|value| wanted.contains(value))
                        .collect(),
                };
                if both.is_empty() {
                    return None;
                }
                acr_values = Some(both);
            }
            if let Some(age) = age {
                let seconds = age.trim().parse().ok()?;
                max_age = Some(max_age.map_or(seconds, |earlier: u64| earlier.min(seconds)));
            }
        }
        (acr_values.is_some() || max_age.is_some()).then(|| Self::StepUp {
            acr_values: acr_values.unwrap_or_default(),
            max_age,
        })
    }
}
