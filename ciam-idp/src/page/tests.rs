//! What holds for every page, whatever it says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod headers;
mod markup;
mod replacing;

use http::Response;

use super::*;

const NASTY: &str = "<script>alert(1)</script>\"' onload=x &";
const ESCAPED: &str = "&lt;script&gt;";

/// Every page in every variant, with the nasty text wherever a text fits.
fn nasty_pages() -> Vec<Page<'static>> {
    let form = Form {
        action: NASTY,
        csrf: NASTY,
    };
    let option = |hint| ConnectionOption {
        id: NASTY,
        label: NASTY,
        hint,
    };
    let field = HiddenField {
        name: NASTY,
        value: NASTY,
    };
    vec![
        Page::SignIn(SignIn {
            form,
            client_name: NASTY,
            reason: Some(NASTY),
            error: Some(NASTY),
            username: Some(NASTY),
            password: true,
            connections: vec![option(Some(NASTY)), option(None)],
            cancel: true,
        }),
        Page::Consent(Consent {
            form,
            client_name: NASTY,
            account: Some(NASTY),
            scopes: vec![ScopeLine {
                name: NASTY,
                description: NASTY,
            }],
            return_to: Some(NASTY),
        }),
        Page::Failure(Failure {
            status: StatusCode::BAD_REQUEST,
            title: NASTY,
            sentence: NASTY,
            what_to_do: NASTY,
            correlation: Some(NASTY),
        }),
        Page::Refused(Refused {
            form,
            client_name: NASTY,
            sentence: NASTY,
            what_to_do: Some(NASTY),
        }),
        Page::SignOut(SignOut {
            form,
            client_name: Some(NASTY),
            account: Some(NASTY),
            fields: vec![field],
        }),
        Page::SignedOut(SignedOut { return_to: None }),
    ]
}

fn nasty_brand() -> Brand {
    Brand {
        name: NASTY.into(),
        accent: Some("#ffee00".parse().unwrap()),
        demo_notice: Some(NASTY.into()),
    }
}

/// All samples and all nasty pages, rendered.
fn all() -> Vec<(&'static str, String)> {
    let pages = Pages::new().unwrap();
    let mut rendered = Vec::new();
    for brand in sample::brands().iter().chain([&nasty_brand()]) {
        for page in sample::pages().iter().chain(&nasty_pages()) {
            let response = pages.try_render(page, brand, &Delivery::default()).unwrap();
            rendered.push((page.template(), text(&response)));
        }
    }
    rendered
}

fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

fn header<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}
