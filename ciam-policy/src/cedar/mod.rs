//! Policies in Cedar, as it is: a forbid wins over a permit, nothing is permitted by default.

mod declared;
mod diagnostic;
mod entity;
mod load;
mod schema;

use std::sync::{Arc, PoisonError, RwLock};

use cedar_policy::{Authorizer, Decision as Answer};

pub use self::diagnostic::{Diagnostic, LoadError};
pub use self::load::Builder;
use self::load::PolicyStore;
use crate::decision::{Advice, Decision, PolicyRef};
use crate::engine::PolicyEngine;
use crate::request::PolicyRequest;

/// The schema of principals, of the provider's two actions (`sign_in`,
/// `grant_scope`) and of `ApiContext`. Every [`CedarEngine`] reads it before the
/// application's own.
pub const PRINCIPAL_SCHEMA: &str = include_str!("../../schema/principal.cedarschema");

/// A [`PolicyEngine`] that reads policies written in Cedar.
///
/// Policies are checked against the schema when they are loaded (strict
/// validation); what cannot be evaluated at run time denies. Three annotations
/// have a meaning, on `forbid`: `@reason("…")` is the sentence for the person,
/// `@acr("…")` and `@max_age("…")` say which step-up lifts the prohibition (see
/// [`Advice::step_up`]). `@id("…")` names a policy in logs. The sentence and the
/// step-up are for those alone for whom a permit is waiting behind the `forbid`.
///
/// ```
/// use ciam_policy::{CedarEngine, Entity, PolicyEngine, PolicyRequest};
///
/// let engine = CedarEngine::builder()
///     .schema_text("entity Order = { owner: String }; action read appliesTo { principal: User, resource: Order };")
///     .policy_text("orders.cedar", r#"
///         permit (principal, action == Action::"read", resource) when { resource.owner == "alice" };
///         @reason("Only adults may read orders.")
///         forbid (principal, action, resource) when { principal has age && principal.age < 18 };
///     "#)
///     .build()?;
/// let request = PolicyRequest {
///     principal: Entity::new(Entity::USER, "alice").with_attribute("age", 16),
///     action: "read",
///     resource: Entity::new("Order", "17").with_attribute("owner", "alice"),
///     context: serde_json::Map::new(),
/// };
/// assert_eq!(engine.decide(&request).public_reason(), Some("Only adults may read orders."));
/// # Ok::<(), ciam_policy::LoadError>(())
/// ```
pub struct CedarEngine {
    sources: Builder,
    active: RwLock<Arc<PolicyStore>>,
}

impl CedarEngine {
    /// Names schemas and policies, from text or from files.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Reads the same sources again and swaps the policies in one step; a request
    /// that is being decided keeps those it began with.
    ///
    /// # Errors
    /// When anything is wrong with the new ones. The present ones stay in force.
    pub fn reload(&self) -> Result<(), LoadError> {
        self.swap(self.sources.load()?);
        Ok(())
    }

    /// Swaps in what `sources` names, for policies that come as documents. A later
    /// [`CedarEngine::reload`] goes back to the sources of the start.
    ///
    /// # Errors
    /// When anything is wrong with them. The present ones stay in force.
    pub fn replace(&self, sources: &Builder) -> Result<(), LoadError> {
        self.swap(sources.load()?);
        Ok(())
    }

    fn swap(&self, store: PolicyStore) {
        let mut active = self.active.write().unwrap_or_else(PoisonError::into_inner);
        *active = Arc::new(store);
    }

    fn active(&self) -> Arc<PolicyStore> {
        // Only whole values are ever written, so that a poisoned lock holds a good one.
        let active = self.active.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&active)
    }
}

impl Builder {
    /// Reads, parses and validates everything.
    ///
    /// # Errors
    /// With every problem found, not only the first.
    pub fn build(self) -> Result<CedarEngine, LoadError> {
        let active = RwLock::new(Arc::new(self.load()?));
        Ok(CedarEngine {
            sources: self,
            active,
        })
    }
}

impl PolicyEngine for CedarEngine {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        let store = self.active();
        let question = match store.declared.question(request, &store.schema) {
            Ok(question) => question,
            Err(error) => return Decision::failed(error),
        };
        let ask = |policies| {
            Authorizer::new().is_authorized(&question.request, policies, &question.entities)
        };
        let answer = ask(&store.policies);
        let mut reasons: Vec<PolicyRef> = answer
            .diagnostics()
            .reason()
            .filter_map(|id| store.refs.get(id).cloned())
            .collect();
        reasons.sort_by(|a, b| a.id.cmp(&b.id));
        let errors: Vec<String> = answer
            .diagnostics()
            .errors()
            .map(ToString::to_string)
            .collect();
        match answer.decision() {
            Answer::Allow => Decision::permit(reasons).with_errors(errors),
            Answer::Deny => {
                // What a prohibition says is for those it keeps from something. Nobody
                // else is sent to step up in vain, or learns from its sentence that a
                // thing of somebody else exists and what is true of it.
                let permitted_without = ask(&store.permits).decision() == Answer::Allow;
                let advice = match permitted_without {
                    true => Advice::step_up(&reasons),
                    false => None,
                };
                if !permitted_without {
                    for policy in &mut reasons {
                        policy.annotations.remove("reason");
                    }
                }
                Decision::deny(reasons)
                    .with_advice(advice)
                    .with_errors(errors)
            }
        }
    }
}

impl std::fmt::Debug for CedarEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CedarEngine")
            .field("policies", &self.active().refs.len())
            .finish_non_exhaustive()
    }
}
