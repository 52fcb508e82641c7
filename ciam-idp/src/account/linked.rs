//! Signing in with an identity of another provider.

use ciam_broker::VerifiedIdentity;
use ciam_core::account::{Account, AccountStatus, Link};
use ciam_core::store::Created;
use ciam_core::{Attribute, Attributes, Profile, StoreError, SubjectId, Timestamp};

use super::{is_active, sealed};
use crate::failure::Failure;
use crate::provider::Inner;

/// Whom a verified identity may lead to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    /// The only subject that will do, when this is a step-up.
    pub(crate) must_be: Option<SubjectId>,
    /// Whether somebody unknown gets an account.
    pub(crate) create: bool,
}

/// Where an external identity leads. Nothing is stored to find that out.
#[derive(Debug)]
pub(crate) enum Lookup {
    /// To an account, or to a new one.
    Place(Place),
    /// To an account that may not sign in.
    NotActive,
    /// To nobody, and no account is to be made.
    Unknown,
    /// To somebody else than the one who has to confirm.
    SomebodyElse,
}

/// The account of an external identity, or the right to have one.
#[derive(Debug)]
pub(crate) struct Place {
    link: Link,
    account: Option<Account>,
}

/// Finds the account that the identity is linked to. It is never found by a mail
/// address: only by issuer and subject, since the same `sub` from two issuers is
/// two people (OIDC Core section 5.7).
pub(crate) async fn look_up(
    inner: &Inner,
    identity: &VerifiedIdentity<'_>,
    terms: Terms,
    now: Timestamp,
) -> Result<Lookup, Failure> {
    let link = identity.link(&inner.keys.lookup, &inner.tenant, now);
    let accounts = &inner.stores.accounts;
    let account = accounts.find_by_link(&inner.tenant, &link.digest).await?;
    // A step-up makes no account and changes none.
    let is_them = |wanted| {
        account
            .as_ref()
            .is_some_and(|account| account.subject == wanted)
    };
    if terms.must_be.is_some_and(|wanted| !is_them(wanted)) {
        return Ok(Lookup::SomebodyElse);
    }
    Ok(match account {
        None if !terms.create => Lookup::Unknown,
        Some(account) if !is_active(&account) => Lookup::NotActive,
        account => Lookup::Place(Place { link, account }),
    })
}

impl Place {
    /// Makes the account if there is none, and takes over what the other provider
    /// said. `None` when the account may not sign in any more.
    pub(crate) async fn sign_in(
        self,
        inner: &Inner,
        attributes: Attributes,
        now: Timestamp,
    ) -> Result<Option<SubjectId>, Failure> {
        let account = match self.account {
            Some(account) => account,
            None => match create(inner, self.link, &attributes, now).await? {
                Ok(subject) => return Ok(Some(subject)),
                Err(existing) if !is_active(&existing) => return Ok(None),
                Err(existing) => existing,
            },
        };
        let subject = account.subject;
        take_over(inner, account, &attributes).await?;
        // Whoever was locked meanwhile does not get in.
        let accounts = &inner.stores.accounts;
        let now = accounts.find(&inner.tenant, &subject).await?;
        Ok(now.filter(is_active).map(|account| account.subject))
    }
}

/// The new account's subject, or the account that a concurrent callback made.
async fn create(
    inner: &Inner,
    link: Link,
    attributes: &Attributes,
    now: Timestamp,
) -> Result<Result<SubjectId, Account>, Failure> {
    let subject = SubjectId::generate(inner.entropy.as_ref());
    let profile = Profile {
        attributes: attributes.clone(),
    };
    let account = Account {
        subject,
        status: AccountStatus::Active,
        version: 0,
        created_at: now,
        identifiers: Vec::new(),
        sealed_profile: sealed::seal(inner, &subject, &profile).await?,
        credentials: Vec::new(),
        links: vec![link],
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

/// What a source vouches for is replaced only by what a source vouches for: policies
/// decide by it. A source may take back what it said itself.
fn may_replace(old: &Attribute, new: &Attribute) -> bool {
    let (Some(before), Some(after)) = (old.first(), new.first()) else {
        return !new.values.is_empty();
    };
    new.is_verified()
        || !old.values.iter().any(|value| value.provenance.verified)
        || after.provenance.source == before.provenance.source
}

/// How often to try when others change the account at the same time.
const ATTEMPTS: u32 = 4;
