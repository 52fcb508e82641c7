//! Starting and stopping all parties.

use std::future::{Future, IntoFuture};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use ciam::broker::GuardedClient;
use ciam::idp::Provider;
use ciam::sqlx::SqliteStore;
use ciam::tokens::DecryptKey;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::config::Config;
use crate::folder::Folder;
use crate::keys::{self, ClientKey};
use crate::listen::{Listeners, Urls};
use crate::party::orders::Orders;
use crate::party::partner::Partner;
use crate::party::shop::Shop;
use crate::party::{bank, orders, provider, social};
use crate::problem::Problem;
use crate::seed::clients::ClientKeys;
use crate::seed::{BANK, SOCIAL, clients, people, settings};
use crate::store::Opened;

/// How to serve.
#[derive(Debug, Clone)]
pub(crate) struct Start {
    pub(crate) folder: Folder,
    pub(crate) config: Config,
    pub(crate) port: u16,
    pub(crate) host: String,
    pub(crate) actix: bool,
}

/// The demo, serving.
pub(crate) struct Running {
    pub(crate) urls: Urls,
    pub(crate) keys: ClientKeys,
    /// The orders API's own key; the walk looks into a token with it.
    pub(crate) orders_key: Arc<DecryptKey>,
    /// The provider, for the walk to register more with.
    pub(crate) provider: Provider,
    /// The bank, for the walk to misconfigure.
    pub(crate) bank: Provider,
    databases: Vec<SqliteStore>,
    tasks: JoinSet<Result<(), Problem>>,
    stop: watch::Sender<bool>,
}

impl Start {
    /// Binds, opens, seeds, and serves.
    pub(crate) async fn run(self) -> Result<Running, Problem> {
        if self.actix && !cfg!(feature = "actix") {
            return Err(Problem::new(
                "this build has no actix-web; run `cargo run -p quickstart --features actix -- --actix`",
            ));
        }
        let Self {
            folder,
            config,
            host,
            ..
        } = &self;
        let listeners = Listeners::bind(self.port)?;
        let urls = listeners.urls(host)?;
        let ciam = Opened::open(folder, "ciam", &urls.provider).await?;
        let demo_bank = Opened::open(folder, "demo-bank", &urls.bank).await?;
        let demo_social = Opened::open(folder, "demo-social", &urls.social).await?;
        let keys = ClientKeys {
            shop: ClientKey::open(folder, "shop")?,
            partner: ClientKey::open(folder, "partner")?,
            referee: ClientKey::open(folder, "referee")?,
            warehouse: ClientKey::open(folder, "warehouse")?,
            closed: ClientKey::open(folder, "closed")?,
        };
        let orders_key = keys::open_api_key(folder)?;
        let databases = vec![
            ciam.database.clone(),
            demo_bank.database.clone(),
            demo_social.database.clone(),
        ];
        let provider = provider::build(&ciam, &urls, config)?;
        let bank = bank::build(&demo_bank, config)?;
        let social = social::build(&demo_social, config)?;

        let bank_alice = people::at_bank(&bank).await?;
        people::at_social(&social).await?;
        let alice = people::at_provider(&provider, config, (&urls.bank, bank_alice)).await?;
        let orders_jwks = keys::document(orders_key.public_jwk())?;
        clients::at_provider(&provider, &urls, config, &keys, orders_jwks).await?;
        clients::at_upstream(&bank, &provider, BANK, config, true).await?;
        clients::at_upstream(&social, &provider, SOCIAL, config, false).await?;
        settings::at_upstream(&bank).await?;
        settings::at_upstream(&social).await?;
        settings::at_provider(&provider, &urls, config).await?;

        let to_provider = GuardedClient::new()
            .and_then(|client| client.dangerous_allow_loopback([&urls.provider]))
            .map_err(|error| Problem::caused("the HTTP client", &error))?;
        let api = Orders::new(
            &urls,
            Arc::clone(&orders_key),
            Arc::new(to_provider),
            &alice.to_string(),
        )?;
        let http = http_client()?;
        let command = folder.command();
        let shop = Shop::new(&urls, config, command, keys.shop.clone(), http.clone());
        let partner = Partner::new(&urls, config, keys.partner.clone(), http);

        let mut serving = Serving::new();
        serving.site(listeners.provider, ciam::axum::routes(&provider))?;
        serving.site(listeners.bank, ciam::axum::routes(&bank))?;
        serving.site(listeners.social, ciam::axum::routes(&social))?;
        serving.site(listeners.shop, shop.router())?;
        serving.site(listeners.partner, partner.router())?;
        if self.actix {
            serving.actix(listeners.orders, api)?;
        } else {
            serving.site(listeners.orders, orders::axum::router(api))?;
        }
        for issuer in [&provider, &bank, &social] {
            serving.background(issuer.maintenance());
        }
        folder.remember(&urls)?;
        Ok(Running {
            urls,
            keys,
            orders_key,
            provider,
            bank,
            databases,
            tasks: serving.tasks,
            stop: serving.stop,
        })
    }
}

impl Running {
    /// Waits until a party stops by itself, which none should.
    pub(crate) async fn failed(&mut self) -> Problem {
        match self.tasks.join_next().await {
            Some(Ok(Err(problem))) => problem,
            _ => Problem::new("a party of the demo stopped"),
        }
    }

    /// Lets requests under way end, then closes the databases.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        // A browser may keep a connection open for long.
        if tokio::time::timeout(PATIENCE, ended).await.is_err() {
            self.tasks.shutdown().await;
        }
        for database in &self.databases {
            database.close().await;
        }
    }
}

const PATIENCE: Duration = Duration::from_secs(3);

/// The client of the shop, the partner and the walk.
pub(crate) fn http_client() -> Result<reqwest::Client, Problem> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .build()
        .map_err(|error| Problem::caused("the HTTP client", &error))
}

/// The tasks of the parties.
struct Serving {
    tasks: JoinSet<Result<(), Problem>>,
    stop: watch::Sender<bool>,
}

impl Serving {
    fn new() -> Self {
        Self {
            tasks: JoinSet::new(),
            stop: watch::Sender::new(false),
        }
    }

    /// Serves a router until told to stop.
    fn site(&mut self, listener: TcpListener, router: Router) -> Result<(), Problem> {
        let listener = tokio::net::TcpListener::from_std(listener)
            .map_err(|error| Problem::caused("a socket cannot be used", &error))?;
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let server = axum::serve(listener, service).with_graceful_shutdown(self.stopped());
        self.tasks.spawn(async move {
            server
                .into_future()
                .await
                .map_err(|error| Problem::caused("a party cannot serve", &error))
        });
        Ok(())
    }

    #[cfg(feature = "actix")]
    fn actix(&mut self, listener: TcpListener, api: Orders) -> Result<(), Problem> {
        let server = orders::actix::server(listener, api)
            .map_err(|error| Problem::caused("the orders API cannot serve", &error))?;
        let handle = server.handle();
        let stopped = self.stopped();
        self.tasks.spawn(async move {
            stopped.await;
            handle.stop(true).await;
            Ok(())
        });
        self.tasks.spawn(async move {
            server
                .await
                .map_err(|error| Problem::caused("the orders API cannot serve", &error))
        });
        Ok(())
    }

    #[cfg(not(feature = "actix"))]
    fn actix(&mut self, _listener: TcpListener, _api: Orders) -> Result<(), Problem> {
        Err(Problem::new("this build has no actix-web"))
    }

    /// Runs something that never ends, until told to stop.
    fn background(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        let stopped = self.stopped();
        self.tasks.spawn(async move {
            tokio::select! {
                () = work => {}
                () = stopped => {}
            }
            Ok(())
        });
    }

    fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.subscribe();
        async move {
            // The sender lives as long as the tasks.
            stop.wait_for(|stop| *stop).await.ok();
        }
    }
}
