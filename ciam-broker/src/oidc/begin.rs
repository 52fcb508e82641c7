//! The authorization request (OIDC Core 3.1.2.1).

use ciam_core::encoding::b64url_encode;
use ciam_core::outside::random;
use ciam_core::{Secret, Timestamp};
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};

use super::{LoginState, OidcConnector};
use crate::connection::Connection;
use crate::connector::{Begun, ConnectorError, LoginRequest, Next, Transaction};

impl OidcConnector {
    pub(super) async fn begin_login(
        &self,
        connection: &Connection,
        login: &LoginRequest,
        now: Timestamp,
    ) -> Result<Begun, ConnectorError> {
        let metadata = self
            .metadata
            .current(self.http.as_ref(), &connection.issuer, now)
            .await?;
        let state = LoginState {
            nonce: Secret::new(self.draw()),
            // 43 characters, the shortest that RFC 7636 4.1 allows.
            verifier: PkceCodeVerifier::new(self.draw()),
            redirect_uri: login.callback_url.as_str().to_owned(),
            max_age: login.max_age,
            iss_promised: metadata.promises_iss,
        };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&state.verifier);

        let mut url = metadata.authorization_endpoint.clone();
        let mut query = url.query_pairs_mut();
        query
            .append_pair("response_type", "code")
            .append_pair("client_id", connection.client_id.as_str())
            .append_pair("redirect_uri", &state.redirect_uri)
            .append_pair("scope", &connection.scopes_to_ask().to_string())
            .append_pair("state", login.state.expose())
            .append_pair("nonce", state.nonce.expose())
            .append_pair("code_challenge", challenge.as_str())
            .append_pair("code_challenge_method", challenge.method().as_ref());
        let acr_values = connection.upstream_acr_values(&login.acr_values).join(" ");
        let optional = [
            ("acr_values", Some(acr_values)),
            ("max_age", login.max_age.map(|seconds| seconds.to_string())),
            ("login_hint", login.login_hint.clone()),
            ("prompt", login.prompt.clone()),
            ("ui_locales", Some(login.ui_locales.join(" "))),
        ];
        for (name, value) in optional {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.append_pair(name, &value);
            }
        }
        drop(query);
        Ok(Begun {
            transaction: Transaction::begin(connection, login, &state, now)?,
            next: Next::Redirect(url),
        })
    }

    /// 256 random bits, 43 characters.
    pub(super) fn draw(&self) -> String {
        b64url_encode(&random::<32>(self.entropy.as_ref()))
    }
}
