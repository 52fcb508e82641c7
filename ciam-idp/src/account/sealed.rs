//! Profiles and credentials at rest: sealed under the root key, for one subject of one
//! tenant. Whoever can write to the store cannot give one person another's password.

use ciam_core::account::{Account, Credential};
use ciam_core::encoding::{b64url_decode, b64url_encode};
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

/// The credential with its data sealed, as it is stored.
pub(super) async fn seal_credential(
    inner: &Inner,
    subject: &SubjectId,
    plain: Credential,
) -> Result<Credential, Failure> {
    let context = credential_context(inner, subject, &plain.kind);
    let sealed = inner
        .keys
        .wrapper
        .seal(&context, plain.data.as_bytes())
        .await?;
    Ok(Credential {
        data: b64url_encode(&sealed),
        ..plain
    })
}

/// The credential as its authenticator made it.
pub(crate) async fn open_credential(
    inner: &Inner,
    subject: &SubjectId,
    stored: &Credential,
) -> Result<Credential, Failure> {
    let sealed = b64url_decode(&stored.data)
        .ok_or_else(|| Failure::internal("a stored credential is not sealed"))?;
    let context = credential_context(inner, subject, &stored.kind);
    let plain = inner.keys.wrapper.open(&context, &sealed).await?;
    let data = String::from_utf8(plain.expose().clone()).map_err(Failure::internal)?;
    Ok(Credential {
        data,
        ..stored.clone()
    })
}

/// Costs what [`open_credential`] does, when there is none: with a key service that
/// is time enough to tell who has an account.
pub(crate) async fn cost_of_nobody(inner: &Inner) -> Result<(), Failure> {
    inner.keys.wrapper.seal(b"nobody", b"nothing").await?;
    Ok(())
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

fn credential_context(inner: &Inner, subject: &SubjectId, kind: &str) -> Vec<u8> {
    let parts: [&[u8]; 4] = [
        b"account credential",
        inner.tenant.as_bytes(),
        subject.as_bytes(),
        kind.as_bytes(),
    ];
    parts.concat()
}
