//! The dialog *Edit Information* (SPEC X1): alias and description, and nothing else of the account.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    Answer, AppError,
    account::Account,
    form::{EditInput, Texts},
    kubectl,
};

use crate::{
    accounts::{
        AccountDialog, ManagedNote,
        api::get_account,
        create::{alias_state, counter, description_state},
        dialogs::Place,
        edit::{Clash, api::EditInformation, on_conflict},
    },
    lang::use_locale,
    layout::{FormAlert, KubectlCommand},
    post::{FormState, PostForm},
    text,
    ui::{CancelLink, TextAreaField, TextField, focus_first},
};

const FORM: &str = "edit-form";

#[component]
pub fn EditDialog(name: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let title = text!(locale, edit.title, name = &name);
    let body = |answer: Answer<Account>, place| view! { <EditForm account=answer.value place/> }.into_any();
    view! { <AccountDialog id="edit" title name place load=get_account account=|account| account body/> }
}

#[component]
fn EditForm(account: Account, place: Place) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<EditInformation>::new();
    let form = FormState::of(action);
    let error = form.error();
    let start = start(&form, &account);
    let seen = RwSignal::new(start.seen);
    let before = |of: fn(&Texts) -> &String| Signal::derive(move || seen.with(|seen| of(seen).clone()));
    let alias = alias_state(&form, "").starting_with(start.texts.alias).keeping(before(|seen| &seen.alias));
    let description = description_state(&form, "").starting_with(start.texts.description);
    let description = description.keeping(before(|seen| &seen.description));
    let meanwhile = [RwSignal::new(start.alias), RwSignal::new(start.description)];
    let [at_alias, at_description] = meanwhile;
    let uid = form.initial("input[uid]", account.uid.clone());
    let initial = EditInformation {
        project: account.project.clone(),
        name: account.name.clone(),
        input: EditInput {
            alias: alias.typed().get_untracked(),
            description: description.typed().get_untracked(),
            uid: uid.clone(),
            ..Default::default()
        },
    };
    // The version that is shown, which the next attempt goes over.
    let current = RwSignal::new(account.clone());
    let command =
        move |EditInformation { input, .. }: EditInformation| Some(kubectl::edit(&current.get_untracked(), &input));
    let version = Signal::derive(move || current.get().resource_version);
    let name = account.name.clone();
    place.finish(action, place.back, move || text!(locale, edit.done, name = &name));
    let load = {
        let (project, name) = (account.project.clone(), account.name.clone());
        move || get_account(place.workspace.get_untracked(), project.clone(), name.clone())
    };
    let unread = on_conflict(action, load, move |now| {
        let typed = Texts { alias: alias.typed().get_untracked(), description: description.typed().get_untracked() };
        let met = Met::new(&typed, &seen.get_untracked(), texts_of(&now));
        current.set(now);
        alias.put(met.texts.alias);
        description.put(met.texts.description);
        seen.set(met.seen);
        at_alias.set(met.alias);
        at_description.set(met.description);
        focus_first(FORM, ".clash input");
    });
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(EditInformation { project, name, input }) = EditInformation::from_event(&event) else { return };
        let input = input.normalised();
        if [alias.submit(&input.alias), description.submit(&input.description)].contains(&false) {
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            action.dispatch(EditInformation { project, name, input });
        }
    });
    view! {
        <PostForm function=EditInformation::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=account.project.clone()/>
            <input type="hidden" name="name" value=account.name.clone()/>
            <input type="hidden" name="input[uid]" value=uid/>
            <input type="hidden" name="input[seen_alias]" value=move || seen.get().alias/>
            <input type="hidden" name="input[seen_description]" value=move || seen.get().description/>
            <ManagedNote account/>
            <TextField id="alias" label=text!(locale, create.alias) state=alias autofocus=true/>
            <MeanwhileNote name="input[keep_alias]" meanwhile=at_alias/>
            <TextAreaField
                id="description"
                label=text!(locale, create.description)
                hint=counter(description)
                state=description
            />
            <MeanwhileNote name="input[keep_description]" meanwhile=at_description/>
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

/// What somebody else did to a text meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Meanwhile {
    /// Theirs stands in the field: nobody changed it here.
    TakenOver,
    /// Both changed it.
    Clash { theirs: String },
}

/// What was typed, and what somebody else wrote meanwhile, as the form shows them.
struct Met {
    texts: Texts,
    /// What the next attempt is made from: the version that is shown now, and no other.
    seen: Texts,
    alias: Option<Meanwhile>,
    description: Option<Meanwhile>,
}

impl Met {
    fn new(typed: &Texts, seen: &Texts, now: Texts) -> Self {
        let merged = typed.merged(seen, &now);
        let meanwhile = |clashes: bool, typed: &String, merged: &String, now: &String| match clashes {
            true => Some(Meanwhile::Clash { theirs: now.clone() }),
            false => (typed != merged).then_some(Meanwhile::TakenOver),
        };
        let alias = meanwhile(merged.alias_clashes, &typed.alias, &merged.texts.alias, &now.alias);
        let description =
            meanwhile(merged.description_clashes, &typed.description, &merged.texts.description, &now.description);
        Self { texts: merged.texts, seen: now, alias, description }
    }
}

/// As the account is; or as it was typed in a form that was refused without WebAssembly.
fn start(form: &FormState, account: &Account) -> Met {
    let now = texts_of(account);
    let text = |name: &str, otherwise: &String| form.initial(name, otherwise.clone());
    let posted = EditInput {
        alias: text("input[alias]", &now.alias),
        description: text("input[description]", &now.description),
        seen_alias: text("input[seen_alias]", &now.alias),
        seen_description: text("input[seen_description]", &now.description),
        ..Default::default()
    };
    let (texts, seen) = posted.normalised().wanted_and_seen();
    if matches!(form.error().get_untracked(), Some(AppError::Conflict)) {
        Met::new(&texts, &seen, now)
    } else {
        Met { texts, seen, alias: None, description: None }
    }
}

fn texts_of(account: &Account) -> Texts {
    Texts::of(account.alias.as_deref(), account.description.as_deref())
}

#[component]
fn MeanwhileNote(name: &'static str, meanwhile: RwSignal<Option<Meanwhile>>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div aria-live="polite">
            {move || {
                meanwhile
                    .get()
                    .map(|meanwhile| match meanwhile {
                        Meanwhile::TakenOver => {
                            view! { <p class="note">{text!(locale, edit.taken_over)}</p> }.into_any()
                        }
                        Meanwhile::Clash { theirs } => view! { <Clash name theirs/> }.into_any(),
                    })
            }}
        </div>
    }
}
