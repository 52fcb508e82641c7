//! Made-up content that renders every branch of every template once.

use http::StatusCode;

use super::{
    Brand, ConnectionOption, Consent, Failure, Form, HiddenField, Page, Refused, ScopeLine, SignIn,
    SignOut, SignedOut,
};

pub(super) fn brands() -> Vec<Brand> {
    let plain = Brand::new("Example");
    let full = Brand {
        accent: "#0a58ca".parse().ok(),
        demo_notice: Some("Nothing here is real.".into()),
        ..plain.clone()
    };
    vec![plain, full]
}

pub(super) fn pages() -> Vec<Page<'static>> {
    vec![
        Page::SignIn(sign_in(true)),
        Page::SignIn(sign_in(false)),
        Page::Consent(consent(true)),
        Page::Consent(consent(false)),
        Page::Failure(failure()),
        Page::Refused(refused(true)),
        Page::Refused(refused(false)),
        Page::SignOut(sign_out(true)),
        Page::SignOut(sign_out(false)),
        Page::SignedOut(SignedOut { return_to: None }),
    ]
}

fn sign_in(full: bool) -> SignIn<'static> {
    SignIn {
        form: FORM,
        client_name: "Corner Shop",
        reason: full.then_some("Large orders need a stronger sign-in."),
        error: full.then_some("The user name or the password is not right."),
        username: full.then_some("ada"),
        password: full,
        connections: connections(full),
        cancel: full,
    }
}

fn connections(full: bool) -> Vec<ConnectionOption<'static>> {
    let option = |id, label, hint| ConnectionOption { id, label, hint };
    if full {
        vec![
            option("demo-bank", "Demo Bank", Some("High assurance")),
            option("demo-social", "Demo Social", None),
        ]
    } else {
        Vec::new()
    }
}

fn consent(full: bool) -> Consent<'static> {
    Consent {
        form: FORM,
        client_name: "Parcel Partner",
        account: full.then_some("ada"),
        scopes: ScopeLine::standard("email")
            .filter(|_| full)
            .into_iter()
            .collect(),
        return_to: full.then_some("partner.example"),
    }
}

fn failure() -> Failure<'static> {
    Failure {
        status: StatusCode::BAD_REQUEST,
        title: "This link does not work",
        sentence: "The link has expired or was used before.",
        what_to_do: "Go back to the site you came from and start again.",
        correlation: Some("4f1c-9a2e"),
    }
}

fn refused(full: bool) -> Refused<'static> {
    Refused {
        form: FORM,
        client_name: "Corner Shop",
        sentence: "You must be 18 or older.",
        what_to_do: full.then_some("Ask a parent to sign in."),
    }
}

fn sign_out(full: bool) -> SignOut<'static> {
    let state = HiddenField {
        name: "state",
        value: "af0ifjsldkj",
    };
    SignOut {
        form: FORM,
        client_name: full.then_some("Corner Shop"),
        account: full.then_some("ada"),
        fields: Some(state).filter(|_| full).into_iter().collect(),
    }
}

const FORM: Form<'static> = Form {
    action: "/interaction",
    csrf: "example",
};
