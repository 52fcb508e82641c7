//! What the schema declares, as types that JSON values can be read by.
//!
//! Cedar checks a value against its schema but does not say what the schema
//! declares, and it refuses an entity with one attribute too many. A token may
//! carry any claims, so the declarations are read here from the schema's own JSON
//! form, and what is not declared is left out before Cedar sees it.

use std::collections::HashMap;

use cedar_policy::EntityTypeName;
use serde_json::{Map, Value};

/// The type of a value.
#[derive(Clone, Debug)]
pub(super) enum Declared {
    Bool,
    Long,
    Text,
    Set(Box<Self>),
    Record(Record),
    Entity(EntityTypeName),
    Extension(Extension),
}

/// Attributes by name. Which of them are required is for Cedar's own check.
pub(super) type Record = HashMap<String, Declared>;

/// Cedar's extension types, written as text in JSON.
#[derive(Clone, Copy, Debug)]
pub(super) enum Extension {
    Ip,
    Decimal,
    Datetime,
    Duration,
}

/// All declarations of a schema.
#[derive(Debug, Default)]
pub(super) struct Declarations {
    /// Attributes by entity type.
    pub(super) entities: HashMap<String, Record>,
    /// Actions by id.
    pub(super) actions: HashMap<String, Action>,
}

/// An action.
#[derive(Debug)]
pub(super) struct Action {
    /// `Action`, with its namespace.
    pub(super) entity_type: String,
    /// What its context may hold.
    pub(super) context: Record,
}

impl Declarations {
    /// Reads schema fragments in Cedar's JSON form. The schema is known to be valid,
    /// so references end and are not circular.
    pub(super) fn read(fragments: &[Value]) -> Result<Self, String> {
        let names = Names::collect(fragments);
        let mut declarations = Self::default();
        for (full_name, (namespace, entity)) in &names.entities {
            let shape = entity.get("shape");
            let record = shape.map_or(Ok(Record::new()), |shape| names.record(shape, namespace))?;
            declarations.entities.insert(full_name.clone(), record);
        }
        for (namespace, id, action) in &names.actions {
            let context = action.get("appliesTo").and_then(|to| to.get("context"));
            let action = Action {
                entity_type: qualified(namespace, "Action"),
                context: context.map_or(Ok(Record::new()), |context| {
                    names.record(context, namespace)
                })?,
            };
            if declarations.actions.insert(id.clone(), action).is_some() {
                return Err(format!(
                    "action `{id}` is declared in two namespaces: requests name actions by id alone"
                ));
            }
        }
        Ok(declarations)
    }
}

/// What the fragments declare, by full name, with the namespace it is written in.
#[derive(Default)]
struct Names<'a> {
    commons: HashMap<String, (&'a str, &'a Value)>,
    entities: HashMap<String, (&'a str, &'a Value)>,
    actions: Vec<(&'a str, String, &'a Value)>,
}

impl<'a> Names<'a> {
    fn collect(fragments: &'a [Value]) -> Self {
        let mut names = Self::default();
        let namespaces = fragments.iter().filter_map(Value::as_object).flatten();
        for (namespace, definition) in namespaces {
            let namespace = namespace.as_str();
            for (name, common) in members(definition, "commonTypes") {
                let full_name = qualified(namespace, name);
                names.commons.insert(full_name, (namespace, common));
            }
            for (name, entity) in members(definition, "entityTypes") {
                let full_name = qualified(namespace, name);
                names.entities.insert(full_name, (namespace, entity));
            }
            for (id, action) in members(definition, "actions") {
                names.actions.push((namespace, id.clone(), action));
            }
        }
        names
    }

    /// A type that must be a record.
    fn record(&self, ty: &Value, namespace: &str) -> Result<Record, String> {
        match self.resolve(ty, namespace)? {
            Declared::Record(record) => Ok(record),
            _ => Err("attributes and context must be records".to_owned()),
        }
    }

    fn resolve(&self, ty: &Value, namespace: &str) -> Result<Declared, String> {
        let text = |member: &str| ty.get(member).and_then(Value::as_str);
        let kind = text("type").ok_or("a type without `type` in the schema")?;
        match (kind, text("name")) {
            ("Entity" | "EntityOrCommon" | "Extension", Some(name)) => self.named(name, namespace),
            ("Set", _) => {
                let element = ty.get("element").ok_or("a set without `element`")?;
                Ok(Declared::Set(Box::new(self.resolve(element, namespace)?)))
            }
            ("Record", _) => members(ty, "attributes")
                .map(|(name, ty)| Ok((name.clone(), self.resolve(ty, namespace)?)))
                .collect::<Result<_, _>>()
                .map(Declared::Record),
            (name, _) => self.named(name, namespace),
        }
    }

    /// A name means what the own namespace declares, then the empty one, then Cedar itself.
    fn named(&self, name: &str, namespace: &str) -> Result<Declared, String> {
        for full_name in [qualified(namespace, name), name.to_owned()] {
            if let Some((namespace, common)) = self.commons.get(&full_name) {
                return self.resolve(common, namespace);
            }
            if self.entities.contains_key(&full_name) {
                let entity_type = full_name.parse().map_err(|error| format!("{error}"))?;
                return Ok(Declared::Entity(entity_type));
            }
        }
        match name.strip_prefix("__cedar::").unwrap_or(name) {
            "String" => Ok(Declared::Text),
            "Long" => Ok(Declared::Long),
            "Bool" | "Boolean" => Ok(Declared::Bool),
            "ipaddr" => Ok(Declared::Extension(Extension::Ip)),
            "decimal" => Ok(Declared::Extension(Extension::Decimal)),
            "datetime" => Ok(Declared::Extension(Extension::Datetime)),
            "duration" => Ok(Declared::Extension(Extension::Duration)),
            _ => Err(format!("the schema does not declare the type `{name}`")),
        }
    }
}

fn members<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    of.get(name)
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(Map::iter)
}

fn qualified(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}::{name}")
    }
}
