//! LK-01, LK-02: nothing secret in security events, and nothing secret in what
//! `Debug` prints.

use serde::Deserialize;

use crate::adapters::Adapter;
use crate::play::Play;
use crate::row::Step;
use crate::world::World;

#[derive(Deserialize)]
struct Steps {
    step: Vec<Step>,
}

/// Everything that handles a secret, once well and once badly.
const FLOW: &str = r#"
step = [
  { send = "authorize", client = "K2", scope = "openid profile", expect = "SCREEN" },
  { press = "password-form", user = "nobody" },
  { press = "password-form", set = { password = "Tr0ub4dor&3 is wrong" } },
  { press = "password-form", expect = "CONSENT" },
  { press = "consent-allow", client = "K2", expect = "CODE" },
  { send = "token", client = "K2", set = { code_verifier = "{b*43}" }, expect = "T400(invalid_grant)" },
  { given = "code", scope = "openid profile offline_access", send = "token", expect = "TOKENS", keep = { first = "refresh_token" } },
  { send = "userinfo", expect = "200" },
  { send = "userinfo", headers = { authorization = "Bearer {access_token}x" }, expect = "B401(invalid_token)" },
  { send = "token", grant = "refresh_token", expect = "TOKENS" },
  { advance = 11, send = "token", grant = "refresh_token", set = { refresh_token = "{first}" }, expect = "T400(invalid_grant)" },
  { send = "token", expect = "T400(invalid_grant)" },
  { send = "token", client = "M", grant = "client_credentials", assertion = { sign = "stranger" }, expect = "C401" },
  { send = "token", client = "M", grant = "client_credentials", assertion = { claims = { jti = "one-jti-for-two" } }, expect = "TOKENS" },
  { send = "token", client = "M", grant = "client_credentials", assertion = { claims = { jti = "one-jti-for-two" } }, expect = "C401" },
  { send = "end_session", set = { id_token_hint = "{id_token}x" } },
  { send = "end_session", set = { id_token_hint = "{id_token}" } },
]
"#;

#[test]
fn lk_01_no_secret_is_in_the_security_events_of_a_full_flow() {
    for adapter in Adapter::ALL {
        adapter.block_on(async {
            let world = World::new().await;
            let mut play = Play::new(&world, adapter.mount(&world).await);
            let steps: Steps = toml::from_str(FLOW).unwrap();
            for step in &steps.step {
                play.step(step).await;
            }
            play.secrets.push("Tr0ub4dor&3 is wrong".into());
            play.finish();
            assert!(play.faults.is_empty(), "{}", play.faults.join("\n"));
            assert!(
                world.store.audit_events().len() > 5,
                "too few events to tell"
            );
            assert!(play.secrets.len() > 15, "too few secrets to tell");
        });
    }
}

#[test]
fn lk_02_debug_shows_no_secret() {
    Adapter::Axum.block_on(async {
        let world = World::new().await;
        let mut play = Play::new(&world, Adapter::Axum.mount(&world).await);
        let steps: Steps = toml::from_str(FLOW).unwrap();
        for step in &steps.step {
            play.step(step).await;
        }
        let printed = format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            world.op,
            world.op.accounts(),
            world.op.stores(),
            world.store,
            world.own,
            crate::world::key("K"),
            crate::world::orders_key(),
        );
        let shown: Vec<_> = play
            .secrets
            .iter()
            .filter(|secret| printed.contains(*secret))
            .collect();
        assert!(shown.is_empty(), "{shown:?}");
        let key = crate::world::key("K").to_pkcs8().unwrap();
        for private in [key.expose().clone(), vec![7; 32]] {
            assert!(!printed.contains(&format!("{private:?}")));
            assert!(!printed.contains(&ciam_core::encoding::b64url_encode(&private)));
        }
    });
}
