//! The endpoints, one file each.

pub(crate) mod authorization;
pub(crate) mod callback;
pub(crate) mod end_session;
pub(crate) mod interaction;
pub(crate) mod jwks;
pub(crate) mod metadata;
pub(crate) mod token;
pub(crate) mod userinfo;
