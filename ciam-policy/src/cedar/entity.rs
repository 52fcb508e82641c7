//! Requests as Cedar sees them: JSON values read by the types the schema declares.

use std::collections::{HashMap, HashSet};

use cedar_policy::{
    Context, Entities, Entity as CedarEntity, EntityId, EntityTypeName, EntityUid as CedarUid,
    Request, RestrictedExpression as Expression, Schema,
};
use serde_json::{Map, Value};

use super::declared::{Declarations, Declared, Extension, Record};
use crate::request::{Entity, PolicyRequest};

/// A request ready to be put to Cedar.
pub(super) struct Question {
    pub(super) request: Request,
    pub(super) entities: Entities,
}

impl Declarations {
    /// Leaves out what is not declared. A declared attribute with a value of another
    /// type is an error and not left out: a forbid might hang on it.
    pub(super) fn question(
        &self,
        request: &PolicyRequest<'_>,
        schema: &Schema,
    ) -> Result<Question, String> {
        let action = self.actions.get(request.action).ok_or_else(|| {
            format!(
                "the schema does not declare the action `{}`",
                request.action
            )
        })?;
        let principal_uid = uid(&request.principal.entity_type, &request.principal.id)?;
        let resource_uid = uid(&request.resource.entity_type, &request.resource.id)?;
        let context = self.expressions(&action.context, &request.context, "context")?;
        let context = Context::from_pairs(context).map_err(chain)?;

        let mut entities = vec![self.entity(&request.principal, principal_uid.clone())?];
        if principal_uid != resource_uid {
            entities.push(self.entity(&request.resource, resource_uid.clone())?);
        } else if request.principal != request.resource {
            // Somebody acts on themselves: what both sides know is put together.
            let mut both = request.principal.clone();
            both.attributes.extend(request.resource.attributes.clone());
            both.parents.extend(request.resource.parents.clone());
            entities = vec![self.entity(&both, principal_uid.clone())?];
        }
        Ok(Question {
            request: Request::new(
                principal_uid,
                uid(&action.entity_type, request.action)?,
                resource_uid,
                context,
                Some(schema),
            )
            .map_err(chain)?,
            entities: Entities::from_entities(entities, Some(schema)).map_err(chain)?,
        })
    }

    fn entity(&self, entity: &Entity, name: CedarUid) -> Result<CedarEntity, String> {
        let declared = self.entities.get(&entity.entity_type).ok_or_else(|| {
            format!(
                "the schema does not declare the entity type `{}`",
                entity.entity_type
            )
        })?;
        let attributes: HashMap<_, _> = self
            .expressions(declared, &entity.attributes, &entity.entity_type)?
            .into_iter()
            .collect();
        let parents: HashSet<_> = entity
            .parents
            .iter()
            .map(|parent| uid(&parent.entity_type, &parent.id))
            .collect::<Result<_, _>>()?;
        CedarEntity::new(name, attributes, parents).map_err(chain)
    }

    /// The declared ones of `values`; null is absent.
    fn expressions(
        &self,
        declared: &Record,
        values: &Map<String, Value>,
        place: &str,
    ) -> Result<Vec<(String, Expression)>, String> {
        declared
            .iter()
            .filter_map(|(name, ty)| {
                let value = values.get(name).filter(|value| !value.is_null())?;
                let place = format!("{place}.{name}");
                let expression = self.expression(ty, value, &place);
                Some(expression.map(|expression| (name.clone(), expression)))
            })
            .collect()
    }

    fn expression(&self, ty: &Declared, value: &Value, place: &str) -> Result<Expression, String> {
        let wrong = |wanted: &str| format!("`{place}` is not {wanted}");
        match ty {
            Declared::Bool => value
                .as_bool()
                .map(Expression::new_bool)
                .ok_or_else(|| wrong("a boolean")),
            Declared::Long => value
                .as_i64()
                .map(Expression::new_long)
                .ok_or_else(|| wrong("a whole number")),
            Declared::Text => text(value)
                .map(Expression::new_string)
                .ok_or_else(|| wrong("text")),
            Declared::Extension(extension) => text(value)
                .map(|text| extension.expression(text))
                .ok_or_else(|| wrong("text")),
            Declared::Set(element) => value
                .as_array()
                .ok_or_else(|| wrong("a list"))?
                .iter()
                .map(|value| self.expression(element, value, place))
                .collect::<Result<Vec<_>, _>>()
                .map(Expression::new_set),
            Declared::Record(record) => {
                let values = value.as_object().ok_or_else(|| wrong("an object"))?;
                let fields = self.expressions(record, values, place)?;
                Expression::new_record(fields).map_err(chain)
            }
            // An entity is named by its id: the type is declared.
            Declared::Entity(entity_type) => text(value)
                .map(|id| {
                    let id = EntityId::new(id);
                    let uid = CedarUid::from_type_name_and_id(entity_type.clone(), id);
                    Expression::new_entity_uid(uid)
                })
                .ok_or_else(|| wrong("the id of an entity")),
        }
    }
}

impl Extension {
    fn expression(self, text: String) -> Expression {
        match self {
            Self::Ip => Expression::new_ip(text),
            Self::Decimal => Expression::new_decimal(text),
            Self::Datetime => Expression::new_datetime(text),
            Self::Duration => Expression::new_duration(text),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn uid(entity_type: &str, id: &str) -> Result<CedarUid, String> {
    let entity_type: EntityTypeName = entity_type
        .parse()
        .map_err(|_| format!("`{entity_type}` is not the name of an entity type"))?;
    Ok(CedarUid::from_type_name_and_id(
        entity_type,
        EntityId::new(id),
    ))
}

fn chain(error: impl std::error::Error) -> String {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        message.push_str(": ");
        message.push_str(&inner.to_string());
        source = inner.source();
    }
    message
}
