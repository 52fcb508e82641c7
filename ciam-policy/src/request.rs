//! What is asked: may this principal do this action to this resource now?

use serde_json::{Map, Value};

use ciam_core::Principal;

/// One question to a [`PolicyEngine`](crate::PolicyEngine).
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyRequest<'a> {
    /// Who asks.
    pub principal: Entity,
    /// The action's id, such as `read` (in Cedar `Action::"read"`).
    pub action: &'a str,
    /// To what.
    pub resource: Entity,
    /// The circumstances: how the sender was authenticated, by which client.
    pub context: Map<String, Value>,
}

/// The name of an entity: its type and its id within the type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntityUid {
    /// The type, such as `Order`.
    pub entity_type: String,
    /// The id within the type.
    pub id: String,
}

impl EntityUid {
    /// The entity of that type and id.
    pub fn new(entity_type: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            entity_type: entity_type.into(),
            id: id.into(),
        }
    }
}

/// A principal or resource with what is known about it.
#[derive(Clone, PartialEq)]
pub struct Entity {
    /// Its type, such as `User`.
    pub entity_type: String,
    /// Its id within the type.
    pub id: String,
    /// What policies may read. What the schema does not declare is ignored.
    pub attributes: Map<String, Value>,
    /// What it is directly `in`: groups, folders.
    pub parents: Vec<EntityUid>,
}

impl Entity {
    /// The entity type of a person.
    pub const USER: &'static str = "User";
    /// The entity type of a client that acts for itself.
    pub const MACHINE: &'static str = "Machine";
    /// The entity type of an API as a whole; its id is the audience.
    pub const API: &'static str = "Api";

    /// An entity without attributes and parents.
    pub fn new(entity_type: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            entity_type: entity_type.into(),
            id: id.into(),
            attributes: Map::new(),
            parents: Vec::new(),
        }
    }

    /// The same with one attribute set.
    #[must_use]
    pub fn with_attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.insert(name.into(), value.into());
        self
    }

    /// The same with these attributes in place of its own.
    #[must_use]
    pub fn with_attributes(mut self, attributes: Map<String, Value>) -> Self {
        self.attributes = attributes;
        self
    }

    /// The same `in` one more entity.
    #[must_use]
    pub fn with_parent(mut self, parent: EntityUid) -> Self {
        self.parents.push(parent);
        self
    }

    /// The verified sender of an API request: a `Machine` when the client acts for
    /// itself, else a `User`. The claims are its attributes, and once more the
    /// record `claims`; the registered ones (`client_id`, `scopes`, `acr`, `amr`,
    /// `auth_time`) cannot be overwritten by others.
    pub fn of_principal(principal: &Principal) -> Self {
        let entity_type = if principal.is_machine() {
            Self::MACHINE
        } else {
            Self::USER
        };
        let mut attributes = principal.claims.clone();
        attributes.insert("claims".into(), principal.claims.clone().into());
        attributes.insert("issuer".into(), principal.issuer.clone().into());
        attributes.extend(authentication(principal, "client_id"));
        Self::new(entity_type, principal.subject.clone()).with_attributes(attributes)
    }
}

/// How the sender was authenticated, as context: `client`, `scopes`, and where
/// known `acr`, `amr`, `auth_time` (seconds) and `actor`.
pub(crate) fn context_of(principal: &Principal) -> Map<String, Value> {
    let mut context = authentication(principal, "client");
    if let Some(actor) = &principal.actor {
        context.insert("actor".into(), actor.subject.clone().into());
    }
    context
}

fn authentication(principal: &Principal, client: &str) -> Map<String, Value> {
    let scopes = principal.scopes.iter().map(|s| s.as_str().into()).collect();
    let amr = principal.amr.iter().map(|m| m.as_str().into()).collect();
    // Absent is written as null: a claim of the same name must not show through.
    let acr = principal.acr.clone().map_or(Value::Null, Value::String);
    let auth_time = principal
        .auth_time
        .map_or(Value::Null, |at| at.as_secs().into());
    [
        (client, principal.client_id.clone().into()),
        ("scopes", Value::Array(scopes)),
        ("acr", acr),
        ("amr", Value::Array(amr)),
        ("auth_time", auth_time),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

impl std::fmt::Debug for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Attributes may be personal; their names are enough here.
        f.debug_struct("Entity")
            .field("entity_type", &self.entity_type)
            .field("id", &self.id)
            .field("attributes", &self.attributes.keys().collect::<Vec<_>>())
            .field("parents", &self.parents)
            .finish()
    }
}

/// A thing of the application that policies decide about.
///
/// ```
/// use ciam_policy::Resource;
/// use serde_json::{Map, Value, json};
///
/// struct Order { number: u64, owner: String, total_cents: i64 }
///
/// impl Resource for Order {
///     fn entity_type(&self) -> &str { "Order" }
///     fn id(&self) -> String { self.number.to_string() }
///     fn attributes(&self) -> Map<String, Value> {
///         [
///             ("owner".to_owned(), json!(self.owner)),
///             ("total_cents".to_owned(), json!(self.total_cents)),
///         ].into_iter().collect()
///     }
/// }
/// ```
pub trait Resource: Sync {
    /// Its type in the schema, such as `Order`.
    fn entity_type(&self) -> &str;
    /// Its id within the type.
    fn id(&self) -> String;
    /// What policies may read about it.
    fn attributes(&self) -> Map<String, Value>;
}

/// A bare name: for actions on the whole, such as "list the orders of this API".
impl Resource for EntityUid {
    fn entity_type(&self) -> &str {
        &self.entity_type
    }

    fn id(&self) -> String {
        self.id.clone()
    }

    fn attributes(&self) -> Map<String, Value> {
        Map::new()
    }
}

impl From<&dyn Resource> for Entity {
    fn from(resource: &dyn Resource) -> Self {
        Self::new(resource.entity_type(), resource.id()).with_attributes(resource.attributes())
    }
}
