//! Where the text is pasted, or read from a file.

use leptos::{form::FromFormData, html, prelude::*, server_fn::ServerFn, task::spawn_local};
use musterbook_core::{
    AppError,
    many::{MOST, TEXT_MAX},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::{
    accounts::{
        create::ProjectField,
        dialogs::Place,
        many::{
            api::{CreateMany, PlanCreations},
            dialog::{FORM, Step},
        },
    },
    lang::{number, use_locale},
    layout::FormAlert,
    post::{FormState, PostForm, on_success},
    text,
    ui::{CancelLink, OtherDialogLink, textarea_content},
};

/// The columns of a table, as it names them in every language.
const COLUMNS: &str = "name,alias,description,role";
/// What a table looks like, to begin with.
const TABLE: &str = "name,alias,description,role\nci-deployer,CI deployer,Rolls out releases,viewer\n";

#[component]
pub fn PasteForm(text: String, first: bool, step: RwSignal<Step>, place: Place) -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<PlanCreations>::new();
    // Creating the accounts may be refused, too: then the text is shown again.
    let posted: &[&str] = if first { &[PlanCreations::PATH, CreateMany::PATH] } else { &[] };
    let form = FormState::of_posted(action, posted);
    let typed = form.initial("text", text);
    let node = NodeRef::<html::Textarea>::new();
    let unread = RwSignal::new(None);
    on_success(action, move |plan| step.set(Step::Planned(plan)));
    let submit = Callback::new(move |event: leptos::ev::SubmitEvent| {
        let Ok(input) = PlanCreations::from_event(&event) else { return };
        unread.set((input.text.len() > TEXT_MAX).then_some(AppError::TooLarge));
        if unread.with_untracked(Option::is_none) && !action.pending().get_untracked() {
            action.dispatch(input);
        }
    });
    let read = move |event: leptos::ev::Targeted<leptos::ev::Event, web_sys::HtmlInputElement>| {
        let Some(file) = first_file(&event.target()) else { return };
        if file.size() > TEXT_MAX as f64 {
            unread.set(Some(AppError::TooLarge));
            return;
        }
        spawn_local(async move {
            let text: Option<String> = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            if let (Some(area), Some(text)) = (node.try_get_untracked().flatten(), text) {
                area.set_value(&text);
                unread.set(None);
            }
        });
    };
    let project = place.project;
    let unplaced = move || project.with(String::is_empty);
    let refused = form.error();
    let error = Signal::derive(move || unread.get().or_else(|| refused.get()));
    let pending = action.pending();
    view! {
        <PostForm function=PlanCreations::PATH submit done=place.back.get_untracked() id=FORM class="editor">
            {place.wide.get_untracked().then(|| view! { <ProjectField place project/> })}
            <div class="fields" hidden=unplaced>
                <input type="hidden" name="project" value=move || project.get()/>
                // The text was typed before its plan was shown.
                {(!first).then(|| view! { <span data-changed=""></span> })}
                <label for="many-text">{text!(locale, many.text)}</label>
                <textarea
                    id="many-text"
                    name="text"
                    node_ref=node
                    rows="12"
                    autofocus
                    required
                    spellcheck="false"
                    autocapitalize="none"
                    autocomplete="off"
                    placeholder=TABLE
                    aria-describedby="many-hint"
                >
                    {textarea_content(&typed)}
                </textarea>
                <div class="note" id="many-hint">
                    <p>
                        {text!(locale, many.hint_table)} " " <code>{COLUMNS}</code>
                    </p>
                    <p>{text!(locale, many.hint_role)}</p>
                    <p>{text!(locale, many.hint_yaml, most = number(MOST))}</p>
                </div>
                <label class="needs-script">
                    {text!(locale, many.file)} " "
                    <input type="file" accept=".csv,.tsv,.txt,.yaml,.yml,.json" on:change:target=read/>
                </label>
            </div>
            <FormAlert error form=FORM/>
            <p class="note" role="status">
                {move || pending.get().then(|| text!(locale, many.planning))}
            </p>
            <footer>
                <OtherDialogLink href=place.create("") label=text!(locale, many.single)/>
                <CancelLink href=place.back.get_untracked()/>
                <button class="button primary" hidden=unplaced aria-disabled=move || pending.get().to_string()>
                    {text!(locale, many.plan)}
                </button>
            </footer>
        </PostForm>
    }
}

fn first_file(input: &web_sys::HtmlInputElement) -> Option<web_sys::Blob> {
    let files = js_sys::Reflect::get(input, &"files".into()).ok()?;
    js_sys::Reflect::get_u32(&files, 0).ok()?.dyn_into().ok()
}
