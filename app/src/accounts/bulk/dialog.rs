//! The dialog *Delete service accounts*: the plan first, then what came of it.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use musterbook_core::{
    Answer,
    bulk::{Chosen, MOST, Plan},
};

use crate::{
    accounts::{
        account_dialog::{Failed, FocusContent, Instead},
        bulk::{
            api::{DeleteSelected, plan_deletions},
            plan::PlanForm,
            results::Results,
            run::Run,
        },
        dialogs::Place,
    },
    lang::use_locale,
    post::answered,
    routes, text,
    ui::Modal,
};

#[component]
pub fn BulkDeleteDialog(chosen: Chosen, place: Place) -> impl IntoView {
    let locale = use_locale();
    // Without scripts, the page is the answer to the form.
    let body = match answered::<DeleteSelected>() {
        Some(report) => {
            let run = Run::ended(report);
            run.watch_over(place);
            view! { <Results run place/> }.into_any()
        }
        None => view! { <Planned chosen place/> }.into_any(),
    };
    view! {
        <Modal id="delete-selected" title=text!(locale, bulk.title) width="broad" close=place.back.get_untracked()>
            {body}
        </Modal>
    }
}

#[component]
fn Planned(chosen: Chosen, place: Place) -> impl IntoView {
    let locale = use_locale();
    let query = routes::list_query(&use_query_map().read_untracked());
    // Read once: what is confirmed is what was shown.
    let scope = place.scope();
    let loaded = Resource::new(|| (), move |()| plan_deletions(scope.clone(), query.clone(), chosen.clone()));
    view! {
        <Suspense fallback=move || view! { <p class="content">{text!(locale, loading)}</p> }>
            <div>
                {move || Suspend::new(async move {
                    match loaded.await {
                        Ok(Answer { value: Plan::Ready { rows, cluster }, missing, .. }) => {
                            view! {
                                <FocusContent/>
                                <PlanForm rows cluster missing place/>
                            }
                                .into_any()
                        }
                        Ok(Answer { value: Plan::TooMany { matching }, .. }) => {
                            let text = text!(locale, bulk.over_limit, matching = matching, most = MOST);
                            view! { <Instead text place/> }.into_any()
                        }
                        Err(error) => view! { <Failed error place/> }.into_any(),
                    }
                })}
            </div>
        </Suspense>
    }
}
