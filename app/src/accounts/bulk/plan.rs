//! What will happen, and the button that makes it happen (SPEC X4).

use std::collections::BTreeSet;

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    Missing,
    bulk::{LeftOut, PlanRow, Target},
    cloud::providers,
    form::{Field, Problem},
    kubectl,
    standing::Extent,
    undo::MOST,
};

use crate::{
    accounts::{
        account_dialog::Instead,
        bulk::{api::DeleteSelected, results::Results, run::Run},
        dialogs::Place,
        rounds::{Phase, SHOWN},
    },
    lang::{Locale, use_locale},
    layout::{FormAlert, KubectlCommand, MissingNotes},
    plural,
    post::{FormState, PostForm},
    text,
    ui::{CancelLink, FieldView, described_by, focus_first},
};

const FORM: &str = "delete-selected-form";
const CONFIRMATION: &str = "confirmation";

#[component]
pub fn PlanForm(rows: Vec<PlanRow>, cluster: Extent, missing: Vec<Missing>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let targets: Vec<_> = rows.iter().filter(|row| row.left_out.is_none()).map(|row| row.target.clone()).collect();
    if targets.is_empty() {
        return view! {
            <Rows rows place/>
            <Instead text=text!(locale, bulk.none) place/>
        }
        .into_any();
    }
    let run = Run::new(targets.clone());
    run.watch_over(place);
    let planned = StoredValue::new((rows, cluster, missing, targets));
    (move || {
        let run = run.clone();
        if run.rounds.phase().get() == Phase::Asking {
            let (rows, cluster, missing, targets) = planned.get_value();
            view! { <Asking rows cluster missing targets run place/> }.into_any()
        } else {
            view! { <Results run place/> }.into_any()
        }
    })
    .into_any()
}

#[component]
fn Asking(
    rows: Vec<PlanRow>,
    cluster: Extent,
    missing: Vec<Missing>,
    targets: Vec<Target>,
    run: Run,
    place: Place,
) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<DeleteSelected>::new();
    let form = FormState::of(action);
    let count = targets.len();
    let asks = rows.iter().any(PlanRow::has_impact) || !missing.is_empty() || cluster == Extent::Part;
    let unseen = match cluster {
        Extent::All => None,
        Extent::Part => Some(text!(locale, bulk.everywhere_part)),
        Extent::Unseen(_) => Some(text!(locale, bulk.everywhere_unseen)),
    };
    let expected = if asks { count.to_string() } else { String::new() };
    let confirmation = form.initial("confirmation", "");
    let refused = form.problem(Field::Confirmation);
    let unmatched = RwSignal::new(false);
    let problem = Signal::derive(move || if unmatched.get() { Some(Problem::NotTheNumber) } else { refused.get() });
    let typed = expected.clone();
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(input) = DeleteSelected::from_event(&event) else { return };
        unmatched.set(asks && input.confirmation.trim() != typed);
        if unmatched.get_untracked() {
            focus_first(FORM, "[aria-invalid=true]");
        } else {
            run.begin(input.bindings);
        }
    });
    let bindings: usize = targets.iter().map(|target| target.bindings.len()).sum();
    let also = form.initial("bindings", "") == "true";
    let lines: Vec<_> = targets.iter().map(ToString::to_string).collect();
    let initial = DeleteSelected {
        targets: lines.join("\n"),
        bindings: also,
        expected: expected.clone(),
        confirmation: confirmation.clone(),
    };
    let command = move |DeleteSelected { bindings, .. }: DeleteSelected| {
        let mut targets = targets.clone();
        if !bindings {
            targets.iter_mut().for_each(|target| target.bindings.clear());
        }
        Some(kubectl::delete_selected(&targets))
    };
    view! {
        <PostForm function=DeleteSelected::PATH submit done=place.gone.get_untracked() id=FORM>
            <input type="hidden" name="targets" value=lines.join("\n")/>
            <input type="hidden" name="expected" value=expected/>
            <Summary rows=rows.clone() whole=missing.is_empty()/>
            <MissingNotes missing/>
            {unseen.map(|unseen| view! { <p class="note">{unseen}</p> })}
            <Rows rows place/>
            {(bindings > 0)
                .then(|| {
                    view! {
                        <label class="choice">
                            <input type="checkbox" name="bindings" value="true" checked=also/>
                            {plural!(locale, bulk.delete_bindings, bindings)}
                        </label>
                    }
                })}
            {asks
                .then(|| {
                    view! {
                        <FieldView
                            id=CONFIRMATION
                            label=text!(locale, bulk.confirm, count = count)
                            required=true
                            problem
                        >
                            <input
                                id=CONFIRMATION
                                name="confirmation"
                                value=confirmation
                                required
                                inputmode="numeric"
                                autocomplete="off"
                                aria-describedby=described_by(CONFIRMATION)
                                aria-invalid=move || problem.get().is_some().to_string()
                                on:input=move |_| unmatched.set(false)
                            />
                        </FieldView>
                    }
                })}
            <KubectlCommand form=FORM initial command/>
            <FormAlert error=form.error() form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked() autofocus=true/>
                <button class="button danger primary">{plural!(locale, bulk.submit, count)}</button>
            </footer>
        </PostForm>
    }
}

/// How many, and what goes with them. Not `whole`: something of it can't be seen.
#[component]
fn Summary(rows: Vec<PlanRow>, whole: bool) -> impl IntoView {
    let locale = use_locale();
    let (going, left_out): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.left_out.is_none());
    let sum = |of: fn(&PlanRow) -> usize| going.iter().map(|row| of(row)).sum::<usize>();
    let shared: BTreeSet<_> = going
        .iter()
        .flat_map(|row| row.shared_bindings.iter().map(|binding| (row.target.project.as_str(), binding)))
        .collect();
    let everywhere: BTreeSet<_> = going.iter().flat_map(|row| &row.cluster_bindings).collect();
    let pods = sum(|row| row.pods);
    let workloads = sum(|row| row.workloads);
    let credentials = sum(|row| row.credentials);
    let bindings = sum(|row| row.target.bindings.len());
    let managed = sum(|row| row.managed_by.is_some().into());
    let clouds = sum(|row| row.cloud.is_some().into());
    let lines = [
        (pods, plural!(locale, bulk.pods, pods)),
        (workloads, plural!(locale, bulk.workloads, workloads)),
        (credentials, plural!(locale, bulk.credentials, credentials)),
        (bindings, plural!(locale, bulk.bindings, bindings)),
        (shared.len(), plural!(locale, bulk.shared, shared.len())),
        (everywhere.len(), plural!(locale, bulk.everywhere, everywhere.len())),
        (clouds, plural!(locale, bulk.clouds, clouds)),
        (managed, plural!(locale, bulk.managed, managed)),
        (left_out.len(), plural!(locale, bulk.left_out, left_out.len())),
    ];
    let nothing = whole && !going.iter().any(|row| row.has_impact());
    let comes_back = going.iter().any(|row| row.comes_back());
    let lines: Vec<_> = lines.into_iter().filter(|(count, _)| *count > 0).map(|(_, line)| line).collect();
    view! {
        <p>
            <b>{plural!(locale, bulk.count, going.len())}</b>
            {nothing.then(|| view! { " " {text!(locale, bulk.nothing)} })}
        </p>
        {(!lines.is_empty())
            .then(|| view! { <ul>{lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> })}
        {(going.len() > MOST).then(|| view! { <p class="note">{text!(locale, bulk.undo_most, most = MOST)}</p> })}
        {comes_back.then(|| view! { <p class="warning">{text!(locale, delete.default_note)}</p> })}
    }
}

/// The accounts, those with an impact first.
#[component]
fn Rows(rows: Vec<PlanRow>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let more = rows.len().saturating_sub(SHOWN);
    let lines = rows.into_iter().take(SHOWN).map(|row| {
        let notes = notes(locale, &row);
        let impact = row.left_out.is_none() && row.has_impact();
        view! {
            <li>
                <code>{shown_name(&row.target, place)}</code>
                {(!notes.is_empty())
                    .then(|| view! { <span class=if impact { "badge warn" } else { "badge" }>{notes}</span> })}
            </li>
        }
    });
    view! {
        <ul class="plan" tabindex="0" aria-label=text!(locale, bulk.accounts)>
            {lines.collect_view()} {(more > 0).then(|| view! { <li>{plural!(locale, bulk.more, more)}</li> })}
        </ul>
    }
}

/// The project stands before the name where the page shows several.
pub fn shown_name(target: &Target, place: Place) -> String {
    if place.project.with_untracked(|project| *project == target.project) {
        target.name.clone()
    } else {
        format!("{}/{}", target.project, target.name)
    }
}

fn notes(locale: Locale, row: &PlanRow) -> String {
    let bindings = row.target.bindings.len() + row.shared_bindings.len() + row.cluster_bindings.len();
    let counted = [
        (row.pods, plural!(locale, bulk.row_pods, row.pods)),
        (row.workloads, plural!(locale, bulk.row_workloads, row.workloads)),
        (row.credentials, plural!(locale, bulk.row_credentials, row.credentials)),
        (bindings, plural!(locale, bulk.row_bindings, bindings)),
    ];
    let left_out = row.left_out.map(|why| match why {
        LeftOut::BeingDeleted => text!(locale, list.being_deleted),
        LeftOut::Federated => text!(locale, list.federated),
        LeftOut::Gone => text!(locale, bulk.gone),
    });
    let notes = counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(_, note)| note)
        .chain(row.comes_back().then(|| text!(locale, bulk.comes_back)))
        .chain(
            row.cloud
                .iter()
                .flat_map(|lines| providers(lines))
                .map(|provider| format!("{provider} {}", text!(locale, list.cloud))),
        )
        .chain(row.managed_by.as_ref().map(|manager| text!(locale, list.managed_by, manager = manager)))
        .chain(left_out);
    notes.collect::<Vec<_>>().join(" · ")
}
