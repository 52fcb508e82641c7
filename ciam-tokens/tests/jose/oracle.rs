//! `jsonwebtoken` as the second opinion: what it signs verifies here, and the
//! reverse, and what it refuses is refused here.

use jsonwebtoken::jwk::Jwk as ForeignJwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::Value;

use crate::forge::{API, ISSUER, access_claims, key_set, signing_key, verify_access};

fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&[API]);
    validation.set_issuer(&[ISSUER]);
    // The claims are of a fixed day.
    validation.validate_exp = false;
    validation
}

#[test]
fn what_is_signed_here_verifies_there() {
    let key = signing_key();
    let foreign: ForeignJwk = serde_json::from_str(&key.public_jwk().to_json()).unwrap();
    let decoding = DecodingKey::from_jwk(&foreign).unwrap();
    for _ in 0..32 {
        let token =
            ciam_tokens::jws::sign(&key, "at+jwt", access_claims().to_string().as_bytes()).unwrap();
        let data = decode::<Value>(token.as_str(), &decoding, &validation()).unwrap();
        assert_eq!(data.claims, access_claims());
        assert_eq!(data.header.kid.as_deref(), Some(key.kid().as_str()));
        assert_eq!(data.header.typ.as_deref(), Some("at+jwt"));
    }
}

#[test]
fn what_is_signed_there_verifies_here() {
    let key = signing_key();
    let encoding = EncodingKey::from_ec_der(key.to_pkcs8().unwrap().expose());
    let mut header = Header::new(Algorithm::ES256);
    header.typ = Some("at+jwt".into());
    header.kid = Some(key.kid().to_string());
    for _ in 0..32 {
        let token = encode(&header, &access_claims(), &encoding).unwrap();
        assert_eq!(
            verify_access(&token, &key_set(&key)).unwrap().subject,
            "ada"
        );
    }
}

#[test]
fn changed_tokens_are_refused_on_both_sides() {
    let key = signing_key();
    let foreign: ForeignJwk = serde_json::from_str(&key.public_jwk().to_json()).unwrap();
    let decoding = DecodingKey::from_jwk(&foreign).unwrap();
    let token =
        ciam_tokens::jws::sign(&key, "at+jwt", access_claims().to_string().as_bytes()).unwrap();
    for at in (0..token.as_str().len()).step_by(7) {
        let mut bytes = token.as_str().as_bytes().to_vec();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            decode::<Value>(&changed, &decoding, &validation()).is_err(),
            "at {at}"
        );
        assert!(verify_access(&changed, &key_set(&key)).is_err(), "at {at}");
    }
}

#[cfg(feature = "jsonwebtoken")]
mod conversions {
    use ciam_tokens::{Jwk, JwkSet, SigningAlgorithm};
    use jsonwebtoken::Algorithm;
    use jsonwebtoken::jwk::{Jwk as ForeignJwk, JwkSet as ForeignJwkSet};

    use crate::forge::signing_key;

    #[test]
    fn algorithms_convert_both_ways() {
        assert_eq!(Algorithm::from(SigningAlgorithm::Es256), Algorithm::ES256);
        assert_eq!(
            SigningAlgorithm::try_from(Algorithm::ES256),
            Ok(SigningAlgorithm::Es256)
        );
        assert!(SigningAlgorithm::try_from(Algorithm::HS256).is_err());
    }

    #[test]
    fn keys_and_sets_convert_both_ways() {
        let jwk = signing_key().public_jwk();
        let foreign = ForeignJwk::try_from(&jwk).unwrap();
        assert_eq!(Jwk::try_from(&foreign).unwrap(), jwk);

        let set = JwkSet::new([jwk]);
        let mut foreign = ForeignJwkSet::try_from(&set).unwrap();
        assert_eq!(JwkSet::try_from(&foreign).unwrap(), set);
        foreign
            .keys
            .push(serde_json::from_str(r#"{"kty":"oct","k":"AAAA"}"#).unwrap());
        assert_eq!(JwkSet::try_from(&foreign).unwrap(), set);
    }
}
