//! The stages of an authorization, each built only from the one before:
//! [`AuthorizationRequest`] → [`ValidatedRequest`] → [`AuthenticatedRequest`] →
//! [`GrantedRequest`] → the authorization response. An unvalidated request
//! cannot reach issuance, because there is no way to make the later types from it.

mod authenticated;
mod granted;
mod request;
mod validated;

pub(crate) use authenticated::AuthenticatedRequest;
pub(crate) use granted::GrantedRequest;
pub(crate) use request::AuthorizationRequest;
pub(crate) use validated::{Prompt, Requested, ValidatedRequest};
