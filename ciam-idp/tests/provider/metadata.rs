//! Metadata and keys: RFC 8414, OIDC Discovery 1.0.

use bytes::Bytes;
use http::Request;

use crate::world::{ISSUER, World, body};

#[tokio::test]
async fn metadata_names_what_works() {
    let world = World::new().await;
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let response = world.send(Request::get(path), Bytes::new()).await;
        assert_eq!(response.status(), 200);
        let metadata = body(&response);
        assert_eq!(metadata["issuer"], ISSUER);
        assert_eq!(metadata["token_endpoint"], "https://op.test/token");
        assert_eq!(
            metadata["authorization_response_iss_parameter_supported"],
            true
        );
    }
    assert_eq!(
        world
            .send(Request::get("/nowhere"), Bytes::new())
            .await
            .status(),
        404
    );
}

#[tokio::test]
async fn jwks_has_no_private_part() {
    let world = World::new().await;
    let response = world.send(Request::get("/jwks"), Bytes::new()).await;
    assert_eq!(response.status(), 200);
    for key in body(&response)["keys"].as_array().unwrap() {
        assert!(key.get("d").is_none());
    }
}
