//! The settings of this moment: one loader for all kinds, which reads again only when
//! something changed.

use std::error::Error;
use std::sync::{Arc, PoisonError, RwLock};

use ciam_broker::{
    DocumentError, Pipelines, PipelinesSettings, ReleaseSettings, SignInSettings, Tokenizer,
    VaultTokenizer,
};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::settings::{Revision, SettingsDocument, SettingsKind};
use ciam_core::{Entropy, Stores};

use crate::acr::AcrLevels;
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
    /// Of the pipelines; 0 while there is no document.
    pub(crate) pipelines_revision: Revision,
    pub(crate) release: Arc<ReleaseSettings>,
    /// Which kinds were loaded once: for those there is a last good document.
    loaded: Vec<SettingsKind>,
}

impl Settings {
    pub(crate) fn new(
        stores: &Stores,
        keys: &Keys,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, DocumentError> {
        let tokenizer: Arc<dyn Tokenizer> = Arc::new(VaultTokenizer::new(
            stores.vault.clone(),
            keys.wrapper.clone(),
            keys.lookup.clone(),
            entropy,
        ));
        let built_in = Snapshot {
            seen: Revision::default(),
            sign_in: Arc::new(SignInSettings::default()),
            pipelines: Arc::new(Pipelines::compile(
                &PipelinesSettings::default(),
                &tokenizer,
            )),
            pipelines_revision: Revision::default(),
            release: Arc::new(ReleaseSettings::parse(BUILT_IN_RELEASE)?),
            loaded: Vec::new(),
        };
        Ok(Self {
            tokenizer,
            current: RwLock::new(Arc::new(built_in)),
        })
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

    /// The pipelines as they were at `revision`: a sign-in ends with those it began with.
    pub(crate) async fn pipelines_at(
        &self,
        inner: &Inner,
        now: &Snapshot,
        revision: Revision,
    ) -> Result<Arc<Pipelines>, Failure> {
        if now.pipelines_revision == revision {
            return Ok(Arc::clone(&now.pipelines));
        }
        let document = if revision == Revision::default() {
            PipelinesSettings::default()
        } else {
            let stored = inner
                .stores
                .settings
                .at(&inner.tenant, SettingsKind::Pipelines, revision)
                .await?
                .ok_or_else(|| Failure::internal("pipelines that were in force are gone"))?;
            PipelinesSettings::parse(&stored.body).map_err(Failure::internal)?
        };
        Ok(Arc::new(Pipelines::compile(&document, &self.tokenizer)))
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
        let Err(error) = self.adopt(&inner.acr, &active, next) else {
            return Ok(());
        };
        let reason = format!(
            "{} revision {}: {}",
            kind.as_str(),
            active.revision.0,
            audit::chain(error.as_ref())
        );
        let event = AuditEvent {
            reason: Some(reason),
            ..audit::event(inner, audit::SETTINGS_REJECTED, Outcome::Failed)
        };
        audit::record(inner, event).await;
        if next.loaded.contains(&kind) {
            return Ok(());
        }
        let past = settings.history(&inner.tenant, kind).await?;
        let good = past
            .iter()
            .any(|document| self.adopt(&inner.acr, document, next).is_ok());
        // What an operator wanted cannot be known: offer and release nothing rather
        // than what is built in.
        match kind {
            SettingsKind::SignIn if !good => {
                next.sign_in = Arc::new(SignInSettings {
                    password: false,
                    connections: Vec::new(),
                });
            }
            SettingsKind::Release if !good => next.release = Arc::default(),
            _ => {}
        }
        Ok(())
    }

    fn adopt(
        &self,
        levels: &AcrLevels,
        document: &SettingsDocument,
        next: &mut Snapshot,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let body = &document.body;
        match document.kind {
            SettingsKind::SignIn => {
                let sign_in = SignInSettings::parse(body)?;
                check_levels(levels, &sign_in)?;
                next.sign_in = Arc::new(sign_in);
            }
            SettingsKind::Pipelines => {
                let settings = PipelinesSettings::parse(body)?;
                next.pipelines = Arc::new(Pipelines::compile(&settings, &self.tokenizer));
                next.pipelines_revision = document.revision;
            }
            SettingsKind::Release => next.release = Arc::new(ReleaseSettings::parse(body)?),
            _ => return Ok(()),
        }
        if !next.loaded.contains(&document.kind) {
            next.loaded.push(document.kind);
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

/// With an `acr_map`, the level of a connection serves for all that the map does not
/// know. So it must be the weakest that the connection gives, or saying nothing would
/// be worth more than saying something.
fn check_levels(levels: &AcrLevels, settings: &SignInSettings) -> Result<(), DocumentError> {
    for (index, connection) in settings.connections.iter().enumerate() {
        let weaker = |level: &String| !levels.reaches(level, &connection.acr);
        if let Some(other) = connection.acr_map.values().find(|level| weaker(level)) {
            return Err(DocumentError::invalid(
                format!("connections[{index}].acr"),
                format!(
                    "with an `acr_map` it must be the weakest level, and `{other}` is not above it"
                ),
            ));
        }
    }
    Ok(())
}

/// The claims of OpenID Connect by scope (OIDC Core section 5.4), until an
/// operator publishes rules.
const BUILT_IN_RELEASE: &str = r#"{"rules": [
    {"scope": "profile", "attributes": [
        {"attribute": "name"}, {"attribute": "given_name"}, {"attribute": "family_name"},
        {"attribute": "middle_name"}, {"attribute": "nickname"},
        {"attribute": "preferred_username"}, {"attribute": "profile"}, {"attribute": "picture"},
        {"attribute": "website"}, {"attribute": "gender"}, {"attribute": "birthdate"},
        {"attribute": "zoneinfo"}, {"attribute": "locale"}]},
    {"scope": "email", "attributes": [{"attribute": "email"}, {"attribute": "email_verified"}]},
    {"scope": "phone", "attributes": [
        {"attribute": "phone_number"}, {"attribute": "phone_number_verified"}]},
    {"scope": "address", "attributes": [{"attribute": "address"}]}
]}"#;
