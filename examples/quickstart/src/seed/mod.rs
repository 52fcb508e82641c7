//! What the demo starts with. Clients and APIs are written at every start, since
//! their addresses may have changed; people and settings only when they are not
//! there, so that changes survive a restart.

pub(crate) mod clients;
pub(crate) mod people;
pub(crate) mod settings;

/// The id of the bank's connection.
pub(crate) const BANK: &str = "demo-bank";
/// The id that the social network's connection gets by `options add`.
pub(crate) const SOCIAL: &str = "demo-social";
/// What the provider is called at the bank and at the social network.
pub(crate) const CLIENT_AT_UPSTREAM: &str = "ciam";

/// The attribute and claim that stands for a national identity number.
pub(crate) const SURROGATE: &str = "person_token";

/// Who is refused by the access policy; the password is the demo user's.
pub(crate) const MINOR: &str = "mia";

/// The bank's customers. The demo user's account is linked to the first.
pub(crate) const BANK_ALICE: &str = "alice";
pub(crate) const BANK_CAROL: &str = "carol";
pub(crate) const BANK_PASSWORD: &str = "battery-staple";
/// Their national identity numbers, which nobody but bank and vault ever has.
pub(crate) const ALICES_NUMBER: &str = "19900412-2384";
pub(crate) const CAROLS_NUMBER: &str = "19850621-4471";

/// The one member of the social network.
pub(crate) const SOCIAL_USER: &str = "sam";
pub(crate) const SOCIAL_PASSWORD: &str = "hello-there";
