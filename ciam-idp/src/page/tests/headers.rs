//! The headers of a page.

use url::Url;

use super::*;

fn sign_in(brand: &Brand, delivery: &Delivery<'_>) -> Response<Bytes> {
    Pages::new()
        .unwrap()
        .render(&sample::pages()[0], brand, delivery)
}

#[test]
fn every_page_has_all_headers() {
    let pages = Pages::new().unwrap();
    for page in &sample::pages() {
        let response = pages.render(page, &Brand::new("Example"), &Delivery::default());
        assert_eq!(
            header(&response, "content-type"),
            "text/html; charset=utf-8"
        );
        assert_eq!(header(&response, "cache-control"), "no-store");
        assert_eq!(header(&response, "x-frame-options"), "DENY");
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "same-origin");
        assert_eq!(
            header(&response, "cross-origin-opener-policy"),
            "same-origin"
        );
        assert!(!response.headers().contains_key("strict-transport-security"));
        assert_eq!(response.status(), page.status());
    }
}

#[test]
fn strict_transport_security_on_https_alone() {
    let delivery = Delivery {
        https: true,
        ..Delivery::default()
    };
    let response = sign_in(&Brand::new("Example"), &delivery);
    assert_eq!(
        header(&response, "strict-transport-security"),
        "max-age=31536000"
    );
}

#[test]
fn policy_allows_exactly_the_styles_on_the_page() {
    for brand in sample::brands() {
        let response = sign_in(&brand, &Delivery::default());
        let policy = header(&response, "content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(policy.ends_with("; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
        assert!(!policy.contains("unsafe"));
        let html = text(&response);
        let styles: Vec<_> = html
            .split("<style>")
            .skip(1)
            .map(|rest| rest.split("</style>").next().unwrap())
            .collect();
        assert_eq!(policy.matches("'sha256-").count(), styles.len());
        for style in styles {
            let digest = ciam_core::crypto::sha256(style.as_bytes());
            let hash = base64_simd::STANDARD.encode_to_string(digest);
            assert!(policy.contains(&format!("'sha256-{hash}'")));
        }
    }
}

#[test]
fn form_action_names_each_target_once() {
    let targets: Vec<_> = [
        "https://shop.example/a",
        "https://shop.example/b",
        "http://127.0.0.1:9000/cb",
        "com.example.app:/cb",
        "http://[::1]:9000/cb",
    ]
    .iter()
    .filter_map(|url| FormTarget::of(&Url::parse(url).unwrap()))
    .collect();
    let delivery = Delivery {
        form_targets: &targets,
        ..Delivery::default()
    };
    let response = sign_in(&Brand::new("Example"), &delivery);
    assert!(header(&response, "content-security-policy").contains(
        "; form-action 'self' https://shop.example http://127.0.0.1:9000 com.example.app: http:; "
    ));
}

#[test]
fn a_target_cannot_change_the_policy() {
    for url in [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a;script-src/",
        "https://a,b/",
        "https://*/",
        "https://'self'/",
    ] {
        if let Ok(url) = Url::parse(url) {
            assert_eq!(FormTarget::of(&url), None, "{url}");
        }
    }
}

#[test]
fn an_accent_is_a_colour_and_stays_readable() {
    for bad in [
        "", "#", "#12", "#12345", "#gggggg", "red", "#fff;}", "#ééé", "fff",
    ] {
        assert!(bad.parse::<Accent>().is_err(), "{bad}");
    }
    assert_eq!("#Fe0".parse::<Accent>().unwrap().to_string(), "#ffee00");
    let readable: Accent = "#0a58ca".parse().unwrap();
    assert!(
        readable
            .css()
            .contains("--accent:#0a58ca;--on-accent:#ffffff")
    );
    let pale: Accent = "#ffee00".parse().unwrap();
    assert!(!pale.css().contains("--accent:#ffee00;--on-accent:#ffffff"));
    assert!(pale.css().contains("--accent:#ffee00;--on-accent:#0d1015"));
}

#[test]
fn a_brand_in_a_document_is_checked() {
    let read = serde_json::from_str::<Brand>;
    let brand = read(r##"{"name": "Bank", "accent": "#ABC"}"##).unwrap();
    assert_eq!(brand.accent.unwrap().to_string(), "#aabbcc");
    assert!(brand.demo_notice.is_none());
    assert!(read(r#"{"name": "Bank", "accent": "red"}"#).is_err());
    assert!(read(r##"{"name": "Bank", "colour": "#abc"}"##).is_err());
}

#[test]
fn debug_shows_neither_csrf_token_nor_hidden_fields() {
    let form = Form {
        action: "/x",
        csrf: "secret",
    };
    assert!(!format!("{form:?}").contains("secret"));
    let field = HiddenField {
        name: "id_token_hint",
        value: "secret",
    };
    assert!(!format!("{field:?}").contains("secret"));
}
