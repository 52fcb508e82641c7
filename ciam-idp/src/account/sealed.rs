//! Profiles at rest: sealed under the root key, for one subject of one tenant.

use ciam_core::account::Account;
use ciam_core::{Profile, Secret, SubjectId};

use crate::failure::Failure;
use crate::provider::Inner;

pub(super) async fn seal(
    inner: &Inner,
    subject: &SubjectId,
    profile: &Profile,
) -> Result<Vec<u8>, Failure> {
    let plain = Secret::new(serde_json::to_vec(profile).map_err(Failure::internal)?);
    Ok(inner
        .keys
        .wrapper
        .seal(&context(inner, subject), plain.expose())
        .await?)
}

pub(super) async fn open(inner: &Inner, account: &Account) -> Result<Profile, Failure> {
    let context = context(inner, &account.subject);
    let plain = inner
        .keys
        .wrapper
        .open(&context, &account.sealed_profile)
        .await?;
    serde_json::from_slice(plain.expose()).map_err(Failure::internal)
}

/// Where the sealed bytes belong: moved to another row they do not open.
fn context(inner: &Inner, subject: &SubjectId) -> Vec<u8> {
    let parts: [&[u8]; 3] = [
        b"account profile",
        inner.tenant.as_bytes(),
        subject.as_bytes(),
    ];
    parts.concat()
}
