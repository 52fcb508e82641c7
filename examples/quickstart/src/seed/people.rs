//! People with accounts at the provider, the bank and the social network.

use ciam::core::attribute::AttributeValue;
use ciam::core::{
    Attribute, Attributes, Clock, Provenance, Secret, Sensitivity, SubjectId, SystemClock,
};
use ciam::idp::{NewAccount, NewLink, Provider};
use serde_json::{Value, json};

use super::{
    ALICES_NUMBER, BANK, BANK_ALICE, BANK_CAROL, BANK_PASSWORD, CAROLS_NUMBER, MINOR,
    SOCIAL_PASSWORD, SOCIAL_USER,
};
use crate::config::Config;
use crate::problem::Problem;

/// The provider's users. The demo user is linked to her identity at the bank.
pub(crate) async fn at_provider(
    provider: &Provider,
    config: &Config,
    bank: (&str, SubjectId),
) -> Result<SubjectId, Problem> {
    let (bank_issuer, bank_subject) = bank;
    let password = &config.user.password;
    let link = NewLink {
        connection: BANK
            .parse()
            .map_err(|error| Problem::caused("the name of the bank's connection", &error))?,
        issuer: bank_issuer.to_owned(),
        subject: bank_subject.to_string(),
    };
    let alice = NewAccount {
        links: vec![link],
        ..person(
            &config.user.name,
            password,
            &[
                ("given_name", json!("Alice")),
                ("family_name", json!("Andersson")),
                ("age_over_18", json!(true)),
            ],
        )?
    };
    let mia = person(
        MINOR,
        password,
        &[
            ("given_name", json!("Mia")),
            ("family_name", json!("Andersson")),
            ("age_over_18", json!(false)),
        ],
    )?;
    create(provider, mia).await?;
    create(provider, alice).await
}

/// The bank's customers; the subject of the demo user there is returned.
pub(crate) async fn at_bank(bank: &Provider) -> Result<SubjectId, Problem> {
    let carol = customer(
        BANK_CAROL,
        ["Carol", "Carlsson"],
        "1985-06-21",
        CAROLS_NUMBER,
    )?;
    create(bank, carol).await?;
    let alice = customer(
        BANK_ALICE,
        ["Alice", "Andersson"],
        "1990-04-12",
        ALICES_NUMBER,
    )?;
    create(bank, alice).await
}

/// The social network's member.
pub(crate) async fn at_social(social: &Provider) -> Result<SubjectId, Problem> {
    let sam = person(
        SOCIAL_USER,
        SOCIAL_PASSWORD,
        &[
            ("given_name", json!("Sam")),
            ("family_name", json!("Svensson")),
        ],
    )?;
    create(social, sam).await
}

fn customer(
    name: &str,
    [given_name, family_name]: [&str; 2],
    birthdate: &str,
    number: &str,
) -> Result<NewAccount, Problem> {
    let mut account = person(
        name,
        BANK_PASSWORD,
        &[
            ("given_name", json!(given_name)),
            ("family_name", json!(family_name)),
            ("birthdate", json!(birthdate)),
            ("age_over_18", json!(true)),
            ("iban", json!("SE4550000000058398257466")),
        ],
    )?;
    put(
        &mut account.attributes,
        "national_id",
        json!(number),
        Sensitivity::Sensitive,
    )?;
    Ok(account)
}

fn person(name: &str, password: &str, attributes: &[(&str, Value)]) -> Result<NewAccount, Problem> {
    let mut account = NewAccount {
        identifiers: vec![name.to_owned()],
        password: Some(Secret::new(password.to_owned())),
        ..NewAccount::default()
    };
    for (name, value) in attributes {
        let value = value.clone();
        put(&mut account.attributes, name, value, Sensitivity::Personal)?;
    }
    Ok(account)
}

fn put(
    attributes: &mut Attributes,
    name: &str,
    value: Value,
    sensitivity: Sensitivity,
) -> Result<(), Problem> {
    let name = name
        .parse()
        .map_err(|error| Problem::caused("an attribute of the demo", &error))?;
    let value = AttributeValue {
        value,
        sensitivity,
        provenance: Provenance {
            source: "seed".to_owned(),
            verified: true,
            at: SystemClock.now(),
        },
    };
    attributes.insert(name, Attribute::single(value));
    Ok(())
}

/// Makes the account, unless the first identifier leads to one.
async fn create(provider: &Provider, account: NewAccount) -> Result<SubjectId, Problem> {
    let failed = |error| Problem::caused("an account of the demo cannot be made", &error);
    let accounts = provider.accounts();
    let name = account.identifiers.first().cloned().unwrap_or_default();
    if let Some(subject) = accounts.find(&name).await.map_err(failed)? {
        return Ok(subject);
    }
    accounts.create(account).await.map_err(failed)
}
