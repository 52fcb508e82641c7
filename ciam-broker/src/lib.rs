//! The broker: connectors to other identity providers, pipelines of
//! transformers, tokenization, and release.
//!
//! A brokered sign-in goes through stages, each a type that only the one before
//! can make: [`Transaction`] and [`Callback`] become an accepted callback, the
//! [`Connector`] makes a [`VerifiedIdentity`] of it, and once the caller knows that
//! this person may come in, the [`Pipeline`] makes an [`ExternalIdentity`] of that.
//! No sensitive value gets through: the pipeline tokenizes, masks or drops it, or
//! the sign-in fails.
//!
//! What an operator changes is in three documents: [`SignInSettings`],
//! [`PipelinesSettings`] and [`ReleaseSettings`]. Each is JSON, denies unknown
//! names, and says where the mistake is and what was probably meant:
//!
//! ```
//! use ciam_broker::SignInSettings;
//!
//! let error = SignInSettings::parse(r#"{"connections": [{"isuer": "https://bank.example"}]}"#)
//!     .unwrap_err();
//! assert_eq!(
//!     error.to_string(),
//!     "`connections[0].isuer`: unknown name `isuer`, did you mean `issuer`?"
//! );
//! ```

pub mod broker;
pub mod connection;
pub mod connector;
pub mod document;
#[cfg(feature = "reqwest")]
pub mod http;
pub mod identity;
pub mod keys;
pub mod link;
pub mod name;
pub mod oidc;
pub mod pipeline;
pub mod release;
mod reserved;
pub mod settings;
pub mod tokenize;
mod verified;

pub use broker::{Broker, BrokerError};
pub use connection::Connection;
pub use connector::{
    Begun, Callback, Connector, ConnectorError, LoginRequest, Next, Rejection, Transaction,
    UpstreamError,
};
pub use document::DocumentError;
#[cfg(feature = "reqwest")]
pub use http::GuardedClient;
pub use identity::{ExternalIdentity, UpstreamIdentity, VerifiedIdentity};
pub use keys::{ClientKeys, FixedClientKeys};
pub use name::{ConnectorKind, PipelineName, TokenDomain};
pub use oidc::OidcConnector;
pub use pipeline::{Pipeline, PipelineError, Pipelines, PipelinesSettings, Transform};
pub use release::{ReleaseSettings, ReleaseTarget};
pub use settings::SignInSettings;
pub use tokenize::{Tokenizer, VaultTokenizer};
