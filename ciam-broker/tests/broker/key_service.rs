//! Our own keys as a client may lie in a key service.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use ciam_broker::{Broker, BrokerError, ConnectorError, FixedClientKeys, OidcConnector};
use ciam_core::SystemEntropy;
use ciam_tokens::{
    ContentEncryption, ContentKey, ContentKeyHeader, DecryptKey, DecryptKeySet, Decrypter, KeyId,
    KeyManagement, PrivateKeyError, Signature, Signer, SigningAlgorithm, SigningKey,
};

use crate::bank::Bank;

/// A key that answers only when waited for, and not while it is down.
struct Remote<K> {
    key: Arc<K>,
    down: Arc<AtomicBool>,
}

impl<K> Remote<K> {
    async fn ask(&self) -> Result<&K, PrivateKeyError> {
        tokio::task::yield_now().await;
        if self.down.load(Ordering::SeqCst) {
            return Err(PrivateKeyError::Unavailable("no route".into()));
        }
        Ok(&self.key)
    }
}

#[async_trait]
impl Signer for Remote<SigningKey> {
    fn kid(&self) -> &KeyId {
        self.key.kid()
    }

    fn algorithm(&self) -> SigningAlgorithm {
        self.key.algorithm()
    }

    async fn sign(&self, input: &[u8]) -> Result<Signature, PrivateKeyError> {
        Signer::sign(self.ask().await?, input).await
    }
}

#[async_trait]
impl Decrypter for Remote<DecryptKey> {
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
        Decrypter::content_key(self.ask().await?, header).await
    }
}

/// A bank that is reached with such keys, and the switches of both.
struct Remotes {
    bank: Bank,
    signer_down: Arc<AtomicBool>,
    decrypter_down: Arc<AtomicBool>,
}

fn remotes() -> Remotes {
    let mut bank = Bank::new();
    let (signer_down, decrypter_down) = <(Arc<AtomicBool>, Arc<AtomicBool>)>::default();
    let signer = Arc::new(Remote {
        key: bank.ours.clone(),
        down: signer_down.clone(),
    });
    let decrypter = Arc::new(Remote {
        key: bank.reader.clone(),
        down: decrypter_down.clone(),
    });
    let keys = FixedClientKeys::new(signer, DecryptKeySet::new([decrypter]));
    let http = bank.upstream.clone();
    let oidc = OidcConnector::new(http, Arc::new(keys), Arc::new(SystemEntropy));
    bank.broker = Broker::new().with_connector(Arc::new(oidc));
    Remotes {
        bank,
        signer_down,
        decrypter_down,
    }
}

#[tokio::test]
async fn a_person_signs_in_with_keys_of_a_key_service() {
    let remotes = remotes();
    let person = remotes.bank.sign_in(|_| ()).await.unwrap();
    assert_eq!(person.subject, "customer-4711");
}

#[tokio::test]
async fn a_key_service_that_is_down_says_try_later_and_blames_nobody() {
    for which in ["signer", "decrypter"] {
        let remotes = remotes();
        let down = match which {
            "signer" => &remotes.signer_down,
            _ => &remotes.decrypter_down,
        };
        down.store(true, Ordering::SeqCst);
        let refused = remotes.bank.sign_in(|_| ()).await.map(|_| ()).unwrap_err();
        let BrokerError::Connector(error) = refused else {
            panic!("{which}: {refused:?}");
        };
        assert!(
            matches!(error, ConnectorError::KeyUnavailable(_)),
            "{which}: {error:?}"
        );
        assert!(error.is_unavailable(), "{which}");
        assert!(!error.public_text().contains("provider"), "{which}");

        down.store(false, Ordering::SeqCst);
        assert!(remotes.bank.sign_in(|_| ()).await.is_ok(), "{which}");
    }
}
