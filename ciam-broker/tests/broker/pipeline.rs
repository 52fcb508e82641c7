//! Pipelines, step by step.

use std::sync::Arc;

use ciam_broker::pipeline::PipelineContext;
use ciam_broker::{Connection, PipelineError, Pipelines, PipelinesSettings};
use ciam_core::attribute::AttributeValue;
use ciam_core::store::memory::MemoryStore;
use ciam_core::{Attribute, Attributes, Provenance, Sensitivity, Timestamp};
use serde_json::{Value, json};

use crate::bank::{Bank, tenant, vault};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub fn attributes(list: &[(&str, Value, Sensitivity)]) -> Attributes {
    list.iter()
        .map(|(name, value, sensitivity)| {
            let value = AttributeValue {
                value: value.clone(),
                sensitivity: *sensitivity,
                provenance: Provenance {
                    source: "bank".to_owned(),
                    verified: true,
                    at: NOW,
                },
            };
            (name.parse().unwrap(), Attribute::single(value))
        })
        .collect()
}

async fn run(
    steps: Value,
    list: &[(&str, Value, Sensitivity)],
) -> Result<Attributes, PipelineError> {
    let document = json!({ "pipelines": { "bank": { "steps": steps } } });
    let settings = PipelinesSettings::parse(&document.to_string()).unwrap();
    let pipelines = Pipelines::compile(&settings, &vault(&Arc::new(MemoryStore::new())));
    let connection: Connection = Bank::new().connection;
    let context = PipelineContext {
        tenant: tenant("https://id.example"),
        now: NOW,
    };
    pipelines
        .for_connection(&connection)
        .unwrap()
        .run(&context, attributes(list))
        .await
}

#[tokio::test]
async fn rename_and_drop() {
    let out = run(
        json!([
            { "rename": { "from": "birthdate", "to": "birth_date" } },
            { "rename": { "from": "absent", "to": "birth_date" } },
            { "drop": ["iban", "absent"] },
        ]),
        &[
            ("birthdate", json!("1952-10-13"), Sensitivity::Personal),
            ("iban", json!("FI21"), Sensitivity::Sensitive),
        ],
    )
    .await
    .unwrap();
    assert_eq!(out.text("birth_date"), Some("1952-10-13"));
    assert_eq!(out.len(), 1);
}

#[tokio::test]
async fn mask_hides_and_makes_personal() {
    for (value, keep_last, masked) in [
        (json!("FI2112345600000785"), 4, "**************0785"),
        (json!("ÄÖÅÄÖÅÄÖ"), 2, "******ÄÖ"),
        (json!("131052-308T"), 8, "*********8T"),
        (json!("abc"), 3, "***"),
        (json!(12_345_678), 2, "******78"),
        (json!("FI21"), 0, "****"),
        (json!(""), 0, ""),
    ] {
        let out = run(
            json!([{ "mask": { "attribute": "iban", "keep_last": keep_last } }]),
            &[("iban", value, Sensitivity::Sensitive)],
        )
        .await
        .unwrap();
        assert_eq!(out.text("iban"), Some(masked));
        assert_eq!(
            out.attribute("iban").unwrap().sensitivity(),
            Sensitivity::Personal
        );
    }
}

#[tokio::test]
async fn mask_of_an_object_fails_closed_and_says_no_value() {
    let error = run(
        json!([{ "mask": { "attribute": "iban" } }]),
        &[("iban", json!({ "secret": "FI21" }), Sensitivity::Sensitive)],
    )
    .await
    .unwrap_err();
    assert!(error.to_string().contains("`iban`"));
    assert!(!format!("{error:?}").contains("FI21"));
}

#[tokio::test]
async fn tokenize_in_place() {
    let out = run(
        json!([{ "tokenize": { "attribute": "national_id", "domain": "national_id" } }]),
        &[("national_id", json!("131052-308T"), Sensitivity::Sensitive)],
    )
    .await
    .unwrap();
    assert!(out.text("national_id").unwrap().starts_with("tok_"));
    let attribute = out.attribute("national_id").unwrap();
    assert_eq!(attribute.sensitivity(), Sensitivity::Public);
    assert!(attribute.first().unwrap().provenance.verified);
}

#[tokio::test]
async fn sensitive_left_over_is_an_error() {
    let outcome = run(
        json!([{ "rename": { "from": "national_id", "to": "harmless" } }]),
        &[("national_id", json!("131052-308T"), Sensitivity::Sensitive)],
    )
    .await;
    assert!(matches!(
        outcome,
        Err(PipelineError::SensitiveLeft(name)) if name.as_str() == "harmless"
    ));
}

#[tokio::test]
async fn a_store_that_is_down_fails_the_flow_as_unavailable() {
    let bank = Bank::new();
    bank.store.set_down(true);
    let error = bank.sign_in(|_| ()).await.unwrap_err();
    assert!(error.is_unavailable(), "{error:?}");
    assert!(!format!("{error:?}").contains("131052"));
}
