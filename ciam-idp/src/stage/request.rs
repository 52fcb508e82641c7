use crate::parameters::Parameters;

/// An authorization request as it came in: parsed, nothing believed.
#[derive(Debug)]
pub(crate) struct AuthorizationRequest {
    /// The parameters of the query or the form.
    pub(crate) parameters: Parameters,
}
