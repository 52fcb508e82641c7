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
async fn what_is_published_can_be_asked_about_and_read_by_any_site() {
    let world = World::new().await;
    for path in [
        "/jwks",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let get = world.send(Request::get(path), Bytes::new()).await;
        assert_eq!(get.headers()["access-control-allow-origin"], "*", "{path}");
        assert!(
            !get.headers()
                .contains_key("access-control-allow-credentials")
        );
        // RFC 9110 section 9.3.2: as GET, without the body.
        let head = world.send(Request::head(path), Bytes::new()).await;
        assert_eq!(head.status(), 200, "{path}");
        assert_eq!(head.headers(), get.headers());
        assert!(head.body().is_empty());
        let post = world.send(Request::post(path), Bytes::new()).await;
        assert_eq!(post.status(), 405);
        assert_eq!(post.headers()["allow"], "GET, HEAD");
    }
    let userinfo = world.send(Request::get("/userinfo"), Bytes::new()).await;
    assert!(
        !userinfo
            .headers()
            .contains_key("access-control-allow-origin")
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
