//! Sessions of people with the provider.

use ciam_core::session::{Session, SessionSelector};
use ciam_core::store::RevokeSelector;
use ciam_core::{SessionId, StoreError, SubjectId, Timestamp};
use http::HeaderMap;

use crate::browser::{Cookie, CookieValue};
use crate::provider::Inner;

/// What a sign-in proved.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) subject: SubjectId,
    pub(crate) acr: String,
    pub(crate) amr: Vec<String>,
    /// The connection they came through; none for a local method.
    pub(crate) connection: Option<String>,
    /// When they proved it: now, or earlier at another provider.
    pub(crate) auth_time: Timestamp,
}

/// The live session of the browser, if there is one. Being seen keeps it from
/// going idle.
pub(crate) async fn load(
    inner: &Inner,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let Some(cookie) = CookieValue::sent(inner, Cookie::Session, headers) else {
        return Ok(None);
    };
    let key = cookie.session_key();
    let sessions = &inner.stores.sessions;
    let Some(mut session) = sessions.session(&inner.tenant, &key, now).await? else {
        return Ok(None);
    };
    let idle = inner.lifetimes.session_idle;
    let next = (now + idle).min(session.expires_at);
    // Once per twelfth of the idle time, so that reading pages does not write.
    if next.since(session.idle_until) > idle / 12 {
        let mut seen = session.clone();
        seen.idle_until = next;
        if sessions
            .update_session(&inner.tenant, &key, seen.clone(), now)
            .await?
        {
            seen.version = seen.version.saturating_add(1);
            session = seen;
        }
    }
    Ok(Some(session))
}

/// Begins a session under a new cookie and forgets the one the browser had, so that
/// a cookie known before a sign-in is worth nothing after it. When the same person
/// signs in again the public name (`sid`) stays, because grants hang on it; when it
/// is another, the old session ends with all that was granted in it.
pub(crate) async fn begin(
    inner: &Inner,
    headers: &HeaderMap,
    signed_in: SignedIn,
    now: Timestamp,
) -> Result<(Session, CookieValue), StoreError> {
    let old_cookie = CookieValue::sent(inner, Cookie::Session, headers);
    let old_key = old_cookie.as_ref().map(CookieValue::session_key);
    let old = match &old_key {
        Some(key) => {
            inner
                .stores
                .sessions
                .session(&inner.tenant, key, now)
                .await?
        }
        None => None,
    };
    let same = old.as_ref().filter(|old| old.subject == signed_in.subject);
    let id = same.map_or_else(|| SessionId::generate(inner.entropy.as_ref()), |old| old.id);
    let expires_at = now + inner.lifetimes.session;
    let session = Session {
        id,
        subject: signed_in.subject,
        auth_time: signed_in.auth_time,
        acr: signed_in.acr,
        amr: signed_in.amr,
        connection: signed_in.connection,
        created_at: now,
        expires_at,
        idle_until: (now + inner.lifetimes.session_idle).min(expires_at),
        version: 0,
    };
    if let Some(other) = old.as_ref().filter(|old| old.id != id) {
        end(inner, other, now).await?;
    }
    let cookie = CookieValue::generate(inner);
    inner
        .stores
        .sessions
        .begin(
            &inner.tenant,
            cookie.session_key(),
            session.clone(),
            old_key,
        )
        .await?;
    Ok((session, cookie))
}

/// Ends a session and revokes what was granted in it (not what was granted for the
/// time the person is away, `offline_access`).
pub(crate) async fn end(
    inner: &Inner,
    session: &Session,
    now: Timestamp,
) -> Result<(), StoreError> {
    // Grants first: if the second step fails, the person is still signed in and
    // can repeat it. And once more after it, for a code issued in between: see
    // `response::code`, which looks at the session after it stored the code.
    let grants = RevokeSelector::Session(session.id);
    let (state, sessions) = (&inner.stores.state, &inner.stores.sessions);
    state.revoke(&inner.tenant, &grants, now).await?;
    sessions
        .end(&inner.tenant, &SessionSelector::Session(session.id))
        .await?;
    state.revoke(&inner.tenant, &grants, now).await?;
    Ok(())
}

/// Whether the session with this name is still live.
pub(crate) async fn is_live(
    inner: &Inner,
    subject: &SubjectId,
    id: SessionId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let live = inner
        .stores
        .sessions
        .sessions(&inner.tenant, subject, now)
        .await?;
    Ok(live.iter().any(|session| session.id == id))
}
