//! The form field *Project Role*.

use leptos::{html, prelude::*};
use musterbook_core::{Answer, AppError, Missing, answer::Part, form::Problem, holders::Choices};

use crate::{
    accounts::Place,
    explain::error_text,
    lang::use_locale,
    layout::MissingNotes,
    roles::{
        api::role_options,
        consequences::{AdminWarning, Consequences, Current, OfEachRole},
        options::{Options, Reasons, is_admin_like},
    },
    text,
    ui::{FieldView, described_by},
    viewer::watch_session,
};

const ID: &str = "role";

/// Asks for the roles when it is shown, which starts the dry runs (SPEC A3). The rest of the form doesn't wait for them.
#[component]
pub fn RoleField(
    place: Place,
    /// As it is posted.
    name: &'static str,
    #[prop(into)] initial: String,
    problem: Signal<Option<Problem>>,
    /// Whose role it is, where there is an account: what changes is said.
    #[prop(optional)]
    account: Option<Signal<Current>>,
) -> impl IntoView {
    let locale = use_locale();
    let options = Resource::new(
        move || (place.workspace.get(), place.project.get()),
        |(workspace, project)| role_options(workspace, project),
    );
    let initial = StoredValue::new(initial);
    view! {
        <Suspense fallback=move || {
            // What is sent before the roles are there is what they would start with.
            view! {
                <input type="hidden" name=name value=initial.get_value()/>
                <p class="note" role="status">
                    {text!(locale, roles.loading)}
                </p>
            }
        }>
            <div class="role-field">
                {move || Suspend::new(async move {
                    let answer = options.await;
                    let retry = Callback::new(move |()| options.refetch());
                    view! { <Loaded answer name initial=initial.get_value() problem account place retry/> }
                })}
            </div>
        </Suspense>
    }
}

#[component]
fn Loaded(
    answer: Result<Answer<Choices>, AppError>,
    name: &'static str,
    initial: String,
    problem: Signal<Option<Problem>>,
    account: Option<Signal<Current>>,
    place: Place,
    retry: Callback<()>,
) -> impl IntoView {
    let locale = use_locale();
    let (choices, mut missing, failed) = match answer {
        Ok(Answer { value, missing, .. }) => (value, missing, None),
        Err(error) => (Choices::default(), Vec::new(), Some(error)),
    };
    // Who is bound is no part of the field: the consequences say that it can't be seen.
    missing.retain(|missing| missing.what != Part::Bindings);
    // Hardly anybody may list ClusterRoles: a sentence is enough (SPEC D5).
    let (cluster_roles, missing): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|missing: &Missing| missing.what == Part::ClusterRoles);
    let unseen = !cluster_roles.is_empty();
    let error = failed.clone();
    watch_session(Signal::derive(move || error.clone()));
    let chosen = RwSignal::new(initial.clone());
    let (options, reasons, each) = (choices.options.clone(), choices.options.clone(), choices.clone());
    let account = account.filter(|_| failed.is_none());
    let node = NodeRef::<html::Select>::new();
    // Chosen before WebAssembly came.
    Effect::new(move |_| {
        if let Some(select) = node.get() {
            chosen.set(select.value());
        }
    });
    view! {
        <FieldView id=ID label=text!(locale, roles.label) hint=text!(locale, roles.hint) problem>
            <select
                id=ID
                name=name
                node_ref=node
                aria-describedby=described_by(ID)
                aria-invalid=move || problem.get().is_some().to_string()
                on:change:target=move |event| chosen.set(event.target().value())
            >
                <Options options chosen=initial/>
            </select>
        </FieldView>
        <Reasons options=reasons project=place.project.get_untracked()/>
        {choices.waits.then(|| view! { <p class="note waits">{text!(locale, roles.waits)}</p> })}
        {unseen.then(|| view! { <p class="note">{text!(locale, roles.unseen)}</p> })}
        <MissingNotes missing/>
        {failed
            .map(|error| {
                view! {
                    <div class="alert" role="alert">
                        <p>{text!(locale, roles.failed)} " " {error_text(locale, &error)}</p>
                        <p>
                            <button type="button" class="button needs-script" on:click=move |_| retry.run(())>
                                {text!(locale, try_again)}
                            </button>
                        </p>
                    </div>
                }
            })}
        <div role="status">
            {match account {
                Some(account) => view! { <Consequences choices account chosen/> }.into_any(),
                None => {
                    view! { {move || is_admin_like(&chosen.get()).then(|| view! { <AdminWarning/> })} }.into_any()
                }
            }}
        </div>
        {account.map(|account| view! { <OfEachRole choices=each account=account.get_untracked()/> })}
    }
}
