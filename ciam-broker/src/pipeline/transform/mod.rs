//! The steps, a file each.

mod drop;
mod mask;
mod rename;
mod tokenize;

pub(super) use drop::Drop;
pub(super) use mask::Mask;
pub(super) use rename::Rename;
pub(super) use tokenize::Tokenize;
