//! The dialog *Change Role* (SPEC X3): the current role is chosen, none revokes.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn, task::spawn_local};
use musterbook_core::{
    Answer, AppError,
    account::{Account, Rights},
    answer::Part,
    ask::{right_to_bind, right_to_hold},
    form::Field,
    kubectl::{self, Binder},
    role::{Binding, RoleRef},
    standing::Standing,
};

use crate::{
    accounts::{AccountDialog, ManagedNote, Place},
    lang::use_locale,
    layout::{AskFor, FormAlert, KubectlCommand, MissingNotes},
    post::{FormState, PostForm},
    roles::{
        Repairs, RoleBadge,
        api::{ChangeRole, RepairRole, get_standing},
        consequences::Current,
        field::RoleField,
        held::HeldList,
    },
    text,
    ui::CancelLink,
    undo::{Done, finish},
    viewer::use_viewer,
};

const FORM: &str = "role-form";

#[component]
pub fn ChangeRoleDialog(name: String, place: Place) -> impl IntoView {
    let locale = use_locale();
    let title = text!(locale, roles.change_title, name = &name);
    let body = |answer, place| view! { <RoleForm answer place/> }.into_any();
    view! { <AccountDialog id="change-role" title name place load=get_standing account=account_of body/> }
}

fn account_of(standing: &Standing) -> &Account {
    &standing.account
}

#[component]
fn RoleForm(answer: Answer<Standing>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let unseen = answer.lacks(Part::Bindings).is_some();
    let Answer { value, missing, .. } = answer;
    let Account { project, name, uid, role, .. } = value.account.clone();
    let action = ServerAction::<ChangeRole>::new();
    let mend = ServerAction::<RepairRole>::new();
    let form = FormState::of(action);
    let shown = role.shown().map(ToString::to_string).unwrap_or_default();
    let role = form.initial("role", shown);
    let uid = form.initial("uid", uid);
    let initial = ChangeRole { project: project.clone(), name: name.clone(), uid: uid.clone(), role: role.clone() };
    // What stopped half-way is shown as it is now.
    let now = RwSignal::new(value);
    let command = |binder: Binder| {
        move |ChangeRole { role, .. }: ChangeRole| {
            let role = if role.is_empty() { None } else { Some(role.parse::<RoleRef>().ok()?) };
            now.try_with_untracked(|now| kubectl::change_role(&now.account, role.as_ref(), binder))
        }
    };
    // Which bindings go can't be said where they can't be seen.
    let commands = (!unseen).then(|| {
        let follows = Signal::derive(move || now.with(|now| now.account.resource_version.clone()));
        view! {
            <KubectlCommand form=FORM initial=initial.clone() command=command(Binder::Us) follows/>
            <KubectlCommand form=FORM initial command=command(Binder::KubeSphere) follows beside=true/>
        }
    });
    finish(place, action, place.back, name.clone(), |sealed| (Done::RoleChanged, sealed));
    let changed = name.clone();
    place.finish(mend, place.back, move || text!(locale, roles.changed, name = &changed));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        if let Ok(input) = ChangeRole::from_event(&event)
            && !action.pending().get_untracked()
        {
            action.dispatch(input);
        }
    });
    let half_done = move |error: Option<&AppError>| matches!(error, Some(AppError::HalfDone(_)));
    let (error, mended) = (form.error(), mend.value());
    let at = (place.workspace.get_untracked(), project.clone(), name.clone());
    Effect::new(move |_| {
        let failed = mended.with(|value| value.as_ref().and_then(|value| value.as_ref().err()).cloned());
        if error.with(|error| half_done(error.as_ref())) || half_done(failed.as_ref()) {
            let (workspace, project, name) = at.clone();
            spawn_local(async move {
                if let Ok(answer) = get_standing(workspace, project, name).await {
                    now.set(answer.value);
                }
            });
        }
    });
    let current = Signal::derive(move || now.with(|standing| Current::of(standing, unseen)));
    let ask = {
        let (project, user) = (project.clone(), use_viewer().user.unwrap_or_default());
        move |error: Option<AppError>| match error {
            Some(AppError::RoleBeyond { role, to_hold, .. }) => {
                let role = role.parse().ok()?;
                let to_hold = to_hold.read();
                let yaml = match to_hold.is_empty() {
                    true => right_to_bind(&role, &project, &user),
                    false => right_to_hold(&role, &to_hold, &project, &user),
                };
                Some(view! { <AskFor yaml/> })
            }
            _ => None,
        }
    };
    view! {
        <div class="content">
            <ManagedNote account=now.with_untracked(|now| now.account.clone())/>
            {move || {
                let Standing { account, held, cluster } = now.get();
                view! {
                    <div>
                        <p class="note">{text!(locale, roles.current)}</p>
                        <RoleBadge role=account.role.clone() always=true/>
                    </div>
                    <Repairs id="mend-here" account rights=Rights::default() action=mend place/>
                    {(!unseen).then(|| view! { <HeldList held cluster/> })}
                }
            }}
            <MissingNotes missing/>
        </div>
        <PostForm function=ChangeRole::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=project/>
            <input type="hidden" name="name" value=name/>
            <input type="hidden" name="uid" value=uid/>
            <RoleField place name="role" initial=role problem=form.problem(Field::Role) account=current/>
            {commands}
            <FormAlert error form=FORM/>
            {move || ask(error.get())}
            {move || {
                error
                    .with(|error| half_done(error.as_ref()))
                    .then(|| view! { <p><button class="button">{text!(locale, roles.finish)}</button></p> })
            }}
            <footer>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, roles.submit)}
                </button>
            </footer>
        </PostForm>
    }
}

/// What the account is bound to now, and which of it stays: only Musterbook's own binding is replaced.
#[component]
pub fn Bindings(bindings: Vec<Binding>) -> impl IntoView {
    let locale = use_locale();
    (!bindings.is_empty()).then(|| {
        let lines = bindings.into_iter().map(|binding| {
            let stays = (!binding.managed).then(|| text!(locale, roles.binding_stays));
            let shared = binding.shared.then(|| text!(locale, roles.binding_shared));
            view! {
                <li>
                    <code>{binding.name}</code>
                    " → "
                    <span class="badge role">{binding.role.to_string()}</span>
                    {[stays, shared].into_iter().flatten().map(|note| view! { <span class="badge note">{note}</span> }).collect_view()}
                </li>
            }
        });
        view! {
            <div>
                <p class="note">{text!(locale, roles.bindings)}</p>
                <ul class="plain">{lines.collect_view()}</ul>
            </div>
        }
    })
}
