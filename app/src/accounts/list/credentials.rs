//! The column *Credentials* (SPEC L1): asked for once the rows are there, so that they don't wait for it. Without
//! scripts, a link leads to where the account's credentials are shown.

use std::collections::HashMap;

use leptos::prelude::*;
use musterbook_core::{
    Timestamp,
    account::{Account, AccountId},
    answer::Part,
    credential::{CredentialSummary, Risk, Standing, TimeLeft},
    list::Row,
};

use crate::{
    accounts::api::list_credentials,
    explain::{error_text, missing_text},
    lang::{Locale, use_locale},
    text,
    ui::part,
};

/// What is known of accounts' credentials, by uid: it outlives the rows, so that a refresh blanks no cell.
#[derive(Debug, Clone, Copy)]
pub struct Credentials {
    known: RwSignal<HashMap<String, Known>>,
    asking: RwSignal<u32>,
    /// Uids that were asked for.
    asked: RwSignal<Vec<String>>,
}

/// The credentials, or why they can't be shown.
type Known = Result<CredentialSummary, String>;

impl Credentials {
    /// For the list page, which outlives its rows.
    pub fn provide() -> Self {
        let credentials =
            Self { known: RwSignal::new(HashMap::new()), asking: RwSignal::new(0), asked: RwSignal::new(Vec::new()) };
        provide_context(credentials);
        credentials
    }

    /// What is known is old: whoever asks next asks for all rows. The cells stay as they are meanwhile.
    pub fn forget(self) {
        _ = self.asked.try_update(Vec::clear);
    }

    /// In the browser: one call for each project of `rows`, for those of which it wasn't asked yet.
    pub fn ask(self, rows: &[Row]) {
        let locale = use_locale();
        let mut projects = Vec::<(String, Vec<AccountId>)>::new();
        let asked = self.asked.get();
        let new: Vec<_> = rows.iter().filter(|row| !asked.contains(&row.account.uid)).collect();
        if new.is_empty() {
            return;
        }
        self.asked.update_untracked(|asked| asked.extend(new.iter().map(|row| row.account.uid.clone())));
        for Row { account, .. } in new {
            let id = AccountId { name: account.name.clone(), uid: account.uid.clone() };
            match projects.iter_mut().find(|(project, _)| *project == account.project) {
                Some((_, accounts)) => accounts.push(id),
                None => projects.push((account.project.clone(), vec![id])),
            }
        }
        for (project, accounts) in projects {
            self.asking.update(|asking| *asking += 1);
            leptos::task::spawn_local(async move {
                let known = read(locale, project, accounts).await;
                // The page may have been left.
                self.known.try_update(|all| all.extend(known));
                self.asking.try_update(|asking| *asking -= 1);
            });
        }
    }

    fn of(self, uid: &str) -> Option<Known> {
        self.known.with(|known| known.get(uid).cloned())
    }
}

async fn read(locale: Locale, project: String, accounts: Vec<AccountId>) -> Vec<(String, Known)> {
    let uids: Vec<_> = accounts.iter().map(|account| account.uid.clone()).collect();
    let why = match list_credentials(project, accounts).await {
        Ok(answer) => match answer.missing.iter().find(|missing| missing.what == Part::TokenSecrets) {
            None => return uids.into_iter().zip(answer.value.into_iter().map(Ok)).collect(),
            Some(missing) => missing_text(locale, missing),
        },
        Err(error) => error_text(locale, &error),
    };
    uids.into_iter().map(|uid| (uid, Err(why.clone()))).collect()
}

/// The cell. `href` leads to the account's credentials.
#[component]
pub fn CredentialsCell(account: Account, href: String) -> impl IntoView {
    let locale = use_locale();
    let credentials = use_context::<Credentials>();
    let uid = account.uid;
    // Counted: old rows stay while new ones are loaded, when what was made in them is gone.
    let known = ArcMemo::new(move |_| credentials.and_then(|credentials| credentials.of(&uid)));
    let busy = {
        let known = known.clone();
        ArcSignal::derive(move || {
            let asking = credentials.is_some_and(|credentials| credentials.asking.get() > 0);
            (asking && known.with(Option::is_none)).then_some("true")
        })
    };
    let label = text!(locale, list.credentials_of, name = &account.name);
    let summary = part(move || match known.get() {
        Some(known) => view! { <Summary known/> }.into_any(),
        None => view! {
            <a class="no-script" href=href.clone() rel="external" aria-label=label.clone()>
                {text!(locale, list.credentials_show)}
            </a>
            <span class="needs-script skeleton"></span>
        }
        .into_any(),
    });
    view! {
        <td class="credentials hide-narrow" aria-busy=busy>
            {summary}
        </td>
    }
}

#[component]
fn Summary(known: Known) -> impl IntoView {
    let locale = use_locale();
    let summary = match known {
        Ok(summary) => summary,
        Err(why) => return view! { <Unreadable why/> }.into_any(),
    };
    let now = Timestamp::from_millisecond(js_sys::Date::now() as i64);
    let count = summary.count;
    let (class, said) = match summary.standing(now) {
        Standing::None => {
            return view! { <span class="muted">{text!(locale, list.credentials_none)}</span> }.into_any();
        }
        Standing::Risk(Risk::Invalid) => ("", text!(locale, list.credentials_invalid, count = count)),
        Standing::Risk(Risk::NeverExpires) => ("bad", text!(locale, list.credentials_never, count = count)),
        Standing::Risk(Risk::Unused { days }) => {
            ("bad", text!(locale, list.credentials_unused, count = count, days = days))
        }
        Standing::Ends(left) => {
            let class = if left.is_short() { "warn" } else { "" };
            let said = match left {
                TimeLeft::Minutes(left) => text!(locale, list.credentials_minutes, count = count, left = left),
                TimeLeft::Hours(left) => text!(locale, list.credentials_hours, count = count, left = left),
                TimeLeft::Days(left) => text!(locale, list.credentials_days, count = count, left = left),
            };
            (class, said)
        }
    };
    view! { <span class=format!("badge {class}")>{said}</span> }.into_any()
}

/// In the place of what may not be read: never *none*, never 0 (SPEC A6).
#[component]
pub fn Unreadable(why: String) -> impl IntoView {
    let title = why.clone();
    view! {
        <span class="muted" title=title>
            "—" <span class="visually-hidden">{why}</span>
        </span>
    }
}
