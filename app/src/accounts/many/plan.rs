//! What will come of each row, and the button that creates them. Nothing was written so far.

use leptos::{prelude::*, server_fn::ServerFn};
use musterbook_core::{
    many::{MOST, Outcome, Plan, Planned, RowProblem},
    role::RoleRef,
};

use crate::{
    accounts::{
        dialogs::Place,
        many::{
            api::CreateMany,
            dialog::{FORM, Step},
            results::Results,
            run::Run,
            told::{problems, told},
        },
        rounds::Phase,
    },
    lang::{Locale, number, use_locale},
    plural,
    post::PostForm,
    roles::{AdminWarning, is_admin_like},
    text,
    ui::CancelLink,
};

#[component]
pub fn PlanForm(plan: Plan, step: RwSignal<Step>, place: Place) -> impl IntoView {
    let project = place.project.get_untracked();
    let new = plan.rows.iter().filter(|planned| planned.will_be_created());
    let run = Run::new(&project, new.map(|planned| planned.row.clone()).collect());
    run.watch_over(place);
    let plan = StoredValue::new(plan);
    move || {
        let run = run.clone();
        if run.rounds.phase().get() == Phase::Asking {
            view! { <Asking plan=plan.get_value() run step place/> }.into_any()
        } else {
            let text = plan.with_value(|plan| plan.text.clone());
            view! { <Results run text place/> }.into_any()
        }
    }
}

#[component]
fn Asking(plan: Plan, run: Run, step: RwSignal<Step>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let Plan { text, rows, ignored, too_many } = plan;
    let count = run.lines.len();
    let admin = rows.iter().any(|planned| planned.will_be_created() && is_admin_like(&planned.row.role));
    let submit = Callback::new(move |_| run.go(|_| true));
    let back = {
        let text = text.clone();
        move |_| step.set(Step::Paste { text: text.clone(), first: false })
    };
    let summary = match too_many {
        Some(is) => text!(locale, many.over_limit_rows, is = number(is), most = number(MOST)),
        None if rows.is_empty() => text!(locale, many.empty),
        None => summary(locale, &rows),
    };
    let lines = rows.into_iter().map(|planned| line(locale, planned)).collect_view();
    view! {
        <PostForm function=CreateMany::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=place.project.get_untracked()/>
            <input type="hidden" name="text" value=text/>
            // The text was typed in the step before.
            <span data-changed=""></span>
            <p role="status">
                <b>{summary}</b>
            </p>
            {(!ignored.is_empty())
                .then(|| {
                    let columns = ignored.join(", ");
                    view! { <p class="note">{text!(locale, many.ignored, columns = &columns)}</p> }
                })}
            {admin.then(|| view! { <AdminWarning/> })}
            <ul class="plan" tabindex="0" aria-label=text!(locale, many.rows)>
                {lines}
            </ul>
            <footer>
                <button type="button" class="button quiet start needs-script" on:click=back>
                    {text!(locale, many.change)}
                </button>
                <CancelLink href=place.back.get_untracked() autofocus=true/>
                {(count > 0)
                    .then(|| view! { <button class="button primary">{plural!(locale, many.submit, count)}</button> })}
            </footer>
        </PostForm>
    }
}

fn summary(locale: Locale, rows: &[Planned]) -> String {
    let count = |is: fn(&Planned) -> bool| rows.iter().filter(|planned| is(planned)).count();
    let new = count(Planned::will_be_created);
    let same = count(|planned| planned.fate == Ok(Outcome::Unchanged));
    let other = count(|planned| matches!(planned.fate, Ok(Outcome::Differs(_))));
    let wrong = rows.len() - new - same - other;
    let parts = [
        Some(plural!(locale, many.count_new, new)),
        (same > 0).then(|| plural!(locale, many.count_same, same)),
        (other > 0).then(|| plural!(locale, many.count_other, other)),
        (wrong > 0).then(|| plural!(locale, many.count_wrong, wrong)),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn line(locale: Locale, Planned { row, fate }: Planned) -> impl IntoView {
    let (class, said) = match &fate {
        Ok(outcome) => told(locale, outcome),
        Err(problem) => ("bad", problem_text(locale, problem)),
    };
    // A Role is what most are: only the other kind is named.
    let role = row.role.parse::<RoleRef>().map(|role| role.to_string()).unwrap_or_default();
    let role = role.strip_prefix("Role/").map(Into::into).unwrap_or(role);
    let place = text!(locale, many.line, line = row.line);
    view! {
        <li>
            <code>{row.name}</code>
            <span class="muted">{role}</span>
            <span class="muted">{place}</span>
            <span class=format!("badge {class}")>{said}</span>
        </li>
    }
}

fn problem_text(locale: Locale, problem: &RowProblem) -> String {
    match problem {
        RowProblem::Fields(errors) => problems(locale, errors),
        RowProblem::Twice { line } => text!(locale, many.twice, line = line),
        RowProblem::OtherProject(project) => text!(locale, many.other_project, project = project),
        RowProblem::OtherKind(kind) if kind.is_empty() => text!(locale, create.wrong_kind),
        RowProblem::OtherKind(kind) => text!(locale, many.other_kind, kind = kind),
        RowProblem::OtherBinding => text!(locale, many.other_binding),
        RowProblem::Unreadable(message) => text!(locale, error.yaml_no_line, message = message),
        RowProblem::Unclosed => text!(locale, many.unclosed),
        RowProblem::AfterQuote => text!(locale, many.after_quote),
        RowProblem::TooManyCells { is, most } => text!(locale, many.too_many_cells, is = is, most = most),
    }
}
