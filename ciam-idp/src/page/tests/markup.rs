//! The markup itself.

use std::collections::HashSet;

use super::*;

/// The start tags of a page as name and attributes. Enough of a parser, because
/// escaping leaves no bracket and no quote in a value; the style is cut out.
fn tags(html: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut html = html.to_owned();
    while let Some(start) = html.find("<style>") {
        let end = html.find("</style>").unwrap();
        html.replace_range(start..end + "</style>".len(), "");
    }
    html.split('<')
        .skip(1)
        .filter(|tag| !tag.starts_with(['/', '!']))
        .map(|tag| {
            let tag = tag.split('>').next().unwrap();
            let (name, rest) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
            (name.to_owned(), attributes(rest))
        })
        .collect()
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start_matches([' ', '\n', '/']);
        let end = rest.find(['=', ' ', '\n']).unwrap_or(rest.len());
        if end == 0 {
            return found;
        }
        let name = rest[..end].to_owned();
        rest = &rest[end..];
        let mut value = String::new();
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let (inner, after) = quoted.split_once('"').unwrap();
            value = inner.to_owned();
            rest = after;
        } else {
            assert!(!rest.starts_with('='), "unquoted value of `{name}`");
        }
        found.push((name, value));
    }
}

fn value<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.as_str())
}

#[test]
fn every_text_is_escaped() {
    for (template, html) in all() {
        assert!(!html.contains("<script"), "{template}: {html}");
        assert!(!html.contains("\"' onload"), "{template}");
    }
    let pages = Pages::new().unwrap();
    for page in &nasty_pages() {
        let html = text(&pages.render(page, &Brand::new("Example"), &Delivery::default()));
        let expected = match page {
            Page::SignIn(_) => 19,
            Page::Consent(_) => 9,
            Page::Failure(_) => 5,
            Page::Refused(_) => 6,
            Page::SignOut(_) => 10,
            _ => 0,
        };
        assert_eq!(
            html.matches(ESCAPED).count(),
            expected,
            "{}: a text is missing",
            page.template()
        );
    }
    let brand = text(&pages.render(&nasty_pages()[5], &nasty_brand(), &Delivery::default()));
    assert_eq!(brand.matches(ESCAPED).count(), 3);
}

#[test]
fn no_script_no_handler_no_inline_style_no_external_resource() {
    let forbidden = [
        "script", "link", "img", "iframe", "object", "embed", "base", "video", "audio", "image",
    ];
    for (template, html) in all() {
        for (tag, attributes) in tags(&html) {
            assert!(!forbidden.contains(&tag.as_str()), "{template}: <{tag}>");
            for (name, _) in attributes {
                assert!(!name.starts_with("on"), "{template}: {name}");
                assert!(!matches!(name.as_str(), "style" | "src" | "srcset"));
            }
        }
        assert!(!html.contains("url("), "{template}");
        assert!(!html.contains("@import"), "{template}");
    }
}

#[test]
fn every_form_posts_with_csrf_and_a_known_choice() {
    for (template, html) in all() {
        let mut forms = 0;
        for form in html.split("<form").skip(1) {
            let form = format!("<form{}", form.split("</form>").next().unwrap());
            let tags = tags(&form);
            assert_eq!(value(&tags[0].1, "method"), Some("post"), "{template}");
            assert!(value(&tags[0].1, "action").is_some(), "{template}");
            let hidden = |wanted: &str| {
                tags.iter()
                    .find(|(_, attributes)| value(attributes, "name") == Some(wanted))
                    .and_then(|(_, attributes)| value(attributes, "value"))
                    .unwrap_or_else(|| panic!("{template}: no field `{wanted}`"))
            };
            assert!(!hidden("csrf").is_empty());
            assert!(Choice::parse(hidden(Choice::FIELD)).is_some(), "{template}");
            forms += 1;
        }
        assert_eq!(forms, html.matches("<button").count(), "{template}");
    }
}

#[test]
fn every_page_has_language_viewport_one_heading_and_distinct_ids() {
    for (template, html) in all() {
        let tags = tags(&html);
        let count = |wanted: &str| tags.iter().filter(|(tag, _)| tag == wanted).count();
        assert_eq!(count("h1"), 1, "{template}");
        assert_eq!(count("main"), 1, "{template}");
        assert!(html.contains("<html lang=\"en\">"), "{template}");
        assert!(html.contains("name=\"viewport\""), "{template}");
        let mut ids = HashSet::new();
        for id in tags.iter().filter_map(|(_, it)| value(it, "id")) {
            assert!(
                ids.insert(id) || id.starts_with("option-&lt;"),
                "{template}: {id} twice"
            );
        }
        for (tag, attributes) in &tags {
            for reference in ["aria-describedby", "aria-labelledby", "for"] {
                if let Some(id) = value(attributes, reference) {
                    assert!(ids.contains(id), "{template}: <{tag} {reference}={id}>");
                }
            }
        }
    }
}

#[test]
fn automation_finds_its_ids() {
    let samples = sample::pages();
    let pages = Pages::new().unwrap();
    let expected: [(usize, &[&str]); 6] = [
        (
            0,
            &[
                "username",
                "password",
                "submit-password",
                "option-demo-bank",
                "option-demo-social",
                "cancel",
                "error",
                "reason",
            ],
        ),
        (1, &["no-options"]),
        (2, &["consent-allow", "consent-cancel", "client-name"]),
        (4, &["correlation", "sentence", "what-to-do"]),
        (5, &["continue", "sentence"]),
        (7, &["sign-out", "cancel"]),
    ];
    for (position, ids) in expected {
        let html = text(&pages.render(
            &samples[position],
            &Brand::new("Example"),
            &Delivery::default(),
        ));
        for id in ids {
            assert!(html.contains(&format!("id=\"{id}\"")), "{position}: {id}");
        }
    }
}

#[test]
fn password_is_offered_only_when_allowed_and_never_filled_in() {
    let pages = Pages::new().unwrap();
    let samples = sample::pages();
    let render = |page| text(&pages.render(page, &Brand::new("Example"), &Delivery::default()));
    let with = render(&samples[0]);
    let field = with.split("id=\"password\"").nth(1).unwrap();
    let field = field.split('>').next().unwrap();
    assert!(field.contains("autocomplete=\"current-password\""));
    assert!(!field.contains("value="));
    assert!(with.contains("autocomplete=\"username\""));
    assert!(!render(&samples[1]).contains("type=\"password\""));
}

#[test]
fn a_link_back_is_a_web_link() {
    let pages = Pages::new().unwrap();
    let url = url::Url::parse("https://shop.example/?a=1&b=2").unwrap();
    let page = Page::SignedOut(SignedOut {
        return_to: ReturnLink::new(&url, NASTY),
    });
    let html = text(&pages.render(&page, &Brand::new("Example"), &Delivery::default()));
    let (_, link) = tags(&html).into_iter().find(|(tag, _)| tag == "a").unwrap();
    let href = value(&link, "href").unwrap().replace("&#x2f;", "/");
    assert_eq!(href, "https://shop.example/?a=1&amp;b=2");
    assert!(html.contains(ESCAPED));
    let script = url::Url::parse("javascript:alert(1)").unwrap();
    assert!(ReturnLink::new(&script, "x").is_none());
}

#[test]
fn a_tile_shows_the_first_letters() {
    for (name, letters) in [
        ("Demo Bank", "DB"),
        ("  (ärzte) & co of Bern", "ÄC"),
        ("x", "X"),
        ("…", "•"),
        ("", "•"),
    ] {
        let html = text(&Pages::new().unwrap().render(
            &sample::pages()[9],
            &Brand::new(name),
            &Delivery::default(),
        ));
        assert!(html.contains(&format!("aria-hidden=\"true\">{letters}</span>")));
    }
}

#[test]
fn only_a_password_error_marks_the_password_fields() {
    let pages = Pages::new().unwrap();
    let render = |username| {
        let Page::SignIn(mut page) = sample::pages()[0].clone() else {
            panic!("the first sample is the sign-in page");
        };
        page.username = username;
        text(&pages.render(&Page::SignIn(page), &Brand::new("x"), &Delivery::default()))
    };
    assert_eq!(render(Some("ada")).matches(" aria-invalid").count(), 2);
    assert_eq!(render(None).matches(" aria-invalid").count(), 0);
    assert!(render(None).contains("role=\"alert\""));
}
