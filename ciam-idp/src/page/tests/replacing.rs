//! Own templates and styles.

use super::*;

fn first_page(pages: &Pages) -> Response<Bytes> {
    pages.render(
        &sample::pages()[0],
        &Brand::new("Example"),
        &Delivery::default(),
    )
}

#[test]
fn a_template_can_be_replaced() {
    let pages = Pages::new()
        .unwrap()
        .with_template(
            "sign_in.html",
            "{% extends 'layout.html' %}{% block main %}<h1>Hi {{ page.client_name }}</h1>{% endblock %}",
        )
        .unwrap();
    assert!(text(&first_page(&pages)).contains("<h1>Hi Corner Shop</h1>"));
}

#[test]
fn a_replaced_template_escapes_too() {
    let source = "{{ page.sentence }}";
    let pages = Pages::new()
        .unwrap()
        .with_template("error.html", source)
        .unwrap();
    let response = pages.render(&nasty_pages()[2], &nasty_brand(), &Delivery::default());
    assert!(text(&response).starts_with(ESCAPED));
    let unescaped = Pages::new()
        .unwrap()
        .with_template("error.html", "{{ page.sentence|safe }}");
    assert!(matches!(unescaped, Err(PageError::Template { .. })));
}

#[test]
fn mistakes_are_found_when_the_template_is_set() {
    let set = |name, source| Pages::new().unwrap().with_template(name, source);
    assert!(matches!(
        set("sign-in.html", "x"),
        Err(PageError::UnknownTemplate { .. })
    ));
    for source in [
        "{% if %}",
        "{{ page.clientname }}",
        "{% extends 'none.html' %}",
    ] {
        assert!(matches!(
            set("sign_in.html", source),
            Err(PageError::Template { .. })
        ));
    }
}

#[test]
fn a_page_that_fails_is_answered_plainly() {
    // Fails on content that the rehearsal does not have.
    let source = "{% if page.sentence is startingwith('<') %}{{ nothing }}{% endif %}";
    let pages = Pages::new()
        .unwrap()
        .with_template("error.html", source)
        .unwrap();
    let response = pages.render(&nasty_pages()[2], &nasty_brand(), &Delivery::default());
    assert_eq!(response.status(), 500);
    assert!(text(&response).contains("<h1>Something went wrong</h1>"));
    assert!(header(&response, "content-security-policy").starts_with("default-src 'none';"));
}

#[test]
fn a_style_can_be_replaced_and_cannot_end_its_element() {
    let pages = Pages::new()
        .unwrap()
        .with_style("body {\r\n color: red }")
        .unwrap();
    let response = first_page(&pages);
    assert!(text(&response).contains("<style>body {\n color: red }</style>"));
    let bad = Pages::new().unwrap().with_style("</style><script>");
    assert!(matches!(bad, Err(PageError::Style)));
}
