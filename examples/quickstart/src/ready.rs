//! What the demo says when it serves: to the person at the terminal, and to a
//! program that waits for its ready file.

use std::path::Path;

use serde_json::json;

use crate::config::Config;
use crate::folder::{Folder, write_whole};
use crate::problem::Problem;
use crate::say;
use crate::seed::clients::REFEREE_REDIRECT_URI;
use crate::seed::{
    BANK, BANK_ALICE, BANK_CAROL, BANK_PASSWORD, MINOR, SOCIAL, SOCIAL_PASSWORD, SOCIAL_USER,
};
use crate::serve::Running;

/// Prints where to look and what to try.
pub(crate) fn tell(running: &Running, config: &Config, folder: &Folder) {
    let urls = &running.urls;
    let names = &config.names;
    let run = folder.command();
    let text = format!(
        "\nThis is a demo: it listens on this machine alone, and everybody knows its passwords.\n\n  \
         open      {shop}\n  sign in   {user} / {password}\n\n\
         {shop_name:<20} {shop}\n{provider_name:<20} {provider}\n{bank_name:<20} {bank}   {BANK_ALICE} or {BANK_CAROL} / {BANK_PASSWORD}\n\
         {social_name:<20} {social}   {SOCIAL_USER} / {SOCIAL_PASSWORD} (not offered yet)\n{partner_name:<20} {partner}\n{orders_name:<20} {orders}\n\n\
         What to look at:\n  \
         - order for 1 500 €: the API asks for more than a password, the bank gives it\n  \
         - sign in as {MINOR} (same password), a minor\n  \
         - {run} options disable {BANK}\n  \
         - {run} options add {SOCIAL} --issuer {social}\n  \
         - {run} walk\n\n\
         Databases and keys are in {dir}. Ctrl-C ends it.\n",
        shop = urls.shop,
        user = config.user.name,
        password = config.user.password,
        shop_name = names.shop,
        provider_name = names.provider,
        provider = urls.provider,
        bank_name = names.bank,
        bank = urls.bank,
        social_name = names.social,
        social = urls.social,
        partner_name = names.partner,
        partner = urls.partner,
        orders_name = "Orders API",
        orders = urls.orders,
        dir = folder.path().display(),
    );
    say(&text);
}

/// Writes the ready file, all of it at once.
pub(crate) fn write(file: &Path, running: &Running, config: &Config) -> Result<(), Problem> {
    let Running { urls, keys, .. } = running;
    let content = json!({
        "issuer": urls.provider,
        "shop": urls.shop,
        "api": urls.orders,
        "partner": urls.partner,
        "bank": urls.bank,
        "social": urls.social,
        "client_id": keys.referee.client(),
        "redirect_uri": REFEREE_REDIRECT_URI,
        "username": config.user.name,
        "password": config.user.password,
        "private_key_pem": keys.referee.to_pem()?,
        "kid": keys.referee.kid(),
    });
    write_whole(file, format!("{content:#}\n").as_bytes())
}
