//! The dialog *Delete* (SPEC X4): what will happen, and the name to type where that is more than the account itself.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    Answer,
    account::Account,
    bulk::{BindingId, Outcome, Target},
    form::{Field, Problem},
    kubectl,
};

use crate::{
    accounts::{
        AccountDialog,
        delete::{
            api::{DeleteAccount, DeletePlan, asks_for_name, plan_deletion},
            impact::ImpactView,
        },
        dialogs::Place,
    },
    lang::use_locale,
    layout::{FormAlert, KubectlCommand},
    plural,
    post::{FormState, PostForm},
    text,
    ui::{CancelLink, FieldView, described_by, focus_first},
    undo::{Done, address, finish, taken_back_by},
};

const FORM: &str = "delete-form";
const CONFIRMATION: &str = "confirmation";

#[component]
pub fn DeleteDialog(name: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let title = text!(locale, delete.title, name = &name);
    let body = |answer, place| view! { <DeleteForm answer place/> }.into_any();
    view! { <AccountDialog id="delete" title name place load=plan_deletion account=account_of body/> }
}

fn account_of(plan: &DeletePlan) -> &Account {
    &plan.account
}

#[component]
fn DeleteForm(answer: Answer<DeletePlan>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let Answer { value: DeletePlan { account, impact }, missing, at } = answer;
    let impact = Answer { value: impact, missing, at };
    let action = ServerAction::<DeleteAccount>::new();
    let form = FormState::of(action);
    let refused = form.problem(Field::Confirmation);
    // Something may have come in between: then the server asks for the name, and so does the form.
    let asked = asks_for_name(&impact);
    let asks = Memo::new(move |_| asked || refused.get().is_some());
    // What others are bound by, too, is theirs.
    let own: Vec<_> = impact.value.bindings.iter().filter(|binding| !binding.shared).collect();
    let count = own.len();
    let target = Target {
        project: account.project.clone(),
        name: account.name.clone(),
        uid: account.uid.clone(),
        bindings: own.iter().map(|own| BindingId { name: own.name.clone(), uid: own.uid.clone() }).collect(),
    };
    let also = !form.initial("bindings", "").is_empty();
    let confirmation = StoredValue::new(form.initial("confirmation", ""));
    let uid = form.initial("uid", account.uid.clone());
    let initial = DeleteAccount {
        project: account.project.clone(),
        name: account.name.clone(),
        uid: uid.clone(),
        confirmation: String::new(),
        bindings: String::new(),
    };
    let command = |DeleteAccount { project, name, uid, bindings, .. }: DeleteAccount| {
        let bindings = bindings.parse().map(|target: Target| target.bindings).unwrap_or_default();
        Some(kubectl::delete(&Target { project, name, uid, bindings }))
    };
    finish(place, action, place.gone, account.name.clone(), |(outcome, sealed)| match outcome {
        Outcome::Held => (Done::Held, sealed),
        Outcome::Gone => (Done::Gone, sealed),
        _ => (Done::Deleted, sealed),
    });
    // The browser keeps it.
    let half_done = form.error();
    let undo = move || {
        half_done.with(|error| error.as_ref().is_some_and(|error| taken_back_by(error).is_some())).then(|| {
            let href = address(&place.back.get_untracked(), String::new());
            view! {
                <p>
                    <a class="button" href=href>
                        {text!(locale, undo.submit)}
                    </a>
                </p>
            }
        })
    };
    let unmatched = RwSignal::new(false);
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(input) = DeleteAccount::from_event(&event) else { return };
        unmatched.set(asks.get_untracked() && input.confirmation.trim() != input.name);
        if unmatched.get_untracked() {
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            action.dispatch(input);
        }
    });
    let problem = Signal::derive(move || if unmatched.get() { Some(Problem::NotTheName) } else { refused.get() });
    let label = StoredValue::new(text!(locale, delete.confirm, name = &account.name));
    let Answer { value, missing, .. } = impact;
    view! {
        <PostForm function=DeleteAccount::PATH submit done=place.gone.get_untracked() id=FORM>
            <input type="hidden" name="project" value=account.project.clone()/>
            <input type="hidden" name="name" value=account.name.clone()/>
            <input type="hidden" name="uid" value=uid/>
            <ImpactView account=account.clone() impact=value missing/>
            {(count > 0)
                .then(|| {
                    view! {
                        <label class="choice">
                            <input type="checkbox" name="bindings" value=target.to_string() checked=also/>
                            {plural!(locale, delete.also_bindings, count)}
                        </label>
                    }
                })}
            {move || {
                asks.get()
                    .then(|| {
                        view! {
                            <FieldView id=CONFIRMATION label=label.get_value() required=true problem>
                                <input
                                    id=CONFIRMATION
                                    name="confirmation"
                                    value=confirmation.get_value()
                                    required
                                    autocomplete="off"
                                    autocapitalize="none"
                                    spellcheck="false"
                                    aria-describedby=described_by(CONFIRMATION)
                                    aria-invalid=move || problem.get().is_some().to_string()
                                    on:input=move |_| unmatched.set(false)
                                />
                            </FieldView>
                        }
                    })
            }}
            <KubectlCommand form=FORM initial command/>
            <FormAlert error=form.error() form=FORM/>
            {undo}
            <footer>
                <CancelLink href=place.back.get_untracked() autofocus=true/>
                <button class="button danger primary" aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, delete.submit)}
                </button>
            </footer>
        </PostForm>
    }
}
