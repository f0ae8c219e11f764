//! Somebody was faster: what both did is merged, and what both did to the same field is for the person to choose.

use leptos::prelude::*;
use musterbook_core::{
    AppError,
    yaml::{MergedYaml, YamlConflict},
};

use crate::{
    accounts::yaml::{api::merge_yaml, checked::Difference},
    lang::use_locale,
    text,
    ui::{CodeEditor, Icon, IconName},
    viewer::watch_session,
};

/// What is asked of a merge.
#[derive(Clone, Default)]
struct Wish {
    /// Paths that are to be the cluster's.
    theirs: Vec<String>,
    /// Take the text, unless there is a conflict that was not among these.
    seen: Option<Vec<String>>,
}

/// The merge of the text with what is in the cluster now.
#[derive(Clone, Copy)]
pub struct Merging {
    /// Answers with the text that was merged.
    asked: Action<Wish, (Wish, String, Result<MergedYaml, AppError>)>,
    /// To be decided on.
    open: RwSignal<Option<MergedYaml>>,
    error: RwSignal<Option<AppError>>,
    is_done: RwSignal<bool>,
}

impl Merging {
    /// `base` and `version` are those of the text; taking a merged text changes them.
    pub fn new(place: [String; 4], editor: CodeEditor, base: RwSignal<String>, version: RwSignal<String>) -> Self {
        let asked = Action::new(move |wish: &Wish| {
            let ([workspace, project, name, uid], wish) = (place.clone(), wish.clone());
            let (base, text) = (base.get_untracked(), editor.text());
            async move {
                let theirs = wish.theirs.clone();
                let merged = merge_yaml(workspace, project, name, uid, base, text.clone(), theirs).await;
                (wish, text, merged)
            }
        });
        let (open, error, is_done) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(false));
        let value = asked.value();
        Effect::new(move |_| match value.get() {
            // Typed since: that is merged, too.
            Some((wish, text, Ok(_))) if wish.seen.is_some() && text != editor.text() => {
                asked.dispatch(wish);
            }
            Some((wish, _, Ok(merged))) => {
                error.set(None);
                if !wish.seen.is_some_and(|seen| merged.conflicts.iter().all(|conflict| seen.contains(&conflict.path)))
                {
                    open.set(Some(merged));
                    return;
                }
                version.set(merged.current.resource_version);
                base.set(merged.current.text);
                open.set(None);
                is_done.set(true);
                editor.set(&merged.text);
            }
            Some((_, _, Err(failed))) => error.set(Some(failed)),
            None => {}
        });
        Self { asked, open, error, is_done }
    }

    /// Looks what there is to be merged, unless that is being decided on: taking the text looks once more.
    pub fn look(self) {
        if self.asked.pending().get_untracked() || self.open.with_untracked(Option::is_some) {
            return;
        }
        self.is_done.set(false);
        self.asked.dispatch(Wish::default());
    }
}

/// The fields that both changed, each with a choice. `base` is what the text was made of.
#[component]
pub fn Conflicts(merging: Merging, base: RwSignal<String>) -> impl IntoView {
    let locale = use_locale();
    let Merging { asked, open, error, is_done } = merging;
    watch_session(error.into());
    let failed = move || {
        let failed = error.get().map(|error| crate::explain::error_text(locale, &error));
        failed.map(|failed| view! { <p class="alert" role="alert">{failed}</p> })
    };
    let to_decide = move || {
        open.get().map(|merged| {
            let theirs = RwSignal::new(Vec::<String>::new());
            let seen: Vec<_> = merged.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
            let take = move |_| {
                asked.dispatch(Wish { theirs: theirs.get_untracked(), seen: Some(seen.clone()) });
            };
            let rule = if merged.conflicts.is_empty() {
                text!(locale, yaml.merge_apart)
            } else {
                text!(locale, yaml.merge_same)
            };
            let choices =
                merged.conflicts.into_iter().map(|conflict| view! { <Choice conflict theirs/> }).collect_view();
            view! {
                <section class="card panel" aria-labelledby="merge">
                    <header>
                        <h2 id="merge">{text!(locale, yaml.merge)}</h2>
                    </header>
                    <div class="content">
                        <p class="warning" role="status">
                            <Icon name=IconName::Warning/>
                            <span>{text!(locale, yaml.merge_kept)} " " {rule}</span>
                        </p>
                        {choices}
                        <details>
                            <summary>{text!(locale, yaml.merge_difference)}</summary>
                            <Difference before=base.get_untracked() after=merged.current.text/>
                        </details>
                        <p>
                            <button
                                type="button"
                                class="button primary"
                                aria-disabled=move || asked.pending().get().to_string()
                                on:click=take
                            >
                                {text!(locale, yaml.take_merged)}
                            </button>
                        </p>
                    </div>
                </section>
            }
        })
    };
    view! {
        {failed}
        {to_decide}
        <p class="note" role="status">
            {move || is_done.get().then(|| text!(locale, yaml.merged))}
        </p>
    }
}

/// Mine, unless it is chosen otherwise.
#[component]
fn Choice(conflict: YamlConflict, theirs: RwSignal<Vec<String>>) -> impl IntoView {
    let locale = use_locale();
    let YamlConflict { path, mine, theirs: other, .. } = conflict;
    let group = format!("choice-{path}");
    let value = move |value: Option<String>| match value {
        Some(value) => view! { <code>{value.trim_end().to_owned()}</code> }.into_any(),
        None => view! { <i>{text!(locale, yaml.removed)}</i> }.into_any(),
    };
    let name = path.clone();
    let choose = move |is_theirs: bool| {
        theirs.update(|paths| {
            paths.retain(|other| *other != path);
            if is_theirs {
                paths.push(path.clone());
            }
        });
    };
    let (mine_chosen, theirs_chosen) = (choose.clone(), choose);
    view! {
        <fieldset class="field">
            <legend>
                <code>{name}</code>
            </legend>
            <label class="choice">
                <input type="radio" name=group.clone() checked on:change=move |_| mine_chosen(false)/>
                <span>{text!(locale, yaml.yours)} ": " {value(mine)}</span>
            </label>
            <label class="choice">
                <input type="radio" name=group on:change=move |_| theirs_chosen(true)/>
                <span>{text!(locale, yaml.theirs)} ": " {value(other)}</span>
            </label>
        </fieldset>
    }
}
