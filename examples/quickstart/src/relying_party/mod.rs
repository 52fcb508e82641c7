//! The client's side of OpenID Connect, with the `openidconnect` crate: what the
//! shop and the partner application use, and the walk for its own checks.

mod error;
#[cfg(test)]
mod tests;
mod tokens;

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreResponseType, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse,
};
use openidconnect::{
    AuthenticationContextClass, AuthenticationFlow, AuthorizationCode, Client, ClientId, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, ProviderMetadataWithLogout, RedirectUrl, RefreshToken,
    Scope, StandardErrorResponse,
};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::keys::ClientKey;

pub(crate) use self::error::RelyingPartyError;
pub(crate) use self::tokens::Tokens;
use self::tokens::{AllClaims, TokenAnswer};

/// One client of one provider.
#[derive(Debug)]
pub(crate) struct RelyingParty {
    issuer: String,
    redirect_uri: String,
    key: ClientKey,
    http: reqwest::Client,
    discovered: Mutex<Option<Arc<Discovered>>>,
}

#[derive(Debug)]
struct Discovered {
    at: Instant,
    /// Holds the provider's keys too.
    client: Oidc,
    end_session: Option<Url>,
}

/// A login under way: what has to be compared when the browser comes back.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    /// Where the browser goes.
    pub(crate) url: Url,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// What came back to the redirect URI.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Callback {
    pub(crate) code: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) error: Option<String>,
    pub(crate) error_description: Option<String>,
}

impl RelyingParty {
    pub(crate) fn new(
        issuer: impl Into<String>,
        redirect_uri: impl Into<String>,
        key: ClientKey,
        http: reqwest::Client,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            redirect_uri: redirect_uri.into(),
            key,
            http,
            discovered: Mutex::default(),
        }
    }

    /// Begins a login: code flow with PKCE, `state` and `nonce`. `acr` asks for
    /// a level of assurance, `hint` says who is expected to come back.
    pub(crate) async fn begin(
        &self,
        scopes: &str,
        acr: Option<&str>,
        hint: Option<&str>,
    ) -> Result<Login, RelyingPartyError> {
        let discovered = self.discovered().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = discovered
            .client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .set_pkce_challenge(challenge);
        // `openid` is added by the crate itself.
        for scope in scopes.split_whitespace().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        if let Some(acr) = acr {
            request =
                request.add_auth_context_value(AuthenticationContextClass::new(acr.to_owned()));
        }
        if let Some(hint) = hint {
            request = request.add_extra_param("id_token_hint", hint.to_owned());
        }
        let (url, state, nonce) = request.url();
        Ok(Login {
            url,
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        })
    }

    /// Ends a login: compares `state` and `iss`, redeems the code, and checks the
    /// ID token.
    pub(crate) async fn finish(
        &self,
        login: &Login,
        callback: Callback,
    ) -> Result<Tokens, RelyingPartyError> {
        if callback.state.as_deref() != Some(login.state.as_str()) {
            return Err(RelyingPartyError::Callback("`state` is not the one sent"));
        }
        // RFC 9207 section 2.4: before anything else is believed.
        if callback.iss.as_deref() != Some(self.issuer.as_str()) {
            return Err(RelyingPartyError::Callback("`iss` is not the provider"));
        }
        if let Some(error) = callback.error {
            return Err(RelyingPartyError::Refused {
                error,
                description: callback.error_description,
            });
        }
        let code = callback
            .code
            .ok_or(RelyingPartyError::Callback("there is no `code`"))?;
        self.redeem(code, &login.verifier, &login.nonce).await
    }

    /// Redeems a code.
    pub(crate) async fn redeem(
        &self,
        code: String,
        verifier: &str,
        nonce: &str,
    ) -> Result<Tokens, RelyingPartyError> {
        let discovered = self.discovered().await?;
        let answer = discovered
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(RelyingPartyError::unusable)?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.to_owned()))
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion()?)
            .request_async(&self.sender())
            .await
            .map_err(RelyingPartyError::of_token_request)?;
        let nonce = Nonce::new(nonce.to_owned());
        self.verified(discovered, &answer, Some(&nonce)).await
    }

    /// Trades the refresh token of `before` for new tokens of the same person.
    pub(crate) async fn refresh(&self, before: &Tokens) -> Result<Tokens, RelyingPartyError> {
        let token = before
            .refresh_token
            .clone()
            .ok_or(RelyingPartyError::Callback("there is no refresh token"))?;
        let discovered = self.discovered().await?;
        let answer = discovered
            .client
            .exchange_refresh_token(&RefreshToken::new(token))
            .map_err(RelyingPartyError::unusable)?
            .add_extra_param("client_assertion_type", ASSERTION_TYPE)
            .add_extra_param("client_assertion", self.assertion()?)
            .request_async(&self.sender())
            .await
            .map_err(RelyingPartyError::of_token_request)?;
        self.verified(discovered, &answer, None)
            .await?
            .following(before)
    }

    /// Where the browser goes to sign out (OpenID Connect RP-Initiated Logout 1.0).
    pub(crate) async fn sign_out_url(
        &self,
        id_token: &str,
        return_to: &str,
    ) -> Result<Url, RelyingPartyError> {
        let mut url =
            self.discovered()
                .await?
                .end_session
                .clone()
                .ok_or(RelyingPartyError::Callback(
                    "there is no end_session endpoint",
                ))?;
        url.query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("client_id", self.key.client().as_str())
            .append_pair("post_logout_redirect_uri", return_to);
        Ok(url)
    }

    /// The tokens of an answer. Where the provider has a new key, its keys are loaded
    /// anew, once.
    async fn verified(
        &self,
        discovered: Arc<Discovered>,
        answer: &TokenAnswer,
        nonce: Option<&Nonce>,
    ) -> Result<Tokens, RelyingPartyError> {
        match Tokens::verified(&discovered.client, answer, nonce) {
            Err(RelyingPartyError::UnknownKey) => {
                let is_another = |kept: &Arc<Discovered>| !Arc::ptr_eq(kept, &discovered);
                let newer = self.discovered_where(is_another).await?;
                Tokens::verified(&newer.client, answer, nonce)
            }
            other => other,
        }
    }

    /// What the provider says of itself, from a while ago at most.
    async fn discovered(&self) -> Result<Arc<Discovered>, RelyingPartyError> {
        self.discovered_where(|kept| kept.at.elapsed() < KEPT).await
    }

    /// What is kept, when it will do; otherwise the provider is asked.
    async fn discovered_where(
        &self,
        will_do: impl Fn(&Arc<Discovered>) -> bool,
    ) -> Result<Arc<Discovered>, RelyingPartyError> {
        // Whoever comes while another asks waits for the answer.
        let mut kept = self.discovered.lock().await;
        if let Some(discovered) = kept.as_ref().filter(|kept| will_do(kept)) {
            return Ok(Arc::clone(discovered));
        }
        let discovered = Arc::new(self.discover().await?);
        *kept = Some(Arc::clone(&discovered));
        Ok(discovered)
    }

    async fn discover(&self) -> Result<Discovered, RelyingPartyError> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(RelyingPartyError::unusable)?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &self.sender())
            .await
            .map_err(RelyingPartyError::unusable)?;
        let end_session = metadata
            .additional_metadata()
            .end_session_endpoint
            .as_ref()
            .map(|endpoint| endpoint.url().clone());
        let redirect_uri =
            RedirectUrl::new(self.redirect_uri.clone()).map_err(RelyingPartyError::unusable)?;
        let client_id = ClientId::new(self.key.client().to_string());
        let client =
            Oidc::from_provider_metadata(metadata, client_id, None).set_redirect_uri(redirect_uri);
        Ok(Discovered {
            at: Instant::now(),
            client,
            end_session,
        })
    }

    fn assertion(&self) -> Result<String, RelyingPartyError> {
        self.key
            .assertion(&self.issuer)
            .map_err(RelyingPartyError::unusable)
    }

    /// How the crate reaches the network.
    fn sender(&self) -> impl Fn(HttpRequest) -> Sending + use<> {
        let http = self.http.clone();
        move |request| Box::pin(send(http.clone(), request))
    }
}

/// How long the provider's metadata and keys are believed.
const KEPT: Duration = Duration::from_secs(300);

/// `client_assertion_type` of RFC 7523 section 2.2.
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that knows the provider's metadata.
type Oidc = Client<
    AllClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    TokenAnswer,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

type Sending = std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send>>;

async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(request.try_into()?).await?;
    let mut response = HttpResponse::default();
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    *response.body_mut() = answer.bytes().await?.to_vec();
    Ok(response)
}
