//! The access policy of the catalogue: everybody may use everything, but the
//! minor may not sign in at the first issuer, and nobody gets `orders:refund`.

use ciam_policy::{Decision, PolicyEngine, PolicyRef, PolicyRequest};

use crate::world::OTHER_ISSUER;

/// The sentence that the minor reads.
const REFUSAL: &str = "You must be 18 or older.";

#[derive(Debug)]
pub(crate) struct Rules;

impl PolicyEngine for Rules {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        let minor = request
            .principal
            .attributes
            .get("name")
            .is_some_and(|name| name == "the minor");
        let elsewhere = request.resource.id == OTHER_ISSUER;
        if request.action == "sign_in" && minor && !elsewhere {
            return Decision::deny(vec![PolicyRef {
                id: "adults-only".into(),
                annotations: [("reason".to_owned(), REFUSAL.to_owned())].into(),
            }]);
        }
        let scope = request.context.get("scope");
        if request.action == "grant_scope" && scope.is_some_and(|scope| scope == "orders:refund") {
            return Decision::deny(Vec::new());
        }
        Decision::permit(Vec::new())
    }
}
