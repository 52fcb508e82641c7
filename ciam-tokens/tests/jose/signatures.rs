//! RFC 7515 5.2 and RFC 7518 3.4: what a signature is.

use ciam_core::encoding::{b64url_decode, b64url_encode};
use ciam_tokens::{JoseError, UnverifiedJws, jws};
use serde_json::json;

use crate::forge::{access_claims, header, key_set, sign_raw, signing_key, verify_access, with};

#[test]
fn jo_05_zero_der_and_wrong_length_signatures() {
    let key = signing_key();
    let token = sign_raw(
        &key,
        &header(&key, "at+jwt").to_string(),
        &access_claims().to_string(),
    );
    let (input, signature) = token.rsplit_once('.').unwrap();
    let good = b64url_decode(signature).unwrap();
    let mut der = vec![0x30, 0x44, 0x02, 0x20];
    der.extend_from_slice(&good[..32]);
    der.extend_from_slice(&[0x02, 0x20]);
    der.extend_from_slice(&good[32..]);
    let order: Vec<u8> = (0..32)
        .map(|at| {
            u8::from_str_radix(
                &"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
                    [2 * at..2 * at + 2],
                16,
            )
            .unwrap()
        })
        .collect();
    for bad in [
        vec![0; 64],
        [&[0; 32], &good[32..]].concat(),
        [&good[..32], &[0; 32]].concat(),
        [&order[..], &good[32..]].concat(),
        [&good[..32], &order[..]].concat(),
        good[..63].to_vec(),
        [&good[..], &[0]].concat(),
        [&[0], &good[..]].concat(),
        Vec::new(),
        der,
    ] {
        let refused = verify_access(&format!("{input}.{}", b64url_encode(&bad)), &key_set(&key));
        assert_eq!(refused, Err(JoseError::Signature), "{} bytes", bad.len());
    }
    assert!(verify_access(&token, &key_set(&key)).is_ok());
}

#[test]
fn every_changed_character_is_noticed() {
    let key = signing_key();
    let token = sign_raw(
        &key,
        &header(&key, "at+jwt").to_string(),
        &access_claims().to_string(),
    );
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = match bytes[at] {
            b'.' => b'A',
            b'A' => b'B',
            _ => b'A',
        };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(verify_access(&changed, &key_set(&key)).is_err(), "at {at}");
    }
}

#[test]
fn segments_of_two_tokens_do_not_mix() {
    let key = signing_key();
    let header = header(&key, "at+jwt").to_string();
    let mine = sign_raw(&key, &header, &access_claims().to_string());
    let admin = with(access_claims(), "scope", json!("admin")).to_string();
    let signature = mine.rsplit_once('.').unwrap().1;
    let mixed = format!(
        "{}.{}.{signature}",
        b64url_encode(header.as_bytes()),
        b64url_encode(admin.as_bytes())
    );
    assert_eq!(
        verify_access(&mixed, &key_set(&key)),
        Err(JoseError::Signature)
    );
}

#[test]
fn a_key_of_somebody_else_does_not_verify() {
    let (mine, other) = (signing_key(), signing_key());
    let token = jws::sign(&mine, "x+jwt", b"{}").unwrap();
    let refused = UnverifiedJws::parse(token.as_str())
        .unwrap()
        .verify(&other.verify_key().unwrap());
    assert!(matches!(refused, Err(JoseError::Key(_))));
    let nameless = sign_raw(&mine, &json!({ "alg": "ES256" }).to_string(), "{}");
    let refused = UnverifiedJws::parse(&nameless)
        .unwrap()
        .verify(&other.verify_key().unwrap());
    assert!(matches!(refused, Err(JoseError::Signature)));
}

#[test]
fn tokens_do_not_print() {
    let key = signing_key();
    let token = jws::sign(&key, "x+jwt", b"{\"sub\":\"ada\"}").unwrap();
    let read = UnverifiedJws::parse(token.as_str()).unwrap();
    let payload = token.as_str().split('.').nth(1).unwrap();
    let printed = format!(
        "{token:?} {read:?} {:?}",
        read.clone().verify(&key.verify_key().unwrap())
    );
    assert!(
        !printed.contains(payload) && !printed.contains("ada"),
        "{printed}"
    );
}

#[test]
fn a_payload_too_large_to_be_read_is_not_signed() {
    let refused = jws::sign(&signing_key(), "x+jwt", &[b'a'; 16 * 1024]);
    assert!(matches!(refused, Err(JoseError::TooLarge(_))));
}
