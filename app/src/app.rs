//! The document around every page, and the table of pages.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, OptionalParamSegment, ParamSegment, PossibleRouteMatch, SsrMode, StaticSegment,
    components::{Route, Router, Routes},
};

use crate::{
    accounts::{details::DetailsPage, list::ListPage, yaml::YamlPage},
    auth::{SignInAgain, SignInPage},
    keys::Keys,
    lang,
    layout::{ErrorPanel, Frame, ToastList, provide_toasts},
    post::provide_posted,
    projects::{HomePage, OpenPage, ProjectsPage},
    viewer::provide_viewer,
};

/// The document. `site` is the folder of the bundle, e.g. `/pkg/0123456789abcdef`.
///
/// The bundle is asked for after the first paint: the page is useful without it, and its rows come first (SPEC P1). Before
/// it, and so before the router, a dialog's listener to the back button has its place (`ui/unsaved.rs`). A menu closes by the
/// link that was chosen in it.
#[cfg(feature = "ssr")]
pub fn shell(site: String) -> impl IntoView {
    use leptos::nonce::use_nonce;
    use leptos_i18n::Locale as _;
    use leptos_meta::MetaTags;

    use crate::preferences::Theme;
    let theme = crate::preferences::theme();
    let nonce = use_nonce();
    let start = format!(
        "onpopstate=()=>0;onclick=e=>e.target.closest('[popover] a')?.closest('[popover]').hidePopover();window.loadModule=name=>import('{site}/'+name);requestAnimationFrame(()=>setTimeout(()=>import('{site}/musterbook.js').then(m=>m.default({{module_or_path:'{site}/musterbook_bg.wasm'}}).then(()=>m.hydrate()))))"
    );
    view! {
        <!DOCTYPE html>
        <html
            lang=lang::detect().as_str()
            data-theme=(theme != Theme::System).then_some(theme.as_str())
            data-keys=crate::preferences::keys_are_off().then_some("off")
        >
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="stylesheet" href=format!("{site}/main.css")/>
                <link rel="icon" type="image/svg+xml" href=format!("{site}/favicon.svg")/>
                <MetaTags/>
                <script nonce=nonce.clone()>{TRUSTED_HTML}</script>
            </head>
            <body>
                <App/>
                <script type="module" nonce=nonce>{start}</script>
            </body>
        </html>
    }
}

/// Leptos builds static parts of views with `innerHTML` of a template. This policy lets that through and refuses what
/// could run as a script (SPEC Z3).
#[cfg(feature = "ssr")]
const TRUSTED_HTML: &str = r"window.trustedTypes&&trustedTypes.createPolicy('default',{createHTML:s=>{if(/<script|<iframe|\son\w+\s*=|javascript:/i.test(s))throw new TypeError('html');return s}})";

/// Makes the server's page live, and says so to the style sheet and to tests. Not from an effect: those run before a
/// page of a chunk of its own has hydrated, when a click would still be lost.
#[cfg(feature = "hydrate")]
pub async fn hydrate() {
    let Some(body) = document().body() else { return };
    leptos::mount::hydrate_from_async(body, App).await.forget();
    if let Some(html) = document().document_element() {
        _ = html.set_attribute("data-live", "");
    }
    if let Ok(live) = web_sys::Event::new(crate::layout::LIVE) {
        _ = window().dispatch_event(&live);
    }
}

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(lang::detect());
    provide_posted();
    provide_viewer();
    provide_toasts();
    view! {
        <Router>
            <RequireSignIn/>
            <Routes fallback=NotFoundPage>
                <Route path=StaticSegment("") view=HomePage ssr=SsrMode::Async/>
                <Route path=StaticSegment("sign-in") view={Lazy::<SignInPage>::new()} ssr=SsrMode::Async/>
                <Route path=StaticSegment("open") view={Lazy::<OpenPage>::new()} ssr=SsrMode::Async/>
                <Route path=StaticSegment("projects") view={Lazy::<ProjectsPage>::new()} ssr=SsrMode::Async/>
                <Route
                    path=(
                        ParamSegment("workspace"),
                        StaticSegment("clusters"),
                        StaticSegment("local"),
                        StaticSegment("projects"),
                        ParamSegment("project"),
                        StaticSegment("serviceaccounts"),
                    )
                    view=ListPage
                    ssr=SsrMode::Async
                />
                <Route
                    path=(
                        OptionalParamSegment("workspace"),
                        StaticSegment("clusters"),
                        StaticSegment("local"),
                        StaticSegment("serviceaccounts"),
                    )
                    view=ListPage
                    ssr=SsrMode::Async
                />
                <Route path=account_segments() view={Lazy::<DetailsPage>::new()} ssr=SsrMode::Async/>
                <Route
                    path=(account_segments(), StaticSegment("resource-status"))
                    view={Lazy::<DetailsPage>::new()}
                    ssr=SsrMode::Async
                />
                <Route
                    path=(account_segments(), StaticSegment("yaml"))
                    view={Lazy::<YamlPage>::new()}
                    ssr=SsrMode::Async
                />
            </Routes>
            <SignInAgain/>
            <ToastList/>
            <Keys/>
        </Router>
    }
}

/// Under the list of accounts: `/NAME`.
fn account_segments() -> impl PossibleRouteMatch + Clone + Send + Sync + 'static {
    (
        ParamSegment("workspace"),
        StaticSegment("clusters"),
        StaticSegment("local"),
        StaticSegment("projects"),
        ParamSegment("project"),
        StaticSegment("serviceaccounts"),
        ParamSegment("name"),
    )
}

#[component]
fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::server::set_status(&musterbook_core::AppError::NotFound);
    view! {
        <Frame>
            <ErrorPanel error=musterbook_core::AppError::NotFound/>
        </Frame>
    }
}

/// On the server, a page asked for without a session leads to signing in, and back (SPEC S1).
#[component]
fn RequireSignIn() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(parts) = use_context::<http::request::Parts>()
        && parts.uri.path() != crate::routes::SIGN_IN
        && crate::viewer::use_viewer().user.is_none()
    {
        let next = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        leptos_axum::redirect(&crate::routes::with_query(crate::routes::SIGN_IN, [("next", next)]));
    }
}
