//! The dialog *Edit Settings*: labels and annotations, the token in pods, and pull secrets (SPEC X1, D6).

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    Answer, AppError, kubectl,
    settings::{AccountSettings, Kind},
};

use crate::{
    accounts::{
        AccountDialog, ManagedNote,
        dialogs::Place,
        edit::on_conflict,
        settings::{
            api::{SaveSettings, get_settings},
            kept::Kept,
            met::{Shown, posted},
            pairs::{Pairs, PairsView},
            pull_secrets::PullSecrets,
        },
    },
    lang::{Locale, use_locale},
    layout::{FormAlert, KubectlCommand},
    post::{FormState, PostForm, typed_in},
    text,
    ui::{CancelLink, focus_first},
};

const FORM: &str = "settings-form";

#[component]
pub fn SettingsDialog(name: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let title = text!(locale, settings.title, name = &name);
    let body = |answer: Answer<AccountSettings>, place| view! { <SettingsForm data=answer.value place/> }.into_any();
    view! {
        <AccountDialog
            id="settings"
            title
            name
            place
            width="broad"
            load=get_settings
            account=|data| &data.account
            body
        />
    }
}

#[component]
fn SettingsForm(data: AccountSettings, place: Place) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<SaveSettings>::new();
    let form = FormState::of(action);
    let error = form.error();
    let start = start(&form, &data);
    // A form that was refused without WebAssembly shows what is wrong with it.
    let told = RwSignal::new(matches!(error.get_untracked(), Some(AppError::Invalid(_))));
    let labels = Pairs::new(Kind::Label, start.labels.clone());
    let annotations = Pairs::new(Kind::Annotation, start.annotations.clone());
    let shown = RwSignal::new(start);
    let tell = move || {
        told.set(true);
        labels.tell();
        annotations.tell();
    };
    if told.get_untracked() {
        tell();
    }
    // The version that is shown, which the next attempt goes over.
    let current = RwSignal::new(data.account.clone());
    let load = {
        let (project, name) = (data.account.project.clone(), data.account.name.clone());
        move || get_settings(place.workspace.get_untracked(), project.clone(), name.clone())
    };
    let unread = on_conflict(action, load, move |now: AccountSettings| {
        // What was typed while the answer was on its way is typed, too.
        let Some(SaveSettings { input, .. }) = typed_in(FORM) else { return };
        if input.wanted(&input.seen()).is_none() {
            tell();
        }
        current.set(now.account);
        let met = Shown::met(&input, now.settings);
        labels.show(met.labels.clone());
        annotations.show(met.annotations.clone());
        shown.set(met);
        focus_first(FORM, ".clash input, .note");
    });
    let AccountSettings { account, kept, pull_secrets, .. } = data;
    let initial = SaveSettings {
        project: account.project.clone(),
        name: account.name.clone(),
        input: shown.with_untracked(Shown::input),
    };
    let command = move |SaveSettings { input, .. }: SaveSettings| kubectl::settings(&current.get_untracked(), &input);
    let version = Signal::derive(move || current.get().resource_version);
    let name = account.name.clone();
    place.finish(action, place.back, move || text!(locale, settings.done, name = &name));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(request) = SaveSettings::from_event(&event) else { return };
        if request.input.wanted(&request.input.seen()).is_none() {
            tell();
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            action.dispatch(request);
        }
    });
    let seen = move || shown.with(|shown| serde_json::to_string(&shown.seen)).unwrap_or_default();
    let kept_marks = kept.clone();
    view! {
        <PostForm function=SaveSettings::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=account.project.clone()/>
            <input type="hidden" name="name" value=account.name.clone()/>
            <input type="hidden" name="input[uid]" value=account.uid.clone()/>
            <input type="hidden" name="input[seen]" value=seen/>
            <ManagedNote account/>
            <div aria-live="polite" data-changed=move || shown.with(|shown| shown.changed.then_some(""))>
                {move || shown.with(|shown| taken_over(locale, shown))}
            </div>
            <PairsView pairs=labels title=text!(locale, settings.labels) kept=kept.clone()/>
            <PairsView pairs=annotations title=text!(locale, settings.annotations) kept/>
            <Kept kept=kept_marks/>
            {move || view! { <Automount shown=shown.get()/> }}
            {move || {
                view! { <PullSecrets offered=pull_secrets.clone() shown=shown.get() told=told.into()/> }
            }}
            <KubectlCommand form=FORM initial command follows=version/>
            <FormAlert error form=FORM/>
            <FormAlert error=unread form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, edit.submit)}
                </button>
            </footer>
        </PostForm>
    }
}

/// As the account is; or as it was typed in a form that was refused without WebAssembly.
fn start(form: &FormState, data: &AccountSettings) -> Shown {
    let now = data.settings.clone();
    match (form.posted().and_then(posted), form.error().get_untracked()) {
        (Some(input), Some(AppError::Conflict)) => Shown::met(&input, now),
        (Some(input), _) => Shown::typed(&input),
        (None, _) => Shown::of(now),
    }
}

fn taken_over(locale: Locale, shown: &Shown) -> Option<impl IntoView + use<>> {
    let what = shown.taken_over.join(", ");
    (!what.is_empty()).then(|| view! { <p class="note">{text!(locale, settings.taken_over, what = &what)}</p> })
}

/// Three states: an account that says nothing is not one that says no (SPEC D6).
#[component]
fn Automount(shown: Shown) -> impl IntoView {
    let locale = use_locale();
    let choice = move |value: Option<bool>| {
        let (posted, label, means) = match value {
            None => ("", text!(locale, settings.unset), text!(locale, settings.unset_means)),
            Some(true) => ("true", text!(locale, settings.on), text!(locale, settings.on_means)),
            Some(false) => ("false", text!(locale, settings.off), text!(locale, settings.off_means)),
        };
        view! {
            <label class="choice">
                <input type="radio" name="input[automount]" value=posted checked=value == shown.automount/>
                <span>
                    {label} " " <span class="muted">{means}</span>
                </span>
            </label>
        }
    };
    let theirs = shown.automount_theirs.map(|theirs| {
        let theirs = match theirs {
            None => text!(locale, settings.unset),
            Some(true) => text!(locale, settings.on),
            Some(false) => text!(locale, settings.off),
        };
        view! { <p class="problem">{text!(locale, settings.automount_theirs, theirs = &theirs)}</p> }
    });
    view! {
        <fieldset class="field">
            <legend>{text!(locale, settings.automount)}</legend>
            {[None, Some(true), Some(false)].map(choice).collect_view()}
            {theirs}
        </fieldset>
    }
}
