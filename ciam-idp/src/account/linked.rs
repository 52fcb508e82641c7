//! Signing in with an identity of another provider.

use ciam_core::account::{Account, AccountStatus, Link, LinkDigest};
use ciam_core::store::Created;
use ciam_core::{Attribute, Attributes, ConnectionId, Profile, StoreError, SubjectId, Timestamp};

use super::{is_active, sealed};
use crate::failure::Failure;
use crate::provider::Inner;

/// An identity that another provider vouched for just now.
#[derive(Debug)]
pub(crate) struct ExternalLogin<'a> {
    pub(crate) connection: &'a ConnectionId,
    /// With `subject` it names the person: the same `sub` from two issuers is two
    /// people (OIDC Core section 5.7).
    pub(crate) issuer: &'a str,
    pub(crate) subject: &'a str,
    /// What the pipeline made of what the other provider released.
    pub(crate) attributes: Attributes,
    /// The only subject it may lead to, when this is a step-up.
    pub(crate) must_be: Option<SubjectId>,
    /// Whether somebody unknown gets an account.
    pub(crate) create: bool,
}

/// Where an external identity leads.
#[derive(Debug)]
pub(crate) enum LinkedLogin {
    /// To this person.
    Subject(SubjectId),
    /// To an account that may not sign in.
    NotActive,
    /// To nobody, and no account is to be made.
    Unknown,
    /// To somebody else than the one who has to confirm; nothing was changed.
    SomebodyElse,
}

/// Finds the account that the identity is linked to, or makes one, and takes over
/// what the other provider said. An account is never found by a mail address: only
/// by the link.
pub(crate) async fn sign_in_linked(
    inner: &Inner,
    login: ExternalLogin<'_>,
    now: Timestamp,
) -> Result<LinkedLogin, Failure> {
    let digest = inner
        .keys
        .lookup
        .link(&inner.tenant, login.issuer, login.subject);
    let accounts = &inner.stores.accounts;
    let found = accounts.find_by_link(&inner.tenant, &digest).await?;
    // Before anything is stored: a step-up makes no account and changes none.
    if let Some(must_be) = login.must_be
        && found
            .as_ref()
            .is_none_or(|account| account.subject != must_be)
    {
        return Ok(LinkedLogin::SomebodyElse);
    }
    let account = match found {
        Some(account) => account,
        None if !login.create => return Ok(LinkedLogin::Unknown),
        None => match create(inner, &login, digest, now).await? {
            Ok(subject) => return Ok(LinkedLogin::Subject(subject)),
            Err(existing) => existing,
        },
    };
    if !is_active(&account) {
        return Ok(LinkedLogin::NotActive);
    }
    let subject = account.subject;
    take_over(inner, account, &login.attributes).await?;
    Ok(LinkedLogin::Subject(subject))
}

/// The new account's subject, or the account that a concurrent callback made.
async fn create(
    inner: &Inner,
    login: &ExternalLogin<'_>,
    digest: LinkDigest,
    now: Timestamp,
) -> Result<Result<SubjectId, Account>, Failure> {
    let subject = SubjectId::generate(inner.entropy.as_ref());
    let profile = Profile {
        attributes: login.attributes.clone(),
    };
    let account = Account {
        subject,
        status: AccountStatus::Active,
        version: 0,
        created_at: now,
        identifiers: Vec::new(),
        sealed_profile: sealed::seal(inner, &subject, &profile).await?,
        credentials: Vec::new(),
        links: vec![Link {
            connection: login.connection.clone(),
            digest,
            linked_at: now,
        }],
    };
    let created = inner
        .stores
        .accounts
        .create_linked(&inner.tenant, account)
        .await?;
    Ok(match created {
        Created::Created => Ok(subject),
        Created::Existing(existing) => Err(existing),
    })
}

async fn take_over(inner: &Inner, mut account: Account, newer: &Attributes) -> Result<(), Failure> {
    if newer.is_empty() {
        return Ok(());
    }
    let accounts = &inner.stores.accounts;
    for _ in 0..ATTEMPTS {
        let mut profile = sealed::open(inner, &account).await?;
        let known = profile.attributes.clone();
        let better = newer
            .iter()
            .filter(|(name, new)| {
                known
                    .attribute(name.as_str())
                    .is_none_or(|old| may_replace(old, new))
            })
            .map(|(name, new)| (name.clone(), new.clone()))
            .collect();
        profile.attributes.merge(better);
        let sealed = sealed::seal(inner, &account.subject, &profile).await?;
        let stored = accounts
            .update_profile(&inner.tenant, &account.subject, account.version, sealed)
            .await?;
        if stored {
            return Ok(());
        }
        // Somebody changed the account meanwhile: start from what is there now.
        match accounts.find(&inner.tenant, &account.subject).await? {
            Some(current) => account = current,
            None => return Err(StoreError::Conflict.into()),
        }
    }
    Err(StoreError::Conflict.into())
}

/// What a source vouches for is not replaced by what another source only passes on:
/// policies decide by it.
fn may_replace(old: &Attribute, new: &Attribute) -> bool {
    let Some(old) = old.first() else { return true };
    let Some(new) = new.first() else { return false };
    new.provenance.verified
        || !old.provenance.verified
        || new.provenance.source == old.provenance.source
}

/// How often to try when others change the account at the same time.
const ATTEMPTS: u32 = 4;
