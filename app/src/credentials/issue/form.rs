//! What a kubeconfig is issued with: how long it lives, and for those who need it, audience, names and address.

use leptos::{form::FromFormData, prelude::*, server_fn::ServerFn};
use musterbook_core::{
    Answer, AppError,
    credential::{Endpoint, IssueInput},
    form::{Field, FieldError, Problem, check_description, check_name},
    kubectl,
};
use wasm_bindgen::JsCast;

use crate::{
    accounts::{Place, details::api::Details},
    credentials::api::IssueKubeconfig,
    explain::problem_text,
    lang::use_locale,
    layout::{FormAlert, KubectlCommand},
    plural,
    post::{FormState, PostForm},
    routes, text,
    ui::{CancelLink, FieldView, TextField, TextState, described_by, focus_first},
};

const FORM: &str = "issue-form";
const ENDPOINT: &str = "endpoint";

#[component]
pub fn IssueForm(
    action: ServerAction<IssueKubeconfig>,
    place: Place,
    account: String,
    data: Resource<Result<Answer<Details>, AppError>>,
) -> impl IntoView {
    let locale = use_locale();
    let form = FormState::of(action);
    let error = form.error();
    let project = place.project.get_untracked();
    let lifetime = form.initial("input[lifetime]", "1h");
    let minutes = form.initial("input[minutes]", "60");
    let optional = |text: &str| check_description(text.trim());
    let audience = TextState::new(&form, Field::Audience, "input[audience]", "", optional);
    let context = TextState::new(&form, Field::Context, "input[context]", "", optional);
    let namespace = TextState::new(&form, Field::Namespace, "input[namespace]", "", |text| match text.trim() {
        "" => Ok(()),
        text => check_name(text),
    });
    // What our own check of the whole form found; the server's findings come after it.
    let found = RwSignal::new(Vec::<FieldError>::new());
    let refused = form.problem(Field::Lifetime);
    let lifetime_problem = Signal::derive(move || problem_of(&found.get(), Field::Lifetime).or_else(|| refused.get()));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(request) = IssueKubeconfig::from_event(&event) else { return };
        let input = &request.input;
        let fine =
            [audience.submit(&input.audience), context.submit(&input.context), namespace.submit(&input.namespace)];
        found.set(input.check().err().unwrap_or_default());
        if fine.contains(&false) || found.with_untracked(|found| !found.is_empty()) {
            focus_first(FORM, "[aria-invalid=true]");
        } else if !action.pending().get_untracked() {
            action.dispatch(request);
        }
    });
    let endpoint = StoredValue::new(form.initial("input[endpoint]", ""));
    let endpoint_problem = form.problem(Field::Endpoint);
    // What is wrong in there is to be seen.
    let more = Memo::new(move |_| {
        [audience, namespace, context].iter().any(|field| field.problem().get().is_some())
            || endpoint_problem.get().is_some()
    });
    let typed = |field| form.initial(field, "");
    let input = IssueInput {
        lifetime: lifetime.clone(),
        minutes: minutes.clone(),
        audience: typed("input[audience]"),
        namespace: typed("input[namespace]"),
        context: typed("input[context]"),
        endpoint: typed("input[endpoint]"),
    };
    let initial = StoredValue::new(IssueKubeconfig { project: project.clone(), name: account.clone(), input });
    let context_default = format!("{account}@{}", routes::CLUSTER);
    view! {
        <PostForm function=IssueKubeconfig::PATH submit done=place.back.get_untracked() id=FORM>
            <input type="hidden" name="project" value=project.clone()/>
            <input type="hidden" name="name" value=account/>
            <p>{text!(locale, issue.about)}</p>
            <Lifetime lifetime minutes problem=lifetime_problem/>
            <details open=move || more.get()>
                <summary>{text!(locale, issue.more)}</summary>
                <div class="content">
                    <TextField
                        id="audience"
                        label=text!(locale, issue.audience)
                        hint=text!(locale, issue.audience_hint)
                        state=audience
                        code=true
                    />
                    <TextField id="namespace" label=text!(locale, issue.namespace) state=namespace code=true placeholder=project/>
                    <TextField id="context" label=text!(locale, issue.context) state=context code=true placeholder=context_default/>
                    <Transition>
                        <div>
                            {move || Suspend::new(async move {
                                let endpoints = data.await.map(|answer| answer.value.endpoints).unwrap_or_default();
                                view! { <Endpoints endpoints chosen=endpoint.get_value() problem=endpoint_problem/> }
                            })}
                        </div>
                    </Transition>
                </div>
            </details>
            <Transition>
                <div>
                    {move || Suspend::new(async move {
                        let endpoints = data.await.map(|answer| answer.value.endpoints).unwrap_or_default();
                        let command = move |IssueKubeconfig { project, name, input }: IssueKubeconfig| {
                            let wish = input.check().ok()?;
                            let named = wish.endpoint.as_ref();
                            let endpoint = endpoints.iter().find(|one| named.is_none_or(|named| one.name == *named))?;
                            Some(kubectl::issue(&project, &name, routes::CLUSTER, &wish, endpoint))
                        };
                        view! { <KubectlCommand form=FORM initial=initial.get_value() command/> }
                    })}
                </div>
            </Transition>
            <FormAlert error form=FORM/>
            <footer>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" aria-disabled=move || action.pending().get().to_string()>
                    {text!(locale, issue.submit)}
                </button>
            </footer>
        </PostForm>
    }
}

fn problem_of(found: &[FieldError], field: Field) -> Option<Problem> {
    found.iter().find(|error| error.field == field).map(|error| error.problem.clone())
}

#[component]
fn Lifetime(lifetime: String, minutes: String, problem: Signal<Option<Problem>>) -> impl IntoView {
    let locale = use_locale();
    let choices = [
        ("1h", plural!(locale, issue.hours, 1)),
        ("8h", plural!(locale, issue.hours, 8)),
        ("7d", plural!(locale, issue.days, 7)),
        ("custom", text!(locale, issue.custom)),
    ];
    let choices = choices
        .into_iter()
        .map(|(value, label)| {
            view! {
                <label class="choice">
                    <input
                        type="radio"
                        name="input[lifetime]"
                        value=value
                        checked=value == lifetime
                        autofocus=value == lifetime
                    />
                    {label}
                </label>
            }
        })
        .collect_view();
    // Whoever types minutes means them. At once: the command that is shown reads the form after this.
    let choose_custom = move |_| {
        let radio = document().query_selector(&format!("#{FORM} [value=custom]")).ok().flatten();
        if let Some(radio) = radio.and_then(|radio| radio.dyn_into::<web_sys::HtmlInputElement>().ok()) {
            radio.set_checked(true);
        }
    };
    view! {
        <fieldset class="field" aria-describedby="lifetime-hint lifetime-problem">
            <legend>{text!(locale, issue.lifetime)}</legend>
            {choices}
            <label class="visually-hidden" for="minutes">
                {text!(locale, issue.minutes)}
            </label>
            <input
                id="minutes"
                name="input[minutes]"
                value=minutes
                inputmode="numeric"
                autocomplete="off"
                on:input=choose_custom
                aria-describedby="lifetime-hint lifetime-problem"
                aria-invalid=move || problem.get().is_some().to_string()
            />
            <small id="lifetime-hint">{text!(locale, issue.lifetime_hint)}</small>
            <p class="problem" id="lifetime-problem" role="alert">
                {move || problem.get().map(|problem| problem_text(locale, &problem))}
            </p>
        </fieldset>
    }
}

#[component]
fn Endpoints(endpoints: Vec<Endpoint>, chosen: String, problem: Signal<Option<Problem>>) -> impl IntoView {
    let locale = use_locale();
    let options = endpoints
        .into_iter()
        .map(|Endpoint { name, server, .. }| {
            let label = format!("{name} — {server}");
            view! {
                <option value=name.clone() selected=name == chosen>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <FieldView id=ENDPOINT label=text!(locale, issue.endpoint) problem>
            <select
                id=ENDPOINT
                name="input[endpoint]"
                aria-describedby=described_by(ENDPOINT)
                aria-invalid=move || problem.get().is_some().to_string()
            >
                {options}
            </select>
        </FieldView>
    }
}
