//! A provider in this process: answers requests from a table, and remembers them.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use ciam_core::http_client::{HttpClient, HttpError};
use http::{Request, Response};
use serde_json::Value;

/// Answers by path; a path that is not there cannot be reached.
#[derive(Default)]
pub struct Upstream {
    answers: Mutex<HashMap<String, Answer>>,
    seen: Mutex<Vec<Request<Bytes>>>,
}

#[derive(Clone)]
struct Answer {
    status: u16,
    content_type: &'static str,
    body: String,
}

impl Upstream {
    pub fn answer(&self, path: &str, status: u16, content_type: &'static str, body: String) {
        let answer = Answer {
            status,
            content_type,
            body,
        };
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    pub fn json(&self, path: &str, body: impl Into<Value>) {
        let body: Value = body.into();
        self.answer(path, 200, "application/json", body.to_string());
    }

    pub fn gone(&self, path: &str) {
        self.answers.lock().unwrap().remove(path);
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|one| one.uri().path() == path).count()
    }

    /// The last request to a path.
    pub fn last(&self, path: &str) -> Request<Bytes> {
        let seen = self.seen.lock().unwrap();
        let found = seen.iter().rev().find(|one| one.uri().path() == path);
        found.expect("a request").clone()
    }
}

#[async_trait]
impl HttpClient for Upstream {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let path = request.uri().path().to_owned();
        self.seen.lock().unwrap().push(request);
        let answer = self.answers.lock().unwrap().get(&path).cloned();
        let Some(answer) = answer else {
            return Err(HttpError::Unreachable("no such path".into()));
        };
        Ok(Response::builder()
            .status(answer.status)
            .header("content-type", answer.content_type)
            .body(Bytes::from(answer.body))
            .unwrap())
    }
}
