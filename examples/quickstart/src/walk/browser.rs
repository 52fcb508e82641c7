//! As much of a browser as the demo's pages need: one jar of cookies for all
//! parties, redirects that are followed one by one, and forms. No script runs.

use std::collections::BTreeMap;

use reqwest::header::{
    CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE,
};
use reqwest::{Method, StatusCode};
use url::Url;

/// A browser with its cookies.
#[derive(Debug, Clone)]
pub(crate) struct Browser {
    http: reqwest::Client,
    /// By host, path and name: cookies ignore ports (RFC 6265 section 8.5).
    cookies: BTreeMap<(String, String, String), String>,
    /// Every address that was loaded, in order.
    pub(crate) visited: Vec<Url>,
}

/// What is shown.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) html: String,
    /// What its forms say where they come from.
    origin: String,
}

/// A form of a page, as it would be sent.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    action: Url,
    fields: Vec<(String, String)>,
    origin: String,
}

/// What a form sends.
#[derive(Debug)]
struct Post {
    body: String,
    origin: String,
}

const MOST_REDIRECTS: usize = 15;

impl Browser {
    /// `http` must not follow redirects itself.
    pub(crate) fn new(http: reqwest::Client) -> Self {
        Self {
            http,
            cookies: BTreeMap::new(),
            visited: Vec::new(),
        }
    }

    /// Loads a page and follows where it leads.
    pub(crate) async fn open(&mut self, url: &str) -> Result<Page, String> {
        self.open_until(url, None).await
    }

    /// The same, but stops at a redirect to an address that begins with `until`,
    /// which is not loaded.
    pub(crate) async fn open_until(
        &mut self,
        url: &str,
        until: Option<&str>,
    ) -> Result<Page, String> {
        let url = Url::parse(url).map_err(|_| format!("`{url}` is not an address"))?;
        self.follow(url, None, until).await
    }

    /// Sends a form with these values in place of its own.
    pub(crate) async fn submit(
        &mut self,
        form: &Form,
        values: &[(&str, &str)],
        until: Option<&str>,
    ) -> Result<Page, String> {
        let mut fields: BTreeMap<&str, &str> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        fields.extend(values.iter().copied());
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let origin = form.origin.clone();
        let post = Post { body, origin };
        self.follow(form.action.clone(), Some(post), until).await
    }

    /// Whether the jar has a cookie whose name begins so.
    pub(crate) fn has_cookie(&self, beginning: &str) -> bool {
        self.cookies
            .keys()
            .any(|(_, _, name)| name.starts_with(beginning))
    }

    /// The names of all cookies.
    pub(crate) fn cookie_names(&self) -> Vec<String> {
        self.cookies.keys().map(|(.., name)| name.clone()).collect()
    }

    async fn follow(
        &mut self,
        mut url: Url,
        mut post: Option<Post>,
        until: Option<&str>,
    ) -> Result<Page, String> {
        for _ in 0..MOST_REDIRECTS {
            let (status, headers, html) = self.load(&url, post.take()).await?;
            let origin = origin_of_forms(&url, &headers);
            let location = headers
                .get(LOCATION)
                .filter(|_| status.is_redirection())
                .and_then(|location| location.to_str().ok());
            let Some(location) = location else {
                return Ok(Page {
                    url,
                    status,
                    html,
                    origin,
                });
            };
            url = url
                .join(location)
                .map_err(|_| format!("`{location}` is not an address"))?;
            if until.is_some_and(|until| url.as_str().starts_with(until)) {
                return Ok(Page {
                    url,
                    status,
                    html: String::new(),
                    origin,
                });
            }
        }
        Err(format!("more than {MOST_REDIRECTS} redirects, at {url}"))
    }

    /// One request.
    async fn load(
        &mut self,
        url: &Url,
        post: Option<Post>,
    ) -> Result<(StatusCode, HeaderMap, String), String> {
        self.visited.push(url.clone());
        let request = match post {
            None => self.http.request(Method::GET, url.clone()),
            Some(Post { body, origin }) => self
                .http
                .request(Method::POST, url.clone())
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(ORIGIN, origin)
                .body(body),
        };
        let cookies = self.cookies_for(url);
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(COOKIE, cookies)
        };
        let failed = |error: reqwest::Error| format!("{url} does not answer: {error}");
        let answer = request.send().await.map_err(failed)?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            self.remember(url, cookie.to_str().unwrap_or_default());
        }
        let status = answer.status();
        let headers = answer.headers().clone();
        let html = answer.text().await.map_err(failed)?;
        Ok((status, headers, html))
    }

    fn cookies_for(&self, url: &Url) -> String {
        let host = url.host_str().unwrap_or_default();
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .filter(|((of, path, _), _)| of == host && url.path().starts_with(path.as_str()))
            .map(|((_, _, name), value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    }

    fn remember(&mut self, url: &Url, cookie: &str) {
        let mut parts = cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let mut path = "/".to_owned();
        let mut gone = false;
        for attribute in parts {
            let (key, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match key.to_ascii_lowercase().as_str() {
                "path" if value.starts_with('/') => path = value.to_owned(),
                "max-age" => gone = value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                _ => {}
            }
        }
        let host = url.host_str().unwrap_or_default().to_owned();
        let key = (host, path, name.to_owned());
        if gone {
            self.cookies.remove(&key);
        } else {
            self.cookies.insert(key, value.to_owned());
        }
    }
}

impl Page {
    /// The form that has a field of this name, and of this value where one is given.
    pub(crate) fn form_with(&self, name: &str, value: Option<&str>) -> Result<Form, String> {
        self.forms()
            .into_iter()
            .find(|form| {
                form.fields.iter().any(|(field, content)| {
                    field == name && value.is_none_or(|value| content == value)
                })
            })
            .ok_or_else(|| {
                let value = value.unwrap_or_default();
                format!("there is no form with `{name}` {value}: {}", self.shown())
            })
    }

    /// The form that goes to this path.
    pub(crate) fn form(&self, path: &str) -> Option<Form> {
        self.forms()
            .into_iter()
            .find(|form| form.action.path() == path)
    }

    /// Whether a form has a field of this name and value.
    pub(crate) fn has_form_with(&self, name: &str, value: &str) -> bool {
        self.form_with(name, Some(value)).is_ok()
    }

    /// The text of the element with this id.
    pub(crate) fn text_of(&self, id: &str) -> Result<String, String> {
        let mark = format!("id=\"{id}\"");
        let missing = || format!("nothing is called `{id}`: {}", self.shown());
        let (_, rest) = self.html.split_once(&mark).ok_or_else(missing)?;
        let (_, rest) = rest.split_once('>').ok_or_else(missing)?;
        // Up to the end of its block; inner elements are small.
        let end = [
            "</p>",
            "</code>",
            "</pre>",
            "</a>",
            "</tbody>",
            "</h1>",
            "</strong>",
        ]
        .iter()
        .filter_map(|end| rest.find(end))
        .min()
        .unwrap_or(rest.len());
        Ok(unescape(&without_tags(rest.get(..end).unwrap_or(rest))))
    }

    /// Makes its forms say that they come from there.
    pub(crate) fn set_origin(&mut self, origin: &str) {
        origin.clone_into(&mut self.origin);
    }

    /// The address of the link with this id.
    pub(crate) fn link(&self, id: &str) -> Result<String, String> {
        let mark = format!("id=\"{id}\"");
        let missing = || format!("there is no link `{id}`: {}", self.shown());
        let tag = self
            .html
            .split('<')
            .find(|tag| tag.contains(&mark))
            .ok_or_else(missing)?;
        let href = attribute(tag, "href").ok_or_else(missing)?;
        self.url
            .join(&href)
            .map(|url| url.to_string())
            .map_err(|_| format!("`{href}` is not an address"))
    }

    /// The value of a parameter of the address.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.url
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// What a person would read, for messages.
    pub(crate) fn shown(&self) -> String {
        let body = self
            .html
            .split_once("<body")
            .map_or(self.html.as_str(), |(_, body)| body);
        let text = unescape(&without_tags(body));
        let words: Vec<&str> = text.split_whitespace().collect();
        let short: String = words.join(" ").chars().take(300).collect();
        format!("{} {}: {short}", self.status.as_u16(), self.url.path())
    }

    fn forms(&self) -> Vec<Form> {
        self.html
            .split("<form")
            .skip(1)
            .filter_map(|rest| {
                let (tag, rest) = rest.split_once('>')?;
                let (content, _) = rest.split_once("</form>")?;
                let action = attribute(tag, "action").unwrap_or_default();
                let fields = content
                    .split("<input")
                    .skip(1)
                    .filter_map(|input| {
                        let (input, _) = input.split_once('>')?;
                        let name = attribute(input, "name")?;
                        Some((name, attribute(input, "value").unwrap_or_default()))
                    })
                    .collect();
                Some(Form {
                    action: self.url.join(&action).ok()?,
                    fields,
                    origin: self.origin.clone(),
                })
            })
            .collect()
    }
}

/// The `Origin` of what a page posts: nothing to compare with when the page
/// hides where it is, as browsers do it (Fetch section 3.2).
fn origin_of_forms(url: &Url, headers: &HeaderMap) -> String {
    match headers.get(REFERRER_POLICY) {
        Some(policy) if policy == "no-referrer" => "null".to_owned(),
        _ => url.origin().ascii_serialization(),
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(unescape(value))
}

fn without_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = html.starts_with(' ');
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                text.push(' ');
            }
            other if !inside => text.push(other),
            _ => {}
        }
    }
    text.trim().to_owned()
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&#x2f;", "/")
        .replace("&#x2F;", "/")
        .replace("&amp;", "&")
}
