//! The good requests, and how a step changes them.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method, Request};
use serde_json::{Map, Value, json};
use url::form_urlencoded::Serializer;

use crate::jws::make;
use crate::placeholder::fill;
use crate::row::{Step, Token};
use crate::world::{World, client_id, is_public, key, redirect_uri};

pub(crate) type Values = BTreeMap<String, String>;

/// Parameters in the order they are sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(pub(crate) Vec<(String, String)>);

impl Parameters {
    pub(crate) fn of<K: Into<String>, V: Into<String>>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        Self(
            pairs
                .into_iter()
                .map(|(k, v)| (k.into(), v.into()))
                .collect(),
        )
    }

    pub(crate) fn parse(query: &str) -> Self {
        Self::of(url::form_urlencoded::parse(query.as_bytes()))
    }

    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// As the step says.
    pub(crate) fn changed(mut self, step: &Step, values: &Values) -> Self {
        for (name, value) in &step.set {
            let value = fill(value, values);
            match self.0.iter_mut().find(|(known, _)| known == name) {
                Some((_, old)) => *old = value,
                None => self.0.push((name.clone(), value)),
            }
        }
        self.0.retain(|(name, _)| !step.remove.contains(name));
        for (name, value) in &step.repeat {
            self.0.push((name.clone(), fill(value, values)));
        }
        for index in 0..step.fill {
            self.0.push((format!("x{index}"), String::new()));
        }
        self
    }

    pub(crate) fn encoded(&self) -> String {
        Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
    }
}

/// A good authorization request.
pub(crate) fn authorize(client: &str, scope: &str, values: &Values) -> Parameters {
    let challenge = &values["challenge"];
    Parameters::of([
        ("response_type", "code"),
        ("client_id", &client_id(client)),
        ("redirect_uri", redirect_uri(client)),
        ("scope", scope),
        ("state", "state-af0ifjsldkj"),
        ("nonce", "nonce-n0S6WzA2Mj"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ])
}

/// A good token request, without client authentication.
pub(crate) fn token(client: &str, grant: &str, scope: Option<&str>, values: &Values) -> Parameters {
    let value = |name: &str| values.get(name).cloned().unwrap_or_default();
    match grant {
        "refresh_token" => Parameters::of([
            ("grant_type", grant),
            ("refresh_token", &value("refresh_token")),
        ]),
        "client_credentials" => Parameters::of([
            ("grant_type", grant),
            ("scope", scope.unwrap_or("orders:read")),
        ]),
        _ => Parameters::of([
            ("grant_type", grant),
            ("code", &value("code")),
            ("redirect_uri", redirect_uri(client)),
            ("code_verifier", &value("verifier")),
        ]),
    }
}

/// Adds what shows who the client is.
pub(crate) fn authenticated(
    world: &World,
    client: &str,
    issuer: &str,
    change: &Token,
    values: &Values,
    mut parameters: Parameters,
) -> Parameters {
    if is_public(client) {
        parameters.0.push(("client_id".into(), client_id(client)));
        return parameters;
    }
    parameters.0.extend([
        (
            "client_assertion_type".to_owned(),
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
        ),
        (
            "client_assertion".to_owned(),
            assertion(world, client, issuer, change, values),
        ),
    ]);
    parameters
}

fn assertion(world: &World, client: &str, issuer: &str, change: &Token, values: &Values) -> String {
    let now = world.now();
    let id = client_id(client);
    let claims = json!({
        "iss": id, "sub": id, "aud": issuer, "jti": values["jti"], "iat": now, "exp": now + 60,
    });
    let signer = change.client.as_deref().unwrap_or(client);
    make(
        key(signer),
        key("stranger"),
        members(claims),
        "client-authentication+jwt",
        &filled(change, values),
        now,
    )
}

/// A token that the provider's own key signs, or one that looks like it.
pub(crate) async fn bearer(world: &World, change: &Token, values: &Values) -> String {
    use ciam_core::token::{AccessTokenClaims, IdTokenClaims, TokenIssuer, TokenSpec};
    let now = world.now();
    let mut claims = members(json!({
        "iss": crate::world::ISSUER, "aud": crate::world::ISSUER,
        "sub": world.subject("alice").await, "client_id": client_id("K"),
        "scope": "openid", "jti": values["jti"], "iat": now, "exp": now + 60, "auth_time": now,
    }));
    let change = filled(change, values);
    for (name, value) in &change.claims {
        claims.insert(name.clone(), serde_json::to_value(value).unwrap());
    }
    for (name, seconds) in &change.times {
        claims.insert(name.clone(), json!(now + seconds));
    }
    let own = |claims: Map<String, Value>| Value::Object(claims);
    match change.own.as_deref() {
        Some("access") => {
            let claims: AccessTokenClaims = serde_json::from_value(own(claims)).unwrap();
            world
                .own
                .issue(&world.tenant, TokenSpec::Access(&claims), None)
                .await
                .unwrap()
                .0
        }
        Some("id") => {
            let claims: IdTokenClaims = serde_json::from_value(own(claims)).unwrap();
            world
                .own
                .issue(&world.tenant, TokenSpec::Id(&claims), None)
                .await
                .unwrap()
                .0
        }
        _ => make(key("stranger"), key("K"), claims, "at+jwt", &change, now),
    }
}

/// An `id_token_hint`.
pub(crate) async fn hint(world: &World, change: &Token, values: &Values) -> String {
    if change.own.is_some() {
        let mut change = change.clone();
        change
            .claims
            .entry("aud")
            .or_insert_with(|| client_id("K").into());
        return bearer(world, &change, values).await;
    }
    let now = world.now();
    let claims = members(json!({
        "iss": crate::world::ISSUER, "aud": client_id("K"),
        "sub": world.subject("alice").await, "iat": now, "exp": now + 60, "auth_time": now,
    }));
    make(
        key("stranger"),
        key("K"),
        claims,
        "JWT",
        &filled(change, values),
        now,
    )
}

/// The request itself.
pub(crate) fn build(
    step: &Step,
    values: &Values,
    method: &str,
    url: &str,
    parameters: &Parameters,
    content_type: Option<&str>,
) -> Request<Bytes> {
    let method: Method = step.method.as_deref().unwrap_or(method).parse().unwrap();
    let mut url = url.to_owned();
    let mut body = String::new();
    if method == Method::POST && content_type.is_some() {
        body = parameters.encoded();
    } else if !parameters.0.is_empty() {
        url = format!("{url}?{}", parameters.encoded());
    }
    if let Some(query) = &step.query {
        let sign = if url.contains('?') { '&' } else { '?' };
        url = format!("{url}{sign}{}", fill(query, values));
    }
    if let Some(other) = &step.body {
        body = fill(other, values);
    }
    let mut request = Request::new(Bytes::from(body));
    *request.uri_mut() = url
        .parse()
        .unwrap_or_else(|error| panic!("`{url}`: {error}"));
    *request.method_mut() = method;
    if let Some(kind) = content_type {
        request
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_str(kind).unwrap());
    }
    for (name, value) in &step.headers {
        let name: HeaderName = name.parse().unwrap();
        let value = fill(value, values);
        if value.is_empty() {
            request.headers_mut().remove(name);
        } else {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_str(&value).unwrap());
        }
    }
    request
}

pub(crate) fn with_bearer(request: &mut Request<Bytes>, token: &str) {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    request.headers_mut().entry(AUTHORIZATION).or_insert(value);
}

/// The change with its placeholders filled in.
fn filled(change: &Token, values: &Values) -> Token {
    let mut change = change.clone();
    for (_, value) in change.claims.iter_mut().chain(change.header.iter_mut()) {
        if let toml::Value::String(text) = value {
            *text = fill(text, values);
        }
    }
    change.payload = change.payload.map(|text| fill(&text, values));
    change.header_text = change.header_text.map(|text| fill(&text, values));
    change
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
