//! Mistakes in documents are found with path and nearest name.

use ciam_broker::{ConnectorKind, PipelinesSettings, ReleaseSettings, SignInSettings};
use serde_json::{Value, json};

fn connection() -> Value {
    json!({
        "id": "bank", "connector": "oidc", "label": "Bank", "issuer": "https://bank.example",
        "client_id": "ciam", "acr": "low", "pipeline": "bank",
    })
}

fn sign_in(change: impl FnOnce(&mut Value)) -> String {
    let mut connection = connection();
    change(&mut connection);
    let document = json!({ "password": true, "connections": [connection] });
    match SignInSettings::parse(&document.to_string()) {
        Ok(_) => "good".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn pipelines(steps: &Value) -> String {
    let document = json!({ "pipelines": { "bank": { "steps": steps } } });
    match PipelinesSettings::parse(&document.to_string()) {
        Ok(_) => "good".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn release(rule: &Value) -> String {
    match ReleaseSettings::parse(&json!({ "rules": [rule] }).to_string()) {
        Ok(_) => "good".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn unknown_names_come_with_path_and_nearest() {
    assert_eq!(sign_in(|_| ()), "good");
    for id in ["a/b", "..", "a?b", "a%2fb"] {
        assert_eq!(
            sign_in(|c| c["id"] = id.into()),
            "`connections[0].id`: letters, digits, `-` and `_` are wanted"
        );
    }
    assert_eq!(
        sign_in(|c| c["lable"] = "x".into()),
        "`connections[0].lable`: unknown name `lable`, did you mean `label`?"
    );
    assert_eq!(
        sign_in(|c| c["qqqq"] = "x".into()),
        "`connections[0].qqqq`: unknown name `qqqq`"
    );
    let text = pipelines(&json!([{ "tokenise": {} }]));
    assert!(text.starts_with("`pipelines.bank.steps[0]"), "{text}");
    assert!(
        text.ends_with("unknown name `tokenise`, did you mean `tokenize`?"),
        "{text}"
    );
    assert_eq!(
        pipelines(&json!([{ "mask": { "attribute": "iban", "keep_lst": 4 } }])),
        "`pipelines.bank.steps[0].mask.keep_lst`: unknown name `keep_lst`, did you mean `keep_last`?"
    );
    let text = release(&json!({ "scope": "a", "to": ["id_tokn"], "attributes": [] }));
    assert!(text.starts_with("`rules[0].to[0]"), "{text}");
    assert!(
        text.ends_with("unknown name `id_tokn`, did you mean `id_token`?"),
        "{text}"
    );
}

#[test]
fn wrong_values_come_with_path() {
    for (path, change) in [
        (
            "connections[0].issuer",
            (|c| c["issuer"] = "http://bank.example".into()) as fn(&mut Value),
        ),
        ("connections[0].issuer", |c| {
            c["issuer"] = "file:///etc/passwd".into()
        }),
        ("connections[0].issuer", |c| {
            c["issuer"] = "https://u:p@bank.example".into()
        }),
        ("connections[0].enabled", |c| c["enabled"] = "yes".into()),
        ("connections[0].label", |c| c["label"] = " ".into()),
        ("connections[0].label", |c| {
            c["label"] = "x".repeat(65).into()
        }),
        ("connections[0].hint", |c| c["hint"] = "a\nb".into()),
        ("connections[0].acr", |c| c["acr"] = "".into()),
        ("connections[0].claims[1]", |c| {
            c["claims"] = json!(["a", "Given Name"])
        }),
        ("connections[0].claims[1]", |c| {
            c["claims"] = json!(["a", "sub"])
        }),
        ("connections[0].sensitive[0]", |c| {
            c["sensitive"] = json!(["acr"])
        }),
    ] {
        let text = sign_in(change);
        assert!(text.starts_with(&format!("`{path}`: ")), "{path}: {text}");
    }
    // A demo's bank is on the same machine.
    assert_eq!(
        sign_in(|c| c["issuer"] = "http://127.0.0.1:8081".into()),
        "good"
    );
    assert!(sign_in(|c| remove(c, "acr")).contains("missing field `acr`"));
}

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

#[test]
fn duplicate_ids_are_refused() {
    let document = json!({ "connections": [connection(), connection()] }).to_string();
    let error = SignInSettings::parse(&document).unwrap_err().to_string();
    assert_eq!(error, "`connections[1].id`: `bank` is there twice");
}

#[test]
fn text_that_is_not_json_says_where() {
    let error = SignInSettings::parse("{\"password\": tru}")
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("not JSON: ") && error.contains("line 1"),
        "{error}"
    );
    assert!(SignInSettings::parse("{} {}").is_err());
}

#[test]
fn references_must_exist() {
    let settings =
        SignInSettings::parse(&json!({ "connections": [connection()] }).to_string()).unwrap();
    let good = r#"{"pipelines": {"bank": {"steps": []}}}"#;
    let other = r#"{"pipelines": {"banks": {"steps": []}}}"#;
    let [good, other] = [good, other].map(|text| PipelinesSettings::parse(text).unwrap());
    let oidc = ConnectorKind::oidc();
    settings.check_references(&good, [&oidc]).unwrap();
    let error = settings
        .check_references(&other, [&oidc])
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "`connections[0].pipeline`: unknown name `bank`, did you mean `banks`?"
    );
    let error = settings
        .check_references(&good, [])
        .unwrap_err()
        .to_string();
    assert_eq!(error, "`connections[0].connector`: unknown name `oidc`");
}

#[test]
fn fd25_no_pipeline_and_no_rule_yields_a_reserved_claim() {
    for claim in [
        "iss",
        "sub",
        "aud",
        "exp",
        "acr",
        "amr",
        "auth_time",
        "sid",
        "cnf",
        "act",
    ] {
        let text = pipelines(&json!([{ "rename": { "from": "email", "to": claim } }]));
        assert!(
            text.starts_with("`pipelines.bank.steps[0].rename.to`: "),
            "{text}"
        );
        let step = json!({ "attribute": "email", "domain": "email", "to": claim });
        let text = pipelines(&json!([{ "tokenize": step }]));
        assert!(
            text.starts_with("`pipelines.bank.steps[0].tokenize.to`: "),
            "{text}"
        );
        let rule = json!({ "attribute": "email", "claim": claim });
        let text = release(&json!({ "scope": "email", "attributes": [rule] }));
        assert!(
            text.starts_with("`rules[0].attributes[0].claim`: "),
            "{text}"
        );
        let rule = json!({ "attribute": claim });
        let text = release(&json!({ "scope": "email", "attributes": [rule] }));
        assert!(
            text.starts_with("`rules[0].attributes[0].claim`: "),
            "{text}"
        );
    }
}

#[test]
fn release_rules_that_would_let_out_too_much_are_refused() {
    let clear = json!([{ "attribute": "national_id", "clear": true }]);
    let text = release(&json!({ "scope": "identity", "attributes": clear }));
    assert!(
        text.starts_with("`rules[0].attributes[0].clear`: "),
        "{text}"
    );
    let text = release(&json!({ "scope": "a", "to": ["access_token"], "attributes": [] }));
    assert!(text.starts_with("`rules[0].audiences`: "), "{text}");
    let text = release(&json!({ "scope": "a", "audiences": ["x"], "attributes": [] }));
    assert!(text.starts_with("`rules[0].audiences`: "), "{text}");
}

#[test]
fn pipelines_have_limits() {
    let text = pipelines(&json!([{ "mask": { "attribute": "iban", "keep_last": 9 } }]));
    assert!(
        text.starts_with("`pipelines.bank.steps[0].mask.keep_last`: "),
        "{text}"
    );
    let many: Value = (0..201).map(|_| json!({ "drop": [] })).collect();
    assert!(pipelines(&many).starts_with("`pipelines.bank.steps`: "));
}

#[test]
fn documents_survive_a_round_trip() {
    let text = json!({ "connections": [connection()] }).to_string();
    let settings = SignInSettings::parse(&text).unwrap();
    assert_eq!(
        SignInSettings::parse(&settings.to_json()).unwrap(),
        settings
    );
}
