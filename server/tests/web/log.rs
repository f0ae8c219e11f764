//! What the log says (SPEC Z6, K3).

use std::{
    io,
    sync::{Arc, Mutex},
};

use crate::support::{PASSWORD, SIGN_IN, TestApp};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn z6_each_request_is_a_line_with_its_person_and_without_secrets() {
    let app = TestApp::start().await;
    let lines = Lines::default();
    let writer = lines.clone();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_ansi(false);
    let _here = tracing::subscriber::set_default(log.with_writer(move || writer.clone()).finish());

    let cookie = app.sign_in().await;
    let answer = app.get("/projects?q=searched-for").header("cookie", &cookie).send().await;
    app.api(SIGN_IN, &[("user", "typed-as-user"), ("password", "typed-as-password"), ("next", "")]).send().await;
    app.form("/sign-in", &[("_fn", SIGN_IN), ("user", "typed-as-user"), ("password", "typed-as-password")])
        .send()
        .await;

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let id = answer.header("x-request-id").unwrap();
    let line = text.lines().find(|line| line.contains(id) && line.contains("musterbook::access")).unwrap();
    for part in ["method=GET", "path=\"/projects\"", "user=\"ann\"", "status=", "ms="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    let secrets = [PASSWORD, "typed-as", "searched-for", cookie.split_once('=').unwrap().1];
    for secret in secrets {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
