//! The sign-in settings of this moment, with their pipelines, read again only when something changed.

use std::sync::{Arc, PoisonError, RwLock};

use ciam_broker::{
    DocumentError, Pipelines, PipelinesSettings, SignInSettings, Tokenizer, VaultTokenizer,
};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::settings::{Revision, SettingsKind};
use ciam_core::{Entropy, Stores};

use crate::audit;
use crate::failure::Failure;
use crate::keys::Keys;
use crate::provider::Inner;

/// The settings in force, and the last good ones of each kind.
pub(crate) struct Settings {
    tokenizer: Arc<dyn Tokenizer>,
    current: RwLock<Arc<Snapshot>>,
}

/// All documents as of one revision.
#[derive(Clone)]
pub(crate) struct Snapshot {
    /// Up to which revision the store was looked at.
    seen: Revision,
    pub(crate) sign_in: Arc<SignInSettings>,
    pub(crate) pipelines: Arc<Pipelines>,
    /// Which kinds were loaded once: for those there is a last good document.
    loaded: Vec<SettingsKind>,
}

impl Settings {
    pub(crate) fn new(stores: &Stores, keys: &Keys, entropy: Arc<dyn Entropy>) -> Self {
        let tokenizer: Arc<dyn Tokenizer> = Arc::new(VaultTokenizer::new(
            stores.vault.clone(),
            keys.wrapper.clone(),
            keys.lookup.clone(),
            entropy,
        ));
        let nothing = Snapshot {
            seen: Revision::default(),
            sign_in: Arc::new(SignInSettings::default()),
            pipelines: Arc::new(Pipelines::compile(
                &PipelinesSettings::default(),
                &tokenizer,
            )),
            loaded: Vec::new(),
        };
        Self {
            tokenizer,
            current: RwLock::new(Arc::new(nothing)),
        }
    }

    /// The settings of this moment: one indexed read, and more only after a change.
    pub(crate) async fn now(&self, inner: &Inner) -> Result<Arc<Snapshot>, Failure> {
        let known = self.known();
        let settings = &inner.stores.settings;
        let changed = settings.changed_since(&inner.tenant, known.seen).await?;
        let Some(seen) = changed.iter().map(|(_, revision)| *revision).max() else {
            return Ok(known);
        };
        let mut next = Snapshot::clone(&known);
        next.seen = seen;
        for (kind, _) in changed {
            self.reload(inner, kind, &mut next).await?;
        }
        let next = Arc::new(next);
        self.keep(&next);
        Ok(next)
    }

    /// Takes over the active document of a kind. A bad one is recorded and the last
    /// good one stays; when this process has none yet, the newest good one of the
    /// past is taken.
    async fn reload(
        &self,
        inner: &Inner,
        kind: SettingsKind,
        next: &mut Snapshot,
    ) -> Result<(), Failure> {
        let settings = &inner.stores.settings;
        let Some(active) = settings.active(&inner.tenant, kind).await? else {
            return Ok(());
        };
        let Err(error) = self.adopt(kind, &active.body, next) else {
            return Ok(());
        };
        let reason = format!(
            "{} revision {}: {}",
            kind.as_str(),
            active.revision.0,
            audit::chain(&error)
        );
        let event = AuditEvent {
            reason: Some(reason),
            ..audit::event(inner, "settings.rejected", Outcome::Failed)
        };
        audit::record(inner, event).await;
        if next.loaded.contains(&kind) {
            return Ok(());
        }
        let past = settings.history(&inner.tenant, kind).await?;
        let good = past
            .iter()
            .any(|document| self.adopt(kind, &document.body, next).is_ok());
        // What an operator wanted cannot be known: offer nothing rather than the default.
        if !good && kind == SettingsKind::SignIn {
            next.sign_in = Arc::new(SignInSettings {
                password: false,
                connections: Vec::new(),
            });
        }
        Ok(())
    }

    fn adopt(
        &self,
        kind: SettingsKind,
        body: &str,
        next: &mut Snapshot,
    ) -> Result<(), DocumentError> {
        match kind {
            SettingsKind::SignIn => next.sign_in = Arc::new(SignInSettings::parse(body)?),
            SettingsKind::Pipelines => {
                let document = PipelinesSettings::parse(body)?;
                next.pipelines = Arc::new(Pipelines::compile(&document, &self.tokenizer));
            }
            _ => return Ok(()),
        }
        if !next.loaded.contains(&kind) {
            next.loaded.push(kind);
        }
        Ok(())
    }

    fn known(&self) -> Arc<Snapshot> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current)
    }

    /// Of concurrent reloads the newest stays.
    fn keep(&self, next: &Arc<Snapshot>) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.seen < next.seen {
            *current = Arc::clone(next);
        }
    }
}
