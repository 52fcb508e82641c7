//! The same providers, mounted on axum and on actix.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::{App, test};
use async_trait::async_trait;
use bytes::Bytes;
use ciam_idp::Provider;
use ciam_testkit::Transport;
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::world::World;

/// Which framework the providers are mounted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adapter {
    Axum,
    Actix,
}

impl Adapter {
    pub(crate) const ALL: [Self; 2] = [Self::Axum, Self::Actix];

    /// Runs `work` on the framework's own runtime.
    pub(crate) fn block_on<F: Future>(self, work: F) -> F::Output {
        match self {
            Self::Axum => tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap()
                .block_on(tokio::task::LocalSet::new().run_until(work)),
            Self::Actix => actix_web::rt::System::new().block_on(work),
        }
    }

    /// Both providers of the world, reached by their hosts.
    pub(crate) async fn mount(self, world: &World) -> Rc<dyn Transport> {
        let providers = [&world.op, &world.other];
        let mut hosts = BTreeMap::new();
        for provider in providers {
            let call = match self {
                Self::Axum => on_axum(ciam_axum::routes(provider)),
                Self::Actix => on_actix(provider).await,
            };
            hosts.insert(provider.issuer().authority().to_owned(), call);
        }
        Rc::new(Hosts(hosts))
    }
}

type Answering = Pin<Box<dyn Future<Output = Response<Bytes>>>>;
type Call = Box<dyn Fn(Request<Bytes>) -> Answering>;

struct Hosts(BTreeMap<String, Call>);

#[async_trait(?Send)]
impl Transport for Hosts {
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        // A client's host is not there: nothing follows a redirect to it.
        let host = request.uri().authority().unwrap().as_str().to_owned();
        let call = self
            .0
            .get(&host)
            .unwrap_or_else(|| panic!("nothing is at {host}"));
        call(in_origin_form(request)).await
    }
}

/// As a server sees it: the path alone (RFC 9112 section 3.2.1).
fn in_origin_form(mut request: Request<Bytes>) -> Request<Bytes> {
    let target = request.uri().path_and_query().unwrap().as_str();
    *request.uri_mut() = target.parse::<Uri>().unwrap();
    request
}

fn on_axum(router: axum::Router) -> Call {
    Box::new(move |request| {
        let router = router.clone();
        Box::pin(async move {
            let mut request = request.map(axum::body::Body::from);
            request
                .extensions_mut()
                .insert(axum::extract::ConnectInfo(PEER));
            let response = router.oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            Response::from_parts(parts, body.collect().await.unwrap().to_bytes())
        })
    })
}

async fn on_actix(provider: &Provider) -> Call {
    let app = App::new().configure(ciam_actix::routes(provider));
    let service = Rc::new(test::init_service(app).await);
    Box::new(move |request| {
        let service = Rc::clone(&service);
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let mut to = test::TestRequest::default()
                .method(parts.method.as_str().parse().unwrap())
                .uri(&parts.uri.to_string())
                .peer_addr(PEER)
                .set_payload(body);
            for (name, value) in &parts.headers {
                to = to.append_header((name.as_str(), value.as_bytes()));
            }
            let response = test::call_service(service.as_ref(), to.to_request()).await;
            let mut answer = Response::builder().status(response.status().as_u16());
            for (name, value) in response.headers() {
                answer = answer.header(name.as_str(), value.as_bytes());
            }
            answer.body(test::read_body(response).await).unwrap()
        })
    })
}

const PEER: SocketAddr = SocketAddr::new(
    std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7)),
    40_000,
);
