//! The shop as a client of the orders API.

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::problem::chain;

/// The orders API.
#[derive(Debug)]
pub(super) struct Api {
    url: String,
    http: reqwest::Client,
}

/// What it answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    /// `WWW-Authenticate`.
    pub(super) challenge: Option<String>,
    pub(super) body: Value,
}

/// An order as the API shows it.
#[derive(Debug, Deserialize)]
pub(super) struct Order {
    pub(super) number: u64,
    pub(super) total_cents: i64,
}

impl Api {
    pub(super) fn new(url: &str, http: reqwest::Client) -> Self {
        Self {
            url: url.to_owned(),
            http,
        }
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> Result<Answer, String> {
        let mut request = self
            .http
            .request(method, format!("{}{path}", self.url))
            .header(AUTHORIZATION, format!("Bearer {token}"));
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.map_err(|error| chain(&error))?;
        let status = response.status();
        let challenge = response
            .headers()
            .get(WWW_AUTHENTICATE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let body = response.bytes().await.map_err(|error| chain(&error))?;
        Ok(Answer {
            status,
            challenge,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}

impl Answer {
    /// The level of assurance that would help (RFC 9470 section 3).
    pub(super) fn wanted_acr(&self) -> Option<&str> {
        let challenge = self.challenge.as_deref()?;
        if !challenge.contains("error=\"insufficient_user_authentication\"") {
            return None;
        }
        let (_, rest) = challenge.split_once("acr_values=\"")?;
        let (values, _) = rest.split_once('"')?;
        values.split(' ').next()
    }

    /// Whether the token is no longer good.
    pub(super) fn is_invalid_token(&self) -> bool {
        self.challenge
            .as_deref()
            .is_some_and(|challenge| challenge.contains("error=\"invalid_token\""))
    }

    /// What the API says to a person.
    pub(super) fn sentence(&self) -> &str {
        self.body
            .get("error_description")
            .and_then(Value::as_str)
            .unwrap_or("the orders API gave no reason")
    }
}
