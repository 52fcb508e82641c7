//! A client that acts for itself.

use serde_json::json;

use crate::keys::ClientKey;
use crate::walk::member::Members;
use crate::walk::{Proof, Walk, ensure};

const CLIENT_CREDENTIALS: [(&str, &str); 2] = [
    ("grant_type", "client_credentials"),
    ("scope", "orders:stock"),
];

/// client_credentials with private_key_jwt, and no person.
pub(super) async fn reads_the_stock(walk: &Walk) -> Proof {
    let assertion = walk.assertion(&walk.running.keys.warehouse)?;
    let (status, answer) = walk.token_request(&assertion, &CLIENT_CREDENTIALS).await?;
    let token = answer
        .at("access_token")
        .as_str()
        .ok_or_else(|| format!("the token endpoint answered {status} {answer}"))?;
    ensure(answer.get("refresh_token").is_none(), || {
        "a machine got a refresh token".into()
    })?;
    let stock = walk.api(token, "/orders/stock", None).await?;
    ensure(stock.status == 200, || {
        format!("the API answered {}", stock.status)
    })?;
    let orders = walk.api(token, "/orders", None).await?;
    let order = walk
        .api(token, "/orders", Some(json!({ "total_cents": 100 })))
        .await?;
    ensure(orders.status == 403 && order.status == 403, || {
        format!(
            "listing orders: {}, ordering: {}",
            orders.status, order.status
        )
    })?;
    Ok(
        "client_credentials with private_key_jwt; the stock is read, orders are refused with 403"
            .to_owned(),
    )
}

/// Both are answered with `invalid_client`.
pub(super) async fn refused(walk: &Walk) -> Proof {
    let disabled = walk.assertion(&walk.running.keys.closed)?;
    let stranger = ClientKey::stranger("warehouse").map_err(|problem| problem.to_string())?;
    let wrong_key = walk.assertion(&stranger)?;
    for (who, assertion) in [
        ("the disabled client", disabled),
        ("the wrong key", wrong_key),
    ] {
        let (status, answer) = walk.token_request(&assertion, &CLIENT_CREDENTIALS).await?;
        ensure(
            status == 401 && answer.at("error") == "invalid_client",
            || format!("{who} got {status} {answer}"),
        )?;
    }
    Ok("401 invalid_client for both".to_owned())
}
