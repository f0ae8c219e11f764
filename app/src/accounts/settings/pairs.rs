//! Labels or annotations: a row for each, checked while one types with the rules that the server uses.

use leptos::{html, prelude::*};
use musterbook_core::settings::{ANNOTATIONS_MAX, Kind, Marks, Pair, PairProblem, check_pair, problems};

use crate::{
    accounts::{edit::Clash, settings::met::Start},
    lang::{Locale, use_locale},
    text,
    ui::{Icon, IconName, focus_first, textarea_content},
};

#[derive(Clone, Copy)]
struct Row {
    id: usize,
    start: StoredValue<Start>,
    key: RwSignal<String>,
    value: RwSignal<String>,
    /// It was left once.
    left: RwSignal<bool>,
    /// It was taken away: it isn't posted.
    gone: RwSignal<bool>,
}

impl Row {
    fn pair(self) -> Pair {
        if self.gone.get() {
            return Pair::default();
        }
        Pair { key: self.key.get(), value: self.value.get(), keep: false }
    }

    /// A row that goes with its dialog is left, too: its signals went before it.
    fn leave(self) {
        let is_begun = |text: RwSignal<String>| text.try_with_untracked(String::is_empty) == Some(false);
        if is_begun(self.key) || is_begun(self.value) {
            self.left.set(true);
        }
    }

    /// `team/` is no key, but becomes one: nobody is told off in the middle of a word.
    fn is_unfinished(self, kind: Kind) -> bool {
        let more = |text: RwSignal<String>| format!("{}a", text.get());
        check_pair(kind, &more(self.key), &self.value.get()).is_ok()
            || check_pair(kind, &self.key.get(), &more(self.value)).is_ok()
    }
}

/// The rows of one of the two.
#[derive(Clone, Copy)]
pub struct Pairs {
    kind: Kind,
    rows: RwSignal<Vec<Row>>,
    /// Something was submitted that isn't right: everything is told.
    told: RwSignal<bool>,
    next: StoredValue<usize>,
    /// Rows live as long as the form, whoever makes them.
    owner: StoredValue<Owner>,
}

impl Pairs {
    pub fn new(kind: Kind, start: Vec<Start>) -> Self {
        let owner = StoredValue::new(Owner::current().unwrap_or_default());
        let (rows, told) = (RwSignal::default(), RwSignal::new(false));
        let pairs = Self { kind, rows, told, next: StoredValue::new(0), owner };
        pairs.show(start);
        pairs
    }

    /// Other rows in place of those that are there.
    pub fn show(self, start: Vec<Start>) {
        let rows = start.into_iter().map(|start| self.row(start)).collect();
        self.rows.set(rows);
    }

    /// Everything that is wrong is told from now on.
    pub fn tell(self) {
        self.told.set(true);
    }

    fn row(self, start: Start) -> Row {
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.owner.get_value().with(|| Row {
            id,
            key: RwSignal::new(start.key.clone()),
            value: RwSignal::new(start.value.clone()),
            start: StoredValue::new(start),
            left: RwSignal::new(false),
            gone: RwSignal::new(false),
        })
    }

    fn problems(self) -> Signal<Vec<(usize, PairProblem)>> {
        let Self { kind, rows, told, .. } = self;
        Signal::derive(move || {
            let rows = rows.get();
            let pairs: Vec<_> = rows.iter().map(|row| row.pair()).collect();
            let found = problems(kind, &pairs).into_iter().zip(rows);
            let shown = found.filter_map(|(problem, row)| {
                let tells = told.get() || row.left.get() || !row.is_unfinished(kind);
                problem.filter(|_| tells).map(|problem| (row.id, problem))
            });
            shown.collect()
        })
    }

    /// Bytes of what is typed.
    fn size(self) -> Signal<usize> {
        Signal::derive(move || {
            let of = |row: &Row| {
                let Pair { key, value, .. } = row.pair();
                key.len() + value.len()
            };
            self.rows.with(|rows| rows.iter().map(of).sum())
        })
    }

    fn list(self) -> &'static str {
        match self.kind {
            Kind::Label => "labels",
            Kind::Annotation => "annotations",
        }
    }
}

/// `kept` counts towards the limit of all annotations together.
#[component]
pub fn PairsView(pairs: Pairs, title: String, kept: Marks) -> impl IntoView {
    let locale = use_locale();
    let list = pairs.list();
    let problems = pairs.problems();
    let view = move |row: Row| view! { <RowView pairs row problems/> };
    let add = move |_| {
        let row = pairs.row(Start::default());
        pairs.rows.update(|rows| rows.push(row));
        focus_first(list, &format!("[name='input[{list}][{}][key]']", row.id));
    };
    let kept_size = musterbook_core::settings::size(&kept.annotations);
    let size = pairs.size();
    let too_large = move || {
        let size = size.get() + kept_size;
        let shown = pairs.kind == Kind::Annotation && size > ANNOTATIONS_MAX;
        shown.then(|| text!(locale, settings.too_large, kib = size.div_ceil(1024)))
    };
    view! {
        <fieldset class="field" id=list>
            <legend>{title}</legend>
            <For each=move || pairs.rows.get() key=|row| row.id children=view/>
            <p class="problem" role="alert">
                {too_large}
            </p>
            <p class="needs-script">
                <button type="button" class="button" on:click=add>
                    <Icon name=IconName::Plus/>
                    {match pairs.kind {
                        Kind::Label => text!(locale, settings.add_label),
                        Kind::Annotation => text!(locale, settings.add_annotation),
                    }}
                </button>
            </p>
        </fieldset>
    }
}

#[component]
fn RowView(pairs: Pairs, row: Row, problems: Signal<Vec<(usize, PairProblem)>>) -> impl IntoView {
    let locale = use_locale();
    let list = pairs.list();
    let name = move |part: &str| format!("input[{list}][{}][{part}]", row.id);
    let problem =
        Memo::new(move |_| problems.with(|all| all.iter().find(|(id, _)| *id == row.id).map(|(_, problem)| *problem)));
    let told = format!("{list}-{}-problem", row.id);
    let at_value = move || (problem.get() == Some(PairProblem::Value)).to_string();
    let at_key = move || problem.get().is_some_and(|problem| problem != PairProblem::Value).to_string();
    let Start { key, value, theirs } = row.start.get_value();
    let key_node = NodeRef::<html::Input>::new();
    // Typed before WebAssembly came, or put back by the browser.
    Effect::new(move |_| {
        if let Some(input) = key_node.get() {
            row.key.set(input.value());
        }
    });
    let remove = move |_| {
        row.gone.set(true);
        focus_first(list, ":scope > p button");
    };
    view! {
        <div class="pair" hidden=move || row.gone.get() data-changed=move || row.gone.get().then_some("")>
            <input
                name=name("key")
                value=key
                node_ref=key_node
                autofocus=pairs.kind == Kind::Label && row.id == 0
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                placeholder=text!(locale, settings.key)
                aria-label=text!(locale, settings.key)
                aria-describedby=told.clone()
                aria-invalid=at_key
                disabled=move || row.gone.get()
                on:input:target=move |event| row.key.set(event.target().value())
                on:blur=move |_| row.leave()
            />
            <ValueField row kind=pairs.kind name=name("value") value told=told.clone() invalid=Signal::derive(at_value)/>
            <button
                type="button"
                class="button quiet needs-script"
                aria-label=move || text!(locale, settings.remove, key = &row.key.get())
                on:click=remove
            >
                <Icon name=IconName::Trash/>
            </button>
            <p class="problem" id=told role="alert">
                {move || problem.get().map(|problem| problem_text(locale, pairs.kind, problem))}
            </p>
            {theirs.map(|theirs| view! { <Clash name=name("keep") theirs/> })}
        </div>
    }
}

/// An annotation's value may have lines.
#[component]
fn ValueField(
    row: Row,
    kind: Kind,
    name: String,
    value: String,
    told: String,
    invalid: Signal<String>,
) -> impl IntoView {
    let locale = use_locale();
    let label = text!(locale, settings.value);
    match kind {
        Kind::Label => {
            let node = NodeRef::<html::Input>::new();
            Effect::new(move |_| {
                if let Some(input) = node.get() {
                    row.value.set(input.value());
                }
            });
            view! {
                <input
                    name=name
                    value=value
                    node_ref=node
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    placeholder=label.clone()
                    aria-label=label
                    aria-describedby=told
                    aria-invalid=invalid
                    disabled=move || row.gone.get()
                    on:input:target=move |event| row.value.set(event.target().value())
                    on:blur=move |_| row.leave()
                />
            }
            .into_any()
        }
        Kind::Annotation => {
            let node = NodeRef::<html::Textarea>::new();
            Effect::new(move |_| {
                if let Some(area) = node.get() {
                    row.value.set(area.value());
                }
            });
            view! {
                <textarea
                    name=name
                    node_ref=node
                    rows=value.lines().count().clamp(1, 4).to_string()
                    spellcheck="false"
                    placeholder=label.clone()
                    aria-label=label
                    aria-describedby=told
                    aria-invalid=invalid
                    disabled=move || row.gone.get()
                    on:input:target=move |event| row.value.set(event.target().value())
                    on:blur=move |_| row.leave()
                >
                    {textarea_content(&value)}
                </textarea>
            }
            .into_any()
        }
    }
}

fn problem_text(locale: Locale, kind: Kind, problem: PairProblem) -> String {
    match (problem, kind) {
        (PairProblem::NoKey, _) => text!(locale, settings.no_key),
        (PairProblem::Key, _) => text!(locale, settings.bad_key),
        (PairProblem::Kept, _) => text!(locale, settings.kept_key),
        (PairProblem::Value, _) => text!(locale, settings.bad_value),
        (PairProblem::Twice, Kind::Label) => text!(locale, settings.label_twice),
        (PairProblem::Twice, Kind::Annotation) => text!(locale, settings.annotation_twice),
    }
}
