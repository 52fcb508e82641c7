//! Private keys that lie in a key service: they answer only when waited for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use aws_lc_rs::agreement::{self, ECDH_P256, UnparsedPublicKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use ciam_core::jwk::JwkSetDocument;
use ciam_core::token::{TokenError, TokenIssuer, TokenSpec};
use ciam_tokens::profile::client_assertion::{self, UnverifiedClientAssertion};
use ciam_tokens::{
    AccessTokenVerifier, ContentEncryption, ContentKey, ContentKeyHeader, DecryptKey,
    DecryptKeySet, Decrypter, IdTokenVerifier, JoseError, Jwk, JwkSet, KeyId, KeyManagement,
    KeyRing, KeyRingIssuer, PrivateKeyError, Signature, Signer, SigningAlgorithm, SigningKey, jwe,
    jws,
};

use crate::forge::{API, CLIENT, ISSUER, NOW, TEN_MINUTES, access_claims, key_set, signing_key};
use crate::issuing::{access, id};
use crate::key_ring::tenant;

/// Whether the service answers, and well, and how often it was asked.
#[derive(Default)]
struct Line {
    down: AtomicBool,
    garbles: AtomicBool,
    asked: AtomicUsize,
}

impl Line {
    fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::SeqCst);
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    async fn ask(&self) -> Result<(), PrivateKeyError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        if self.down.load(Ordering::SeqCst) {
            return Err(PrivateKeyError::Unavailable("no route".into()));
        }
        Ok(())
    }
}

struct RemoteSigner {
    key: SigningKey,
    line: Arc<Line>,
}

#[async_trait]
impl Signer for RemoteSigner {
    fn kid(&self) -> &KeyId {
        self.key.kid()
    }

    fn algorithm(&self) -> SigningAlgorithm {
        self.key.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Signature, PrivateKeyError> {
        self.line.ask().await?;
        let pkcs8 = self.key.to_pkcs8()?;
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.expose()).unwrap();
        let answer = pair.sign(&SystemRandom::new(), input).unwrap();
        Ok(Signature::new(self.algorithm(), answer.as_ref().to_vec())?)
    }
}

struct RemoteDecrypter {
    key: DecryptKey,
    line: Arc<Line>,
}

#[async_trait]
impl Decrypter for RemoteDecrypter {
    fn kid(&self) -> &KeyId {
        self.key.kid()
    }

    fn algorithm(&self) -> KeyManagement {
        self.key.algorithm()
    }

    fn encryption(&self) -> ContentEncryption {
        self.key.encryption()
    }

    async fn content_key(&self, header: &ContentKeyHeader) -> Result<ContentKey, PrivateKeyError> {
        self.line.ask().await?;
        let pkcs8 = self.key.to_pkcs8()?;
        let private =
            agreement::PrivateKey::from_private_key_der(&ECDH_P256, pkcs8.expose()).unwrap();
        let peer = UnparsedPublicKey::new(&ECDH_P256, header.ephemeral_key());
        let secret = agreement::agree(&private, peer, JoseError::Decrypt, |secret| {
            Ok(secret.to_vec())
        })?;
        let kept = match self.line.garbles.load(Ordering::SeqCst) {
            true => &secret[1..],
            false => &secret[..],
        };
        Ok(header.content_key(kept)?)
    }
}

/// A provider and a reader whose private keys all lie in a service.
struct World {
    line: Arc<Line>,
    ring: Arc<KeyRing>,
    issuer: KeyRingIssuer,
    published: JwkSetDocument,
}

fn reader() -> DecryptKey {
    DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap()
}

fn world() -> World {
    let line = Arc::new(Line::default());
    let (key, reader) = (signing_key(), reader());
    let published = JwkSet::new([key.public_jwk(), reader.public_jwk()]);
    let signer = Arc::new(RemoteSigner {
        key,
        line: Arc::clone(&line),
    });
    let decrypter = Arc::new(RemoteDecrypter {
        key: reader,
        line: Arc::clone(&line),
    });
    let decrypters = DecryptKeySet::new([decrypter]);
    let ring = Arc::new(KeyRing::new(tenant(), signer, decrypters, &published).unwrap());
    World {
        line,
        issuer: KeyRingIssuer::new(Arc::clone(&ring)),
        ring,
        published: JwkSetDocument::new(&published.to_json()).unwrap(),
    }
}

impl World {
    async fn issue(&self, spec: TokenSpec<'_>) -> Result<String, TokenError> {
        self.issuer
            .issue(&tenant(), spec, Some(&self.published))
            .await
            .map(|token| token.0)
    }

    fn api(&self) -> AccessTokenVerifier {
        AccessTokenVerifier::new(ISSUER, API, Arc::clone(&self.ring) as _)
            .require_encryption(self.ring.decrypt_keys().clone())
    }

    fn party(&self) -> IdTokenVerifier {
        IdTokenVerifier::new(ISSUER, CLIENT, Arc::clone(&self.ring) as _)
            .require_encryption(self.ring.decrypt_keys().clone())
    }
}

#[tokio::test]
async fn a_key_service_issues_and_reads_nested_tokens() {
    let world = world();
    let token = world.issue(TokenSpec::Access(&access())).await.unwrap();
    let principal = world.api().verify_token(&token, NOW).await.unwrap();
    assert_eq!(principal.subject, "ada");

    let token = world.issue(TokenSpec::Id(&id())).await.unwrap();
    let read = world.party().verify(&token, Some("n"), NOW).await.unwrap();
    assert_eq!(read.subject, "ada");
    // Two signed, two decrypted: nothing else is asked of the service.
    assert_eq!(world.line.asked(), 4);
}

#[tokio::test]
async fn a_service_that_is_down_is_our_fault_and_never_the_tokens() {
    let world = world();
    let access_token = world.issue(TokenSpec::Access(&access())).await.unwrap();
    let id_token = world.issue(TokenSpec::Id(&id())).await.unwrap();

    world.line.set_down(true);
    for refused in [
        world.issue(TokenSpec::Access(&access())).await.err(),
        world.issue(TokenSpec::Id(&id())).await.err(),
        world.api().verify_token(&access_token, NOW).await.err(),
        world.party().verify(&id_token, Some("n"), NOW).await.err(),
    ] {
        assert!(
            matches!(refused, Some(TokenError::Unavailable(_))),
            "{refused:?}"
        );
    }

    world.line.set_down(false);
    assert!(world.api().verify_token(&access_token, NOW).await.is_ok());
}

#[tokio::test]
async fn an_answer_that_is_no_shared_secret_is_not_the_tokens_fault() {
    let world = world();
    let token = world.issue(TokenSpec::Access(&access())).await.unwrap();
    world.line.garbles.store(true, Ordering::SeqCst);
    let refused = world.api().verify_token(&token, NOW).await;
    assert!(matches!(refused, Err(TokenError::Unavailable(_))));
}

#[tokio::test]
async fn a_bad_token_is_still_the_callers_fault() {
    let world = world();
    let mut token = world.issue(TokenSpec::Access(&access())).await.unwrap();
    let last = token.pop().unwrap();
    // The last of 22 characters has four free bits, which must be zero.
    token.push(if last == 'A' { 'Q' } else { 'A' });
    let refused = world.api().verify_token(&token, NOW).await;
    assert!(matches!(refused, Err(TokenError::Invalid(_))));
}

#[tokio::test]
async fn a_service_is_not_asked_about_tokens_that_are_refused_anyway() {
    let world = world();
    let signed = jws::sign(
        &signing_key(),
        "at+jwt",
        access_claims().to_string().as_bytes(),
    )
    .unwrap();
    let elsewhere = jwe::encrypt_nested(&reader().encrypt_key(), &signed).unwrap();
    for token in [signed.as_str(), &elsewhere, "a.b.c.d.e", ""] {
        let refused = world.api().verify_token(token, NOW).await;
        assert!(matches!(refused, Err(TokenError::Invalid(_))), "{token}");
    }
    assert_eq!(world.line.asked(), 0);
}

#[tokio::test]
async fn keys_here_and_elsewhere_are_one_set() {
    let line = Arc::new(Line::default());
    let (here, elsewhere) = (Arc::new(reader()), reader());
    let (to_here, to_there) = (here.encrypt_key(), elsewhere.encrypt_key());
    let elsewhere = Arc::new(RemoteDecrypter {
        key: elsewhere,
        line: Arc::clone(&line),
    });
    let both: [Arc<dyn Decrypter>; 2] = [here, elsewhere];
    let key = signing_key();
    let api = AccessTokenVerifier::new(ISSUER, API, Arc::new(key_set(&key)))
        .require_encryption(both.into_iter().collect());
    let signed = jws::sign(&key, "at+jwt", access_claims().to_string().as_bytes()).unwrap();

    // What lies here does not depend on the service.
    line.set_down(true);
    let local = jwe::encrypt_nested(&to_here, &signed).unwrap();
    assert!(api.verify_token(&local, NOW).await.is_ok());
    assert_eq!(line.asked(), 0);

    line.set_down(false);
    let remote = jwe::encrypt_nested(&to_there, &signed).unwrap();
    assert!(api.verify_token(&remote, NOW).await.is_ok());
    assert_eq!(line.asked(), 1);
}

#[tokio::test]
async fn a_key_service_signs_client_assertions() {
    let key = signing_key();
    let keys = key_set(&key);
    let line = Arc::new(Line::default());
    let signer = RemoteSigner {
        key,
        line: Arc::clone(&line),
    };
    let client = CLIENT.parse().unwrap();
    let lifetime = TEN_MINUTES / 10;
    let sent = client_assertion::sign_with(&signer, &client, ISSUER, "7d0e", lifetime, NOW)
        .await
        .unwrap();
    let claimed = UnverifiedClientAssertion::parse(sent.as_str()).unwrap();
    assert!(claimed.verify(ISSUER, &keys, NOW).is_ok());

    line.set_down(true);
    let refused =
        client_assertion::sign_with(&signer, &client, ISSUER, "7d0f", lifetime, NOW).await;
    assert!(matches!(refused, Err(PrivateKeyError::Unavailable(_))));
}

#[test]
fn keys_of_this_process_answer_at_once() {
    let signer: Arc<dyn Signer> = Arc::new(signing_key());
    assert!(matches!(signer.sign_local(b"input"), Some(Ok(_))));
    let debug = format!("{signer:?}");
    assert!(debug.contains(signer.kid().as_str()), "{debug}");
}

#[test]
fn an_answer_of_another_form_is_not_a_signature() {
    // 70 octets: ECDSA in DER, as many services answer.
    for length in [0, 63, 65, 70] {
        let refused = Signature::new(SigningAlgorithm::Es256, vec![1; length]);
        assert!(matches!(refused, Err(JoseError::Crypto(_))), "{length}");
    }
}

#[test]
fn a_ring_publishes_what_it_uses() {
    let (key, other, reader) = (signing_key(), signing_key(), Arc::new(reader()));
    let none = DecryptKeySet::default();
    let jwks = |keys: &[&Jwk]| JwkSet::new(keys.iter().map(|key| (*key).clone()));
    let (sig, enc) = (key.public_jwk(), reader.public_jwk());
    let key: Arc<dyn Signer> = Arc::new(key);
    let ring = |decrypt, published: &JwkSet| {
        KeyRing::new(tenant(), Arc::clone(&key), decrypt, published).map(|_| ())
    };
    assert!(ring(none.clone(), &jwks(&[&sig])).is_ok());
    let old_too = jwks(&[&sig, &other.public_jwk()]);
    assert!(ring(none.clone(), &old_too).is_ok());
    let refused = ring(none, &jwks(&[&other.public_jwk(), &enc]));
    assert!(matches!(refused, Err(JoseError::Key(_))));
    let refused = ring(DecryptKeySet::new([Arc::clone(&reader)]), &jwks(&[&sig]));
    assert!(matches!(refused, Err(JoseError::Key(_))));
    assert!(ring(DecryptKeySet::new([reader]), &jwks(&[&sig, &enc])).is_ok());
}
