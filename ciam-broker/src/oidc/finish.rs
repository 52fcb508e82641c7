//! The callback, in this order: `state`, connection and `iss` (done when it was
//! accepted), `iss` promised, `error`, code, ID token, `auth_time`, userinfo.

use std::time::Duration;

use ciam_core::Timestamp;
use ciam_tokens::profile::id_token::VerifiedIdToken;

use super::attributes::take_over;
use super::{LoginState, OidcConnector};
use crate::connection::Connection;
use crate::connector::{AcceptedCallback, Answer, ConnectorError, Rejection, UpstreamError};
use crate::identity::UpstreamIdentity;
use crate::verified;

impl OidcConnector {
    pub(super) async fn finish_login(
        &self,
        connection: &Connection,
        accepted: AcceptedCallback,
        now: Timestamp,
    ) -> Result<UpstreamIdentity, ConnectorError> {
        let started_at = accepted.started_at();
        let (state, callback) = accepted.into_parts::<LoginState>()?;
        // Before any request: to whom would the code go (RFC 9207 2.4)?
        if state.iss_promised && callback.iss().is_none() {
            return Err(Rejection::Issuer.into());
        }
        let code = match callback.into_answer() {
            Answer::Code(code) => code,
            Answer::Error(code) => return Err(ConnectorError::Upstream(UpstreamError::of(&code))),
        };
        let metadata = self
            .metadata
            .current(self.http.as_ref(), &connection.issuer, now)
            .await?;
        let tokens = self
            .redeem(connection, &metadata, &state, &code, now)
            .await?;
        let token = self
            .verify(connection, &metadata, &state, &tokens, now)
            .await?;
        check_auth_time(&token, state.max_age, started_at, now)?;

        let mut claims = token.claims;
        if connection.userinfo {
            let more = self.userinfo(&metadata, &tokens, &token.subject).await?;
            // What was signed counts more.
            verified::add(&mut claims, more);
        }
        Ok(UpstreamIdentity {
            issuer: connection.issuer.as_str().to_owned(),
            subject: token.subject,
            acr: connection.acr_of(token.acr.as_deref()).to_owned(),
            amr: connection.amr_of(token.amr),
            auth_time: token.auth_time,
            attributes: take_over(connection, &claims, now),
        })
    }
}

/// OIDC Core 3.1.3.7, 12: who asked with `max_age` gets `auth_time` and checks it.
/// The age counts to the moment of asking: how long the person then took is not
/// the point. Nobody was authenticated in the future.
fn check_auth_time(
    token: &VerifiedIdToken,
    max_age: Option<u64>,
    started_at: Timestamp,
    now: Timestamp,
) -> Result<(), Rejection> {
    let good = match (token.auth_time, max_age) {
        (Some(at), _) if at > now + SKEW => false,
        (Some(at), Some(max_age)) => {
            started_at.since(at) <= Duration::from_secs(max_age).saturating_add(SKEW)
        }
        (None, Some(_)) => false,
        (_, None) => true,
    };
    good.then_some(()).ok_or(Rejection::AuthTime)
}

/// How far two clocks may be apart.
const SKEW: Duration = Duration::from_secs(60);
