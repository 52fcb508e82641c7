//! A small, tolerant reader for the forms of an HTML page.

use url::Url;

/// A form of a page, with what its fields hold.
///
/// ```
/// use ciam_testkit::Form;
///
/// let page = url::Url::parse("https://op.test/interaction/1")?;
/// let html = r#"<form method="post" id="f"><input type=hidden name="csrf" value="a&amp;b">
///     <input name="username"><button id="go">Go</button></form>"#;
/// let forms = Form::read(&page, html);
/// let form = forms.first().unwrap();
/// assert_eq!(form.action, page);
/// assert_eq!(form.value("csrf"), Some("a&b"));
/// assert!(form.has("f") && form.has("go"));
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where it goes.
    pub action: Url,
    /// Whether it is posted, and not sent in the query.
    pub post: bool,
    /// Its fields in the order of the page: name and value. Buttons with a name are among them.
    pub fields: Vec<(String, String)>,
    /// The `id` of the form and of everything inside it.
    pub ids: Vec<String>,
}

impl Form {
    /// The forms of a page.
    #[must_use]
    pub fn read(page: &Url, html: &str) -> Vec<Self> {
        let mut forms = Vec::new();
        let mut open: Option<Self> = None;
        for tag in tags(html) {
            match tag.name.as_str() {
                "form" => {
                    forms.extend(open.take());
                    open = Self::begin(page, &tag);
                }
                "/form" => forms.extend(open.take()),
                _ => {
                    if let Some(form) = &mut open {
                        form.take_up(&tag);
                    }
                }
            }
        }
        forms.extend(open);
        forms
    }

    /// The value of the first field of that name.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(field, _)| field == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether the form, or something in it, has this `id`.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.ids.iter().any(|known| known == id)
    }

    /// The same with a field set; one that is not there is added.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
        self
    }

    /// The same without the fields of that name.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// The fields as `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn encoded(&self) -> String {
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&self.fields)
            .finish()
    }

    fn begin(page: &Url, tag: &Tag) -> Option<Self> {
        let action = match tag.attribute("action") {
            None | Some("") => page.clone(),
            Some(action) => page.join(action).ok()?,
        };
        Some(Self {
            action,
            post: tag
                .attribute("method")
                .is_some_and(|method| method.eq_ignore_ascii_case("post")),
            fields: Vec::new(),
            ids: tag.attribute("id").map(str::to_owned).into_iter().collect(),
        })
    }

    fn take_up(&mut self, tag: &Tag) {
        self.ids.extend(tag.attribute("id").map(str::to_owned));
        if !matches!(tag.name.as_str(), "input" | "button") {
            return;
        }
        let unchecked = matches!(tag.attribute("type"), Some("checkbox" | "radio"))
            && tag.attribute("checked").is_none();
        if let Some(name) = tag.attribute("name").filter(|_| !unchecked) {
            let value = tag.attribute("value").unwrap_or_default();
            self.fields.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// A start tag with its attributes, or an end tag (`/form`).
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

fn tags(html: &str) -> impl Iterator<Item = Tag> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            let (_, after) = rest.split_once('<')?;
            if let Some(comment) = after.strip_prefix("!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let (tag, remaining) = read_tag(after);
            rest = remaining;
            // The text of a style sheet or script is not markup.
            if tag.name == "style" || tag.name == "script" {
                let end = format!("</{}", tag.name);
                rest = rest.split_once(end.as_str()).map_or("", |(_, after)| after);
            }
            return Some(tag);
        }
    })
}

fn read_tag(text: &str) -> (Tag, &str) {
    let end = text
        .find(|c: char| c.is_whitespace() || c == '>')
        .unwrap_or(text.len());
    let (name, mut rest) = text.split_at(end);
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            rest = after;
            break;
        }
        if rest.is_empty() {
            break;
        }
        let (attribute, after) = read_attribute(rest);
        attributes.push(attribute);
        rest = after;
    }
    let name = name.trim_end_matches('/').to_ascii_lowercase();
    (Tag { name, attributes }, rest)
}

fn read_attribute(text: &str) -> ((String, String), &str) {
    let end = text
        .char_indices()
        .skip(1)
        .find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '>' | '/'))
        .map_or(text.len(), |(at, _)| at);
    let (name, rest) = text.split_at(end);
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.trim_start().strip_prefix('=') else {
        return ((name, String::new()), rest);
    };
    let value = value.trim_start();
    let quoted = value
        .strip_prefix('"')
        .map(|inside| (inside, '"'))
        .or_else(|| value.strip_prefix('\'').map(|inside| (inside, '\'')));
    let (value, rest) = match quoted {
        Some((inside, quote)) => inside.split_once(quote).unwrap_or((inside, "")),
        None => value.split_at(
            value
                .find(|c: char| c.is_whitespace() || c == '>')
                .unwrap_or(value.len()),
        ),
    };
    ((name, unescaped(value)), rest)
}

/// The text of an attribute or element, its character references resolved.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let known = after
            .split_once(';')
            .and_then(|(name, after)| Some((reference(name)?, after)));
        match known {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
