//! Static files (SPEC P4). What they are depends on whether the bundle was made before this build; that they are the
//! browser's for good, and compressed as it likes, doesn't.

use http::{Method, StatusCode};

use crate::support::TestApp;

#[tokio::test]
async fn p4_what_is_not_in_the_bundle_is_not_there() {
    let app = TestApp::start().await;
    for path in
        ["/pkg/current", "/pkg/0/none.js", "/pkg/0/../../Cargo.toml", "/pkg/0/%2e%2e/current", "/pkg//", "/pkg/0/"]
    {
        let status = app.get(path).send().await.status;
        assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::FOUND), "{path}: {status}");
    }
}

#[tokio::test]
async fn p4_files_are_immutable_and_compressed_in_advance() {
    let Some(site) = musterbook::assets::current() else { return };
    let app = TestApp::start().await;
    for (file, kind) in [
        ("musterbook.js", "text/javascript; charset=utf-8"),
        ("musterbook_bg.wasm", "application/wasm"),
        ("main.css", "text/css; charset=utf-8"),
        ("favicon.svg", "image/svg+xml"),
    ] {
        let path = format!("/{site}/{file}");
        for (accepted, expected) in
            [("gzip, br, zstd", Some("br")), ("zstd", Some("zstd")), ("gzip", Some("gzip")), ("identity", None)]
        {
            let answer = app.get(&path).header("accept-encoding", accepted).send().await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert_eq!(answer.header("content-encoding"), expected, "{path} {accepted}");
            assert_eq!(answer.header("content-type"), Some(kind), "{path}");
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"));
            assert_eq!(answer.header("vary"), Some("accept-encoding"));
            assert!(answer.set_cookies().is_empty());
        }
        assert_eq!(app.get(&format!("{path}.br")).send().await.status, StatusCode::NOT_FOUND);
        let head = app.call(Method::HEAD, &path).send().await;
        assert_eq!((head.status, head.text.as_str()), (StatusCode::OK, ""));
        assert!(head.header("content-length").is_some());
    }
}
