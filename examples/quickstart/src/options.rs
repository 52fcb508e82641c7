//! `options`: what an operator does to the discovery screen, in a second process
//! on the same database. The first sees it at the next page load.

use ciam::broker::{Connection, SignInSettings};
use ciam::core::settings::{Revision, SettingsKind};
use ciam::core::store::{Published, SettingsStore};
use ciam::core::{Clock, Issuer, SystemClock, TenantId};
use ciam::sqlx::SqliteStore;
use serde_json::{Value, json};

use crate::args::Change;
use crate::folder::Folder;
use crate::problem::{Problem, chain};
use crate::seed::SOCIAL;

/// Carries out a change and says what was done.
pub(crate) async fn run(folder: &Folder, issuer: &str, change: Change) -> Result<String, Problem> {
    let file = folder.file("ciam.db");
    if !file.exists() {
        return Err(Problem::new(format!(
            "there is no {}; start the demo once, or name its folder with --dir",
            file.display()
        )));
    }
    if let Change::Add { issuer, .. } = &change {
        check_issuer(folder, issuer).await?;
    }
    let issuer: Issuer = issuer
        .parse()
        .map_err(|error| Problem::caused("the demo's issuer", &error))?;
    let database = SqliteStore::open(&file)
        .await
        .map_err(|error| Problem::new(chain(&error)))?;
    let said = Options {
        tenant: TenantId::of(&issuer),
        database: &database,
    }
    .carry_out(&change)
    .await;
    database.close().await;
    said
}

struct Options<'a> {
    tenant: TenantId,
    database: &'a SqliteStore,
}

impl Options<'_> {
    async fn carry_out(&self, change: &Change) -> Result<String, Problem> {
        for _ in 0..ATTEMPTS {
            let (revision, mut settings) = self.load().await?;
            let said = match change {
                Change::List => return Ok(list(&settings)),
                Change::Enable { id } => switch(&mut settings, id, true)?,
                Change::Disable { id } => switch(&mut settings, id, false)?,
                Change::Add {
                    id,
                    issuer,
                    label,
                    client_id,
                } => add(&mut settings, id, issuer, label.as_deref(), client_id)?,
            };
            // Read once more as the provider will: what it cannot read is not published.
            let body = settings.to_json();
            SignInSettings::parse(&body).map_err(|error| Problem::new(chain(&error)))?;
            let published = self
                .database
                .publish(
                    &self.tenant,
                    SettingsKind::SignIn,
                    revision,
                    body,
                    SystemClock.now(),
                )
                .await
                .map_err(|error| Problem::caused("the settings cannot be stored", &error))?;
            if let Published::Published(revision) = published {
                return Ok(format!("{said} (revision {})", revision.0));
            }
        }
        Err(Problem::new(
            "others keep changing the options at the same time; try again",
        ))
    }

    async fn load(&self) -> Result<(Revision, SignInSettings), Problem> {
        let document = self
            .database
            .active(&self.tenant, SettingsKind::SignIn)
            .await
            .map_err(|error| Problem::caused("the settings cannot be read", &error))?
            .ok_or_else(|| {
                Problem::new(
                    "the database knows no sign-in options for this address; start the demo once, with the same --port",
                )
            })?;
        let settings = SignInSettings::parse(&document.body)
            .map_err(|error| Problem::caused("the stored options", &error))?;
        Ok((document.revision, settings))
    }
}

/// How often a lost race is repeated.
const ATTEMPTS: usize = 10;

/// The local option.
const PASSWORD: &str = "password";

fn list(settings: &SignInSettings) -> String {
    let state = |on| if on { "offered" } else { "disabled" };
    let mut lines = vec![format!("{PASSWORD:<16} {}", state(settings.password))];
    for connection in &settings.connections {
        lines.push(format!(
            "{:<16} {:<9} {} ({})",
            connection.id.as_str(),
            state(connection.enabled),
            connection.label,
            connection.issuer
        ));
    }
    lines.join("\n")
}

fn switch(settings: &mut SignInSettings, id: &str, on: bool) -> Result<String, Problem> {
    let known: Vec<String> = std::iter::once(PASSWORD.to_owned())
        .chain(settings.connections.iter().map(|one| one.id.to_string()))
        .collect();
    if id == PASSWORD {
        settings.password = on;
    } else if let Some(connection) = settings
        .connections
        .iter_mut()
        .find(|connection| connection.id.as_str() == id)
    {
        connection.enabled = on;
    } else {
        let nearest = known
            .iter()
            .max_by(|a, b| strsim::jaro(id, a).total_cmp(&strsim::jaro(id, b)))
            .map(|nearest| format!(", did you mean `{nearest}`?"))
            .unwrap_or_default();
        return Err(Problem::new(format!("there is no option `{id}`{nearest}")));
    }
    Ok(format!(
        "`{id}` is {} from the next page load on",
        if on { "offered" } else { "not offered" }
    ))
}

fn add(
    settings: &mut SignInSettings,
    id: &str,
    issuer: &str,
    label: Option<&str>,
    client_id: &str,
) -> Result<String, Problem> {
    if id == PASSWORD || settings.connections.iter().any(|one| one.id.as_str() == id) {
        return Err(Problem::new(format!(
            "there is an option `{id}` already; `options enable {id}` offers it again"
        )));
    }
    let label = label.unwrap_or(if id == SOCIAL { "Demo Social" } else { id });
    let connection: Connection = connection(json!({
        "id": id,
        "connector": "oidc",
        "label": label,
        "issuer": issuer,
        "client_id": client_id,
        "scopes": "openid profile",
        // What strangers say about themselves is worth no more than a password.
        "acr": "low",
        "claims": ["given_name", "family_name"],
        "create_accounts": true,
    }))?;
    settings.connections.push(connection);
    Ok(format!("`{id}` is offered from the next page load on"))
}

fn connection(record: Value) -> Result<Connection, Problem> {
    serde_json::from_value(record)
        .map_err(|error| Problem::new(format!("this cannot be an option: {error}")))
}

/// Asks the new issuer whether it is there and is who it is said to be.
async fn check_issuer(folder: &Folder, issuer: &str) -> Result<(), Problem> {
    let parsed: Issuer = issuer
        .parse()
        .map_err(|error| Problem::new(chain(&error)))?;
    let addresses = folder.remembered();
    let reached = addresses.get(1..).unwrap_or_default();
    if !reached.iter().any(|reached| reached == issuer) {
        return Err(Problem::new(format!(
            "`{issuer}` cannot be added: the demo reaches no issuers but its own, {}",
            reached.join(" and ")
        )));
    }
    let url = parsed.endpoint("/.well-known/openid-configuration");
    let silent = |error: reqwest::Error| {
        Problem::caused(
            format_args!("`{issuer}` does not answer as an OpenID provider"),
            &error,
        )
    };
    let http = crate::serve::http_client()?;
    let answer = http.get(&url).send().await.map_err(silent)?;
    let body = answer.bytes().await.map_err(silent)?;
    let metadata: Value = serde_json::from_slice(&body).unwrap_or_default();
    if metadata.get("issuer").and_then(Value::as_str) != Some(issuer) {
        return Err(Problem::new(format!(
            "`{issuer}` does not answer as an OpenID provider of that name"
        )));
    }
    Ok(())
}
