//! Compares an answer with what must come back, and keeps what is in it.

use ciam_testkit::Page;

use super::Play;
use crate::answer::Answer;
use crate::invariants;
use crate::outcome::{Outcome, Sent, json};
use crate::placeholder::fill;
use crate::row::Step;

impl Play<'_> {
    pub(super) fn judge(
        &mut self,
        step: &Step,
        page: &Page,
        sent: &Sent,
        expected: Option<&Outcome>,
        events_before: usize,
    ) {
        let mut faults = invariants::faults(page, expected);
        if let Some(expected) = expected {
            faults.extend(expected.faults(page, sent));
            let silent = self.world.store.audit_events().len() == events_before;
            if expected.is_refusal() && silent {
                faults.push("no security event".into());
            }
        }
        let text = format!("{:?} {}", page.headers, page.text());
        for part in &step.contains {
            let part = fill(part, &self.values);
            if !text.contains(&part) {
                faults.push(format!("`{part}` is missing"));
            }
        }
        for part in &step.lacks {
            let part = fill(part, &self.values);
            if !part.is_empty() && text.contains(&part) {
                faults.push(format!("`{part}` is there"));
            }
        }
        for (name, value) in &step.header {
            let there = page.header(name).unwrap_or_default();
            if there != fill(value, &self.values) {
                faults.push(format!("{name}: {there}"));
            }
        }
        if !faults.is_empty() {
            let expect = step.expect.as_deref().unwrap_or_default();
            let faults = faults.join("; ");
            self.faults.push(format!(
                "wanted {expect}, but {faults}\n      {:?}",
                Answer::of(page)
            ));
        }
    }

    /// Keeps codes and tokens of an answer.
    pub(super) fn learn(&mut self, page: &Page) {
        if let Some(code) = page.redirect_parameter("code") {
            self.secrets.push(code.clone());
            self.values.insert("code".into(), code);
        }
        let body = json(page);
        for token in ["access_token", "refresh_token", "id_token"] {
            if let Some(value) = body[token].as_str() {
                self.secrets.push(value.to_owned());
                self.values.insert(token.into(), value.to_owned());
            }
        }
    }
}
