//! The stages of an authorization, each built only from the one before:
//! [`AuthorizationRequest`] → [`ValidatedRequest`] → [`AuthenticatedRequest`] →
//! [`GrantedRequest`] → the authorization response.
//!
//! Each type stands in the module that alone can make it ([`crate::check`],
//! [`crate::flow`], [`crate::access`]), with private fields: an unvalidated
//! request cannot reach issuance.

mod request;

pub(crate) use self::request::AuthorizationRequest;
pub(crate) use crate::access::GrantedRequest;
pub(crate) use crate::check::{Prompt, Requested, ValidatedRequest};
pub(crate) use crate::flow::AuthenticatedRequest;
