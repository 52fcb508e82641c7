//! Ports to people: mail and short messages.

use async_trait::async_trait;

use crate::secret::Secret;

/// A message could not be handed over; the outbox tries again.
#[derive(Debug, thiserror::Error)]
#[error("the message could not be handed over")]
pub struct MessageError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync + 'static {
    /// Hands a plain-text mail to the mail system.
    ///
    /// # Errors
    /// [`MessageError`] when it did not take the mail.
    async fn send(
        &self,
        to: &str,
        subject: &str,
        text: &Secret<String>,
    ) -> Result<(), MessageError>;
}

/// Sends short messages.
#[async_trait]
pub trait SmsSender: Send + Sync + 'static {
    /// Hands a message to the operator; `to` is in E.164 form.
    ///
    /// # Errors
    /// [`MessageError`] when it did not take the message.
    async fn send(&self, to: &str, text: &Secret<String>) -> Result<(), MessageError>;
}
