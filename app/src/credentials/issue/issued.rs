//! A kubeconfig that was just issued: shown once, copied, saved, forgotten (SPEC K3).

use leptos::prelude::*;

use crate::{
    accounts::{FocusContent, Place},
    credentials::api::IssueKubeconfig,
    lang::use_locale,
    text,
    ui::{Ago, CancelLink, CopyButton, Icon, IconName, download, use_modal},
};

const FILE: &str = "kubeconfig.yaml";

/// Who closes it without having it elsewhere is asked. Reads the action's value where it is needed, so that there is no second place that the token is in.
#[component]
pub fn IssuedView(action: ServerAction<IssueKubeconfig>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let value = action.value();
    let yaml = move || {
        value.with(|value| value.as_ref().and_then(|issued| issued.as_ref().ok()).map(|issued| issued.yaml.clone()))
    };
    let saved = RwSignal::new(false);
    let leave = text!(locale, issue.leave);
    if let Some(modal) = use_modal() {
        modal.ask_first(Callback::new(move |()| {
            let lost = saved.try_get_untracked() == Some(false);
            lost.then(|| window().confirm_with_message(&leave).unwrap_or(true))
        }));
    }
    let yaml_now = move || untrack(yaml).unwrap_or_default();
    let save = move |_| {
        download(FILE, &yaml_now());
        saved.set(true);
    };
    let on_copied = Callback::new(move |()| _ = saved.try_set(true));
    let facts = value.with_untracked(|value| match value {
        Some(Ok(issued)) => Some((issued.expires, issued.server.clone(), issued.in_cluster_only)),
        _ => None,
    });
    let facts = facts.map(|(expires, server, in_cluster_only)| {
        let works = if in_cluster_only { text!(locale, issue.in_cluster) } else { text!(locale, issue.reachable) };
        view! {
            <dl>
                <div>
                    <dt>{text!(locale, issue.expires)}</dt>
                    <dd>
                        {expires.utc_text()} " "
                        <span class="muted">
                            <Ago at=expires/>
                        </span>
                    </dd>
                </div>
                <div>
                    <dt>{text!(locale, issue.server)}</dt>
                    <dd>
                        <code>{server}</code>
                        " "
                        <span class=if in_cluster_only { "badge warn" } else { "badge" }>{works}</span>
                    </dd>
                </div>
            </dl>
        }
    });
    view! {
        <FocusContent/>
        <div class="content" data-changed=move || (!saved.get()).then_some("")>
            <p class="warning" role="status">
                <Icon name=IconName::Warning/>
                <span>{text!(locale, issue.once)}</span>
            </p>
            {facts}
            <div class="buttons">
                <CopyButton text=Callback::new(move |()| yaml_now()) on_copied/>
                <button type="button" class="button quiet" on:click=save>
                    <Icon name=IconName::Download/>
                    {text!(locale, download)}
                </button>
            </div>
            <pre
                class="code"
                tabindex="0"
                aria-label=text!(locale, credentials.kubeconfig)
                on:copy=move |_| saved.set(true)
            >
                {yaml}
            </pre>
            <footer>
                <CancelLink href=place.back.get_untracked() label=text!(locale, issue.finished) autofocus=true/>
            </footer>
        </div>
    }
}
