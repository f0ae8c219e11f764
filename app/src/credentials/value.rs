//! One masked value: revealed for 30 seconds when asked for, copied without being shown (SPEC E3).

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use musterbook_core::{AppError, credential::SecretKey};

use crate::{
    credentials::api::reveal_value,
    explain::error_text,
    lang::use_locale,
    plural, text,
    ui::{Copying, Icon, IconName},
    viewer::watch_session,
};

const SHOWN_FOR: Duration = Duration::from_secs(30);
/// As long for every value: the mask says nothing about it.
const MASK: &str = "••••••••••••••••••••••";

#[component]
pub fn SecretValue(key: SecretKey, project: String, account: String, secret: String) -> impl IntoView {
    let locale = use_locale();
    let SecretKey { key, bytes } = key;
    // The only place that a value is in. It goes with the page, or after 30 s.
    let shown = RwSignal::new(None::<String>);
    // Which of several reveals a timer belongs to.
    let turn = StoredValue::new(0_u32);
    let copying = Copying::new();
    let error = RwSignal::new(None::<AppError>);
    watch_session(error.into());
    let fetch = {
        let key = key.clone();
        move || reveal_value(project.clone(), account.clone(), secret.clone(), key.clone())
    };
    let hide = move || _ = shown.try_set(None);
    let reveal = {
        let fetch = fetch.clone();
        move |_| {
            if shown.get_untracked().is_some() {
                return hide();
            }
            let fetch = fetch();
            spawn_local(async move {
                match fetch.await {
                    Ok(value) => {
                        _ = error.try_set(None);
                        _ = shown.try_set(Some(value));
                        let mine = turn.try_update_value(|turn| {
                            *turn = turn.wrapping_add(1);
                            *turn
                        });
                        set_timeout(
                            move || {
                                if turn.try_get_value() == mine {
                                    hide();
                                }
                            },
                            SHOWN_FOR,
                        );
                    }
                    Err(failed) => _ = error.try_set(Some(failed)),
                }
            });
        }
    };
    let copy = move |_| {
        let fetch = fetch();
        spawn_local(async move {
            match fetch.await {
                Ok(value) => {
                    _ = error.try_set(None);
                    copying.copy(&value).await;
                }
                Err(failed) => _ = error.try_set(Some(failed)),
            }
        });
    };
    let reveal_label = {
        let key = key.clone();
        move || {
            if shown.get().is_some() {
                text!(locale, credentials.hide_key, key = &key)
            } else {
                text!(locale, credentials.reveal_key, key = &key)
            }
        }
    };
    let copy_label = text!(locale, credentials.copy_key, key = &key);
    view! {
        <span class="muted">{key}</span>
        <span class="value" aria-live="polite">
            {move || match shown.get() {
                Some(value) => view! { <code class="revealed">{value}</code> }.into_any(),
                None => {
                    view! {
                        <code aria-hidden="true">{MASK}</code>
                        " "
                        <small class="muted">{plural!(locale, credentials.bytes, bytes)}</small>
                    }
                        .into_any()
                }
            }}
            <span class="problem" role="alert">
                {move || error.get().map(|error| error_text(locale, &error))}
            </span>
        </span>
        <span class="buttons">
            <button type="button" class="button quiet needs-script" aria-label=reveal_label on:click=reveal>
                <Icon name=IconName::Eye/>
                <span>
                    {move || {
                        if shown.get().is_some() { text!(locale, credentials.hide) } else { text!(locale, credentials.reveal) }
                    }}
                </span>
            </button>
            <button type="button" class="button quiet needs-script" aria-label=copy_label on:click=copy>
                <Icon name=IconName::Copy/>
                <span aria-live="polite">{move || copying.label(locale)}</span>
            </button>
        </span>
    }
}
