//! People: making accounts and reading what is known about them.

mod linked;
mod sealed;

use std::sync::Arc;

use ciam_core::account::{Account, AccountStatus, Credential, Link};
use ciam_core::{Attributes, ConnectionId, Profile, Secret, StoreError, SubjectId};

pub(crate) use self::linked::{Lookup, Terms, look_up};

pub(crate) use self::sealed::{cost_of_nobody, open_credential};

use crate::authenticator::{EnrollError, Password};
use crate::failure::Failure;
use crate::provider::Inner;

/// The accounts of a provider: what an application needs to bring its people in.
///
/// ```
/// # async fn example(provider: ciam_idp::Provider) -> Result<(), Box<dyn std::error::Error>> {
/// use ciam_core::Secret;
/// use ciam_idp::NewAccount;
///
/// let alice = NewAccount {
///     identifiers: vec!["alice@example.com".to_owned()],
///     password: Some(Secret::new("correct horse".to_owned())),
///     ..NewAccount::default()
/// };
/// let subject = provider.accounts().create(alice).await?;
/// # let _ = subject;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Accounts {
    inner: Arc<Inner>,
}

/// A person to make an account for.
#[derive(Clone, Default)]
pub struct NewAccount {
    /// What they can type to say who they are: a user name, a mail address. Stored
    /// as keyed digests only; put it into an attribute too if it has to be shown.
    pub identifiers: Vec<String>,
    /// Their password, 8 to 128 characters.
    pub password: Option<Secret<String>>,
    /// What is known about them; sealed in the store.
    pub attributes: Attributes,
    /// Identities at other providers that lead to this account.
    pub links: Vec<NewLink>,
}

/// An identity at another provider.
#[derive(Clone, PartialEq, Eq)]
pub struct NewLink {
    /// The connection through which it signs in.
    pub connection: ConnectionId,
    /// The other provider's issuer identifier.
    pub issuer: String,
    /// The person's `sub` there.
    pub subject: String,
}

/// Why an account could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// An identifier or a link leads to another account already.
    #[error("an identifier or a link is taken")]
    Taken,
    /// The password may not be used.
    #[error("the password cannot be used")]
    Password(#[source] EnrollError),
    /// Passwords are given, and no authenticator takes them.
    #[error("this provider has no password authenticator")]
    NoPasswords,
    /// Store, keys or hashing did not work; the cause says whether to try again.
    #[error("the account cannot be reached")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Accounts {
    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`AccountError::Taken`] when an identifier or link belongs to somebody,
    /// [`AccountError::Password`] when the password breaks the rules.
    pub async fn create(&self, new: NewAccount) -> Result<SubjectId, AccountError> {
        let inner = self.inner.as_ref();
        let subject = SubjectId::generate(inner.entropy.as_ref());
        let credentials = match &new.password {
            Some(password) => vec![self.password_credential(&subject, password).await?],
            None => Vec::new(),
        };
        let now = inner.now();
        let profile = Profile {
            attributes: new.attributes,
        };
        let link = |link: NewLink| Link {
            digest: inner
                .keys
                .lookup
                .link(&inner.tenant, &link.issuer, &link.subject),
            connection: link.connection,
            linked_at: now,
        };
        let identifier = |typed: &String| inner.keys.lookup.identifier(&inner.tenant, typed);
        let account = Account {
            subject,
            status: AccountStatus::Active,
            version: 0,
            created_at: now,
            identifiers: new.identifiers.iter().map(identifier).collect(),
            sealed_profile: sealed::seal(inner, &subject, &profile).await?,
            credentials,
            links: new.links.into_iter().map(link).collect(),
        };
        match inner.stores.accounts.create(&inner.tenant, account).await {
            Ok(()) => Ok(subject),
            Err(StoreError::Conflict) => Err(AccountError::Taken),
            Err(error) => Err(AccountError::Failed(error.into())),
        }
    }

    /// The subject that an identifier leads to.
    ///
    /// # Errors
    /// [`AccountError::Failed`].
    pub async fn find(&self, identifier: &str) -> Result<Option<SubjectId>, AccountError> {
        let inner = self.inner.as_ref();
        let digest = inner.keys.lookup.identifier(&inner.tenant, identifier);
        let found = inner
            .stores
            .accounts
            .find_by_identifier(&inner.tenant, &digest)
            .await
            .map_err(|error| AccountError::Failed(error.into()))?;
        Ok(found.map(|account| account.subject))
    }

    /// What is known about a subject; none when there is no such account.
    ///
    /// # Errors
    /// [`AccountError::Failed`].
    pub async fn profile(&self, subject: &SubjectId) -> Result<Option<Profile>, AccountError> {
        let inner = self.inner.as_ref();
        let found = inner
            .stores
            .accounts
            .find(&inner.tenant, subject)
            .await
            .map_err(|error| AccountError::Failed(error.into()))?;
        match found {
            Some(account) => Ok(Some(sealed::open(inner, &account).await?)),
            None => Ok(None),
        }
    }

    async fn password_credential(
        &self,
        subject: &SubjectId,
        password: &Secret<String>,
    ) -> Result<Credential, AccountError> {
        let authenticator = self
            .inner
            .authenticator(Password::KIND)
            .ok_or(AccountError::NoPasswords)?;
        let data = authenticator
            .enroll(password)
            .await
            .map_err(AccountError::Password)?;
        let plain = Credential {
            kind: Password::KIND.to_owned(),
            version: 0,
            data,
        };
        Ok(sealed::seal_credential(&self.inner, subject, plain).await?)
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accounts")
            .field("tenant", &self.inner.tenant)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Names of people are personal; how many there are says enough.
        f.debug_struct("NewAccount")
            .field("identifiers", &self.identifiers.len())
            .field("password", &self.password.is_some())
            .field("attributes", &self.attributes)
            .field("links", &self.links)
            .finish()
    }
}

impl std::fmt::Debug for NewLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewLink")
            .field("connection", &self.connection)
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

impl From<Failure> for AccountError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

/// The account with its profile; only of a person who may sign in.
pub(crate) async fn load(
    inner: &Inner,
    subject: &SubjectId,
) -> Result<Option<(Account, Profile)>, Failure> {
    let found = inner.stores.accounts.find(&inner.tenant, subject).await?;
    match found.filter(is_active) {
        Some(account) => {
            let profile = sealed::open(inner, &account).await?;
            Ok(Some((account, profile)))
        }
        None => Ok(None),
    }
}

/// Whether the person may sign in.
pub(crate) fn is_active(account: &Account) -> bool {
    account.status == AccountStatus::Active
}
