//! The caller: a verified principal that can be asked what it may do.

use std::sync::Arc;

use serde_json::{Map, Value};

use ciam_core::Principal;

use crate::decision::Advice;
use crate::guard::{Guard, Refusal};
use crate::request::{Entity, PolicyRequest, Resource, context_of};

/// Who sent a request to an API, as the handler sees it. Cheap to clone.
#[derive(Clone)]
pub struct Caller {
    principal: Arc<Principal>,
    guard: Guard,
}

impl Caller {
    pub(super) fn new(guard: Guard, principal: Principal) -> Self {
        Self {
            principal: Arc::new(principal),
            guard,
        }
    }

    /// The verified principal.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// May the caller do `action` to `resource`? Policies come first, then the scope
    /// that the action needs, so that whom a policy denies learns nothing about scopes.
    ///
    /// # Errors
    /// The refusal to answer with: 403 when denied, 401 when a step-up would help
    /// (RFC 9470), 403 `insufficient_scope` when only the scope is missing.
    pub async fn authorize(&self, action: &str, resource: &dyn Resource) -> Result<(), Refusal> {
        self.authorize_with(action, resource, Map::new()).await
    }

    /// The same with more context for the policies. What is known from the token
    /// (`client`, `scopes`, `acr`, `amr`, `auth_time`, `actor`) and `now` cannot be
    /// overwritten.
    ///
    /// # Errors
    /// As for [`Caller::authorize`].
    pub async fn authorize_with(
        &self,
        action: &str,
        resource: &dyn Resource,
        context: Map<String, Value>,
    ) -> Result<(), Refusal> {
        self.decide(action, resource, context)?;
        match self.guard.scopes().scope_for(action) {
            Some(scope) => self.require_scope(scope.as_str()),
            None => Ok(()),
        }
    }

    /// Does the token carry `scope`? For what depends on no resource; a text that is
    /// not a scope is carried by no token.
    ///
    /// # Errors
    /// The refusal to answer with: 403 `insufficient_scope`.
    pub fn require_scope(&self, scope: &str) -> Result<(), Refusal> {
        if self.principal.scopes.contains(scope) {
            Ok(())
        } else {
            Err(self.guard.refuse(Refusal::insufficient_scope(scope)))
        }
    }

    fn decide(
        &self,
        action: &str,
        resource: &dyn Resource,
        mut context: Map<String, Value>,
    ) -> Result<(), Refusal> {
        context.extend(context_of(&self.principal));
        context.insert("now".to_owned(), self.guard.now().as_secs().into());
        let request = PolicyRequest {
            principal: Entity::of_principal(&self.principal),
            action,
            resource: resource.into(),
            context,
        };
        let decision = self.guard.engine().decide(&request);
        if decision.is_permit() {
            return Ok(());
        }
        let refusal = match decision.advice() {
            Some(Advice::StepUp {
                acr_values,
                max_age,
            }) => Refusal::step_up(acr_values, *max_age, &decision),
            None => Refusal::denied(&decision),
        };
        Err(self.guard.refuse(refusal))
    }
}

impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Caller")
            .field("principal", &self.principal)
            .finish_non_exhaustive()
    }
}
