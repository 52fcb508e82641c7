//! Plays the steps of a case.

mod act;
mod given;
mod judge;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use ciam_core::crypto::sha256;
use ciam_core::encoding::b64url_encode;
use ciam_testkit::{Page, Transport, UserAgent};

use crate::answer::Answer;
use crate::invariants;
use crate::outcome::Outcome;
use crate::request::Values;
use crate::row::Step;
use crate::world::{ISSUER, OTHER_ISSUER, PASSWORD, World, client_id};

/// One run of a case: browsers, values, and what was seen.
pub(crate) struct Play<'w> {
    world: &'w World,
    transport: Rc<dyn Transport>,
    browsers: BTreeMap<String, UserAgent<Rc<dyn Transport>>>,
    pages: BTreeMap<String, Page>,
    pub(crate) values: Values,
    pub(crate) secrets: Vec<String>,
    /// The answers to the steps, without their random parts.
    pub(crate) answers: Vec<Answer>,
    pub(crate) faults: Vec<String>,
    drawn: u32,
}

impl<'w> Play<'w> {
    pub(crate) fn new(world: &'w World, transport: Rc<dyn Transport>) -> Self {
        let mut play = Self {
            world,
            transport,
            browsers: BTreeMap::new(),
            pages: BTreeMap::new(),
            values: Values::new(),
            secrets: vec![PASSWORD.into(), crate::world::NATIONAL_ID.into()],
            answers: Vec::new(),
            faults: Vec::new(),
            drawn: 0,
        };
        play.draw();
        play
    }

    pub(crate) async fn step(&mut self, step: &Step) {
        self.world.clock.advance(Duration::from_secs(step.advance));
        if let Some(change) = &step.change {
            self.world.change(change).await;
        }
        if let Some(given) = &step.given {
            self.given(step, given).await;
        }
        let open = self.pages.clone();
        for _ in 0..step.times.unwrap_or(1) {
            // A person goes back to the page with the form.
            self.pages.clone_from(&open);
            let before = self.world.store.audit_events().len();
            let Some((page, sent)) = self.act(step).await else {
                continue;
            };
            let expected = step.expect.as_deref().map(Outcome::parse);
            self.judge(step, &page, &sent, expected.as_ref(), before);
            self.learn(&page);
            self.answers.push(Answer::of(&page));
        }
        for (to, from) in &step.keep {
            let value = self.values.get(from).cloned().unwrap_or_default();
            self.values.insert(to.clone(), value);
        }
        for [one, other] in &step.differ {
            if self.values.get(one) == self.values.get(other) {
                self.faults
                    .push(format!("`{one}` and `{other}` are the same"));
            }
        }
        for [one, other] in &step.same {
            if self.values.get(one) != self.values.get(other) {
                self.faults.push(format!("`{one}` and `{other}` differ"));
            }
        }
    }

    /// Security events and secrets, once all is done.
    pub(crate) fn finish(&mut self) {
        for browser in self.browsers.values() {
            let values = browser
                .cookies()
                .cookies()
                .iter()
                .map(|cookie| cookie.value.clone());
            self.secrets.extend(values);
        }
        self.faults
            .extend(invariants::leaks(&self.world.store, &self.secrets));
        self.faults
            .extend(invariants::torn_lines(&self.world.store));
    }

    fn browser(&mut self, name: &str) -> &mut UserAgent<Rc<dyn Transport>> {
        let transport = self.transport.clone();
        self.browsers
            .entry(name.to_owned())
            .or_insert_with(|| UserAgent::new(transport))
    }

    /// A PKCE verifier for this case (RFC 7636 section 4.1).
    fn draw(&mut self) {
        let verifier = b64url_encode(&sha256(format!("verifier of {:p}", self.world).as_bytes()));
        let challenge = b64url_encode(&sha256(verifier.as_bytes()));
        self.secrets.push(verifier.clone());
        self.values.insert("verifier".into(), verifier);
        self.values.insert("challenge".into(), challenge);
        self.values.insert("op".into(), ISSUER.into());
        for client in ["K", "K2", "M", "P", "D"] {
            self.values.insert(client.into(), client_id(client));
        }
        self.draw_token_id();
    }

    fn draw_token_id(&mut self) {
        self.drawn += 1;
        let id = b64url_encode(&sha256(&self.drawn.to_be_bytes()));
        self.values.insert("jti".into(), id);
    }
}

fn name<'a>(given: &'a Option<String>, otherwise: &'a str) -> &'a str {
    given.as_deref().unwrap_or(otherwise)
}

fn issuer(step: &Step) -> &'static str {
    match step.at.as_deref() {
        Some("other") => OTHER_ISSUER,
        _ => ISSUER,
    }
}
