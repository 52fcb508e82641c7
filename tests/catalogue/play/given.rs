//! Brings about what a step starts from.

use super::{Play, name};
use crate::answer::Answer;
use crate::invariants;
use crate::row::Step;

impl Play<'_> {
    /// Brings about what a step starts from.
    pub(super) async fn given(&mut self, step: &Step, given: &str) {
        let like = |more: Step| Step {
            client: step.client.clone(),
            user: step.user.clone(),
            browser: step.browser.clone(),
            at: step.at.clone(),
            scope: step.scope.clone(),
            ..more
        };
        let go = Step {
            send: Some("authorize".into()),
            ..Step::default()
        };
        self.quietly(&like(go)).await;
        if given == "screen" {
            return;
        }
        let browser = name(&step.browser, "browser").to_owned();
        if self.pages[&browser].form("password-form").is_some() {
            let sign_in = Step {
                press: Some("password-form".into()),
                ..Step::default()
            };
            self.quietly(&like(sign_in)).await;
        }
        if given != "session" && self.pages[&browser].form("consent-allow").is_some() {
            let allow = Step {
                press: Some("consent-allow".into()),
                ..Step::default()
            };
            self.quietly(&like(allow)).await;
        }
        if given == "tokens" {
            let redeem = Step {
                send: Some("token".into()),
                ..Step::default()
            };
            self.quietly(&Step {
                scope: None,
                ..like(redeem)
            })
            .await;
        }
        let wanted = match given {
            "code" | "tokens" => {
                if given == "code" {
                    "code"
                } else {
                    "access_token"
                }
            }
            _ => return,
        };
        if !self.values.contains_key(wanted) {
            let seen = self.pages.get(&browser).map(Answer::of);
            self.faults
                .push(format!("no {wanted} to begin with: {seen:?}"));
        }
    }

    /// A step whose answer is only learnt from.
    async fn quietly(&mut self, step: &Step) {
        if let Some((page, _)) = self.act(step).await {
            self.learn(&page);
            for fault in invariants::faults(&page, None) {
                self.faults
                    .push(format!("on the way: {fault}: {:?}", Answer::of(&page)));
            }
        }
    }
}
