//! The parties of the demo, a file or folder each.

pub(crate) mod bank;
pub(crate) mod orders;
pub(crate) mod partner;
pub(crate) mod provider;
pub(crate) mod shop;
pub(crate) mod social;
