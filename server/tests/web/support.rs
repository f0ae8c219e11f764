//! A server with its files in a folder of its own, its clock in the test's hand, and no cluster behind it.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::{
        Arc, Mutex, Once,
        atomic::{AtomicI64, Ordering},
    },
};

use axum::{Router, body::Body, extract::ConnectInfo, routing::get};
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use musterbook::{
    auth::LocalUsers, clock::Clock, layers::limits::Limits, live::Places, lockout::Lockout, public_url::PublicUrl,
    router, seal::RecordSeals, session::Sessions, session_key::SessionKeys, shared_state::SharedState, users::Users,
};
use musterbook_app::server::AppState;
use musterbook_cluster::{Cluster, ConnectOptions, testing::FakeApi};
use tempfile::TempDir;
use tower::ServiceExt;

pub const ORIGIN: &str = "https://musterbook.example";
pub const COOKIE: &str = "__Host-musterbook";
pub const SIGN_IN: &str = "/api/auth/sign-in";
pub const SIGN_OUT: &str = "/api/auth/sign-out";
pub const PASSWORD: &str = "correct horse";

#[derive(Clone)]
pub struct TestApp {
    folder: Arc<TempDir>,
    now: Arc<AtomicI64>,
    router: Router,
}

impl TestApp {
    pub async fn start() -> Self {
        log_text();
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let hash = musterbook::users::hash_password(PASSWORD).unwrap();
        std::fs::write(folder.path().join("users.yaml"), users(&hash)).unwrap();
        std::fs::write(folder.path().join("kubeconfig"), KUBECONFIG).unwrap();
        let now = Arc::new(AtomicI64::new(1_800_000_000));
        Self::process(folder, now).await
    }

    /// Another process on the same files; a restart is one, too.
    pub async fn replica(&self) -> Self {
        Self::process(self.folder.clone(), self.now.clone()).await
    }

    /// The same server, with a scripted API server behind it.
    pub fn over(&self, api: &FakeApi) -> Self {
        let sessions = sessions(self.folder.path(), &self.now);
        let router = router::app(state_of(api.cluster(), &sessions), sessions, Places::default());
        Self { router, ..self.clone() }
    }

    pub fn router(&self) -> Router {
        self.router.clone()
    }

    async fn process(folder: Arc<TempDir>, now: Arc<AtomicI64>) -> Self {
        let sessions = sessions(folder.path(), &now);
        let router = router::app(state(folder.path(), &sessions).await, sessions, Places::default());
        Self { folder, now, router }
    }

    /// The same layers around other pages.
    pub fn around(&self, pages: Router, limits: Limits) -> Self {
        let router =
            router::around(pages, get(async || ()), Router::new(), sessions(self.folder.path(), &self.now), limits);
        Self { router, ..self.clone() }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn pass(&self, minutes: i64) {
        self.now.fetch_add(minutes * 60, Ordering::SeqCst);
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path).header("accept", "text/html")
    }

    /// As a browser without WebAssembly posts a form.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        self.api(path, fields).header("accept", "text/html").header("referer", &format!("{ORIGIN}{path}"))
    }

    /// As our own WebAssembly calls a server function.
    pub fn api(&self, path: &str, fields: &[(&str, &str)]) -> Call {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let mut call = self.call(Method::POST, path).header("origin", ORIGIN).header("accept", "application/json");
        call = call.header("content-type", "application/x-www-form-urlencoded");
        call.body = Body::from(body);
        call
    }

    pub fn call(&self, method: Method, path: &str) -> Call {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        Call { router: self.router.clone(), request: request.map(|_| ()), body: Body::empty() }.from("192.0.2.1")
    }

    /// The session cookie as `name=value`.
    pub async fn sign_in(&self) -> String {
        self.sign_in_as("ann").await
    }

    pub async fn sign_in_as(&self, user: &str) -> String {
        let answer = self.api(SIGN_IN, &[("user", user), ("password", PASSWORD), ("next", "")]).send().await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer.cookie(COOKIE).expect("a session")
    }

    /// Whether the server takes `cookie` for a session: who has one gets the page, not the way to sign in.
    pub async fn knows(&self, cookie: &str) -> bool {
        let answer = self.get("/projects").header("cookie", cookie).send().await;
        answer.location().is_none_or(|location| !location.starts_with("/sign-in"))
    }
}

pub fn users(hash: &str) -> String {
    let user = |name| format!("- name: {name}\n  password-hash: {hash}\n  groups: [project-regular]\n");
    format!("{}{}", user("ann"), user("bob"))
}

fn sessions(folder: &Path, now: &Arc<AtomicI64>) -> Sessions {
    let now = now.clone();
    Sessions {
        keys: SessionKeys::open_or_create(&folder.join("key")).unwrap(),
        state: SharedState::open(&folder.join("state.json")).unwrap(),
        users: Users::open(&folder.join("users.yaml")).unwrap(),
        clock: Clock::from(move || now.load(Ordering::SeqCst)),
        public_url: PublicUrl::parse(ORIGIN).unwrap(),
    }
}

async fn state(folder: &Path, sessions: &Sessions) -> AppState {
    let kubeconfig = Some(folder.join("kubeconfig"));
    let options = ConnectOptions { kubeconfig, caches: false, ..Default::default() };
    state_of(Cluster::connect(options).await.unwrap(), sessions)
}

fn state_of(cluster: Cluster, sessions: &Sessions) -> AppState {
    let lockout = Lockout::new(sessions.state.clone(), sessions.clock.clone());
    let auth = LocalUsers { sessions: sessions.clone(), lockout, proxies: 0 };
    let seals = RecordSeals { keys: sessions.keys.clone(), clock: sessions.clock.clone() };
    AppState { cluster: Arc::new(cluster), auth: Arc::new(auth), seals: Arc::new(seals) }
}

/// Nothing listens on port 1.
const KUBECONFIG: &str = "
apiVersion: v1
kind: Config
current-context: away
clusters: [{name: away, cluster: {server: 'https://127.0.0.1:1'}}]
users: [{name: away, user: {token: none}}]
contexts: [{name: away, context: {cluster: away, user: away}}]
";

pub struct Call {
    router: Router,
    request: Request<()>,
    pub body: Body,
}

impl Call {
    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request.headers_mut().insert(name, value.parse().unwrap());
        self
    }

    pub fn without(mut self, name: &str) -> Self {
        self.request.headers_mut().remove(name);
        self
    }

    pub fn from(mut self, source: &str) -> Self {
        let source = SocketAddr::new(source.parse::<IpAddr>().unwrap(), 50_000);
        self.request.extensions_mut().insert(ConnectInfo(source));
        self
    }

    pub async fn send(self) -> Answer {
        let body = self.body;
        let response = self.router.oneshot(self.request.map(|()| body)).await.unwrap();
        let (parts, body) = response.into_parts();
        let text = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn location(&self) -> Option<&str> {
        self.header("location")
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap()).collect()
    }

    /// `name=value` of a cookie that is set, not cleared.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let mut cookies = self.set_cookies().into_iter().filter_map(|cookie| cookie.split(';').next());
        cookies
            .find(|pair| pair.split_once('=').is_some_and(|(its, value)| its == name && !value.is_empty()))
            .map(Into::into)
    }

    pub fn clears(&self, name: &str) -> bool {
        self.set_cookies().iter().any(|cookie| cookie.starts_with(&format!("{name}=;")) && cookie.contains("Max-Age=0"))
    }
}

/// All that any test made the server log, in full detail. There is one log for a process.
pub fn log_text() -> String {
    static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
    static ONCE: Once = Once::new();
    struct Lines;
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            LINES.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    ONCE.call_once(|| {
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
        tracing::subscriber::set_global_default(log.with_writer(|| Lines).finish()).unwrap();
    });
    String::from_utf8_lossy(&LINES.lock().unwrap()).into_owned()
}
