//! The discovery screen: how a person can sign in at this moment.
//!
//! Nothing here is remembered from one page to the next: an option that an operator
//! switches off is gone at the next page load, and refused when it is posted.

use bytes::Bytes;
use ciam_broker::Connection;
use ciam_core::settings::Revision;
use http::Response;
use url::Url;

use crate::authenticator::Password;
use crate::failure::Failure;
use crate::page::{ConnectionOption, Delivery, Form, FormTarget, Page, SignIn};
use crate::provider::Inner;

/// What is offered now.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) password: bool,
    pub(crate) connections: Vec<Connection>,
    /// Of the pipelines in force.
    pub(crate) pipelines: Revision,
}

/// What the screen shows besides the options.
#[derive(Debug)]
pub(crate) struct Screen<'a> {
    pub(crate) form: Form<'a>,
    pub(crate) client_name: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) reason: Option<&'a str>,
    pub(crate) error: Option<&'a str>,
    pub(crate) username: Option<&'a str>,
}

/// The options in the settings of this moment that this provider can serve and that
/// can reach the wanted level.
pub(crate) async fn options(inner: &Inner, acr: Option<&str>) -> Result<Options, Failure> {
    let settings = inner.settings.now(inner).await?;
    let reaches = |level: &str| acr.is_none_or(|wanted| inner.acr.reaches(level, wanted));
    let served = |connection: &&Connection| {
        inner.broker.as_ref().is_some_and(|broker| {
            broker
                .connectors()
                .any(|kind| *kind == connection.connector)
        })
    };
    let can_reach = |connection: &&Connection| {
        reaches(&connection.acr) || connection.acr_map.values().any(|level| reaches(level))
    };
    Ok(Options {
        password: settings.sign_in.password
            && inner.authenticator(Password::KIND).is_some()
            && reaches(inner.acr.weakest()),
        connections: settings
            .sign_in
            .enabled()
            .filter(served)
            .filter(can_reach)
            .cloned()
            .collect(),
        pipelines: settings.pipelines_revision,
    })
}

impl Options {
    /// The offered connection of that id.
    pub(crate) fn connection(&self, id: &str) -> Option<&Connection> {
        self.connections
            .iter()
            .find(|connection| connection.id.as_str() == id)
    }

    /// The page.
    pub(crate) fn page(&self, inner: &Inner, screen: &Screen<'_>) -> Response<Bytes> {
        let page = Page::SignIn(SignIn {
            form: screen.form,
            client_name: screen.client_name,
            reason: screen.reason,
            error: screen.error,
            username: screen.username,
            password: self.password,
            connections: self
                .connections
                .iter()
                .map(|connection| ConnectionOption {
                    id: connection.id.as_str(),
                    label: &connection.label,
                    hint: connection.hint.as_deref(),
                })
                .collect(),
            cancel: true,
        });
        let upstreams = self
            .connections
            .iter()
            .map(|connection| connection.issuer.as_str());
        let urls = upstreams.chain([screen.redirect_uri]);
        render(inner, &page, &form_targets(inner, urls))
    }
}

/// Renders a page with the form targets given.
pub(crate) fn render(inner: &Inner, page: &Page<'_>, targets: &[FormTarget]) -> Response<Bytes> {
    let delivery = Delivery {
        https: inner.issuer.is_https(),
        form_targets: targets,
    };
    inner.pages.render(page, &inner.brand, &delivery)
}

/// Where forms lead: to these URLs, and to where those lead on.
pub(crate) fn form_targets<'a>(
    inner: &Inner,
    urls: impl IntoIterator<Item = &'a str>,
) -> Vec<FormTarget> {
    let target = |url| FormTarget::of(&Url::parse(url).ok()?);
    let mut targets: Vec<_> = urls.into_iter().filter_map(target).collect();
    if !targets.is_empty() {
        targets.push(FormTarget::onward(inner.issuer.is_https()));
    }
    targets
}
