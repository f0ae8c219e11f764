//! What a stream tells a page that is open (SPEC L4): the rows that changed, and how the page stands now. The server
//! compares and the browser merges; neither sends a row that the other has.

use std::hash::Hasher;

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    answer::{Answer, Missing},
    list::{Page, Row},
    time::Timestamp,
};

/// One message of a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// What the page shows is how it is now.
    Current,
    /// The list changed.
    List(Box<Delta>),
    /// The account changed, to this version: its page is to be read anew.
    Account(Version),
    /// The account isn't there any longer.
    Gone,
    /// How it is now can't be told: the API server doesn't answer. The stream goes on trying.
    Stale,
    /// Nothing more comes, and why.
    End(End),
}

/// Why a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum End {
    SignedOut,
    /// The right to see it was withdrawn, or it isn't there any longer.
    Denied,
    /// This server doesn't watch the cluster.
    NotWatched,
    /// The session has as many streams as it may, or the server has.
    TooMany,
}

/// Names what a page shows: the same version is the same content, whichever server says so.
pub type Version = u64;

/// Of a page that nobody vouches for.
pub const UNKNOWN: Version = 0;

/// A list's next page, for who has the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// The version that it leads on from; `None`: every row is here.
    pub from: Option<Version>,
    /// All but the rows, with the new version.
    pub page: Page,
    pub at: Timestamp,
    pub missing: Vec<Missing>,
    /// For each row its place on the page before; `None`: it is the next one of `rows`.
    pub order: Vec<Option<usize>>,
    /// Rows that are new or not as before.
    pub rows: Vec<Row>,
}

/// What a stream remembers of the page that it sent last: a few bytes for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    pub version: Version,
    rows: Vec<u64>,
}

impl Sent {
    pub fn of(answer: &Answer<Page>) -> Self {
        let Page { project, rows, matching, total, page, pages, roles, workspaces, rights, version: _ } = &answer.value;
        let rows: Vec<_> = rows.iter().map(fingerprint).collect();
        let head = (project, matching, total, page, pages, roles, workspaces, rights, &answer.missing, &rows);
        Self { version: fingerprint(&head), rows }
    }

    /// What leads from this page to `answer`, the page of `now`. `None`: nothing that can be seen.
    pub fn delta(&self, answer: Answer<Page>, now: &Self) -> Option<Delta> {
        (self.version != now.version).then(|| {
            let place = |row: &u64| self.rows.iter().position(|before| before == row);
            built(answer, now.version, Some(self.version), now.rows.iter().map(place).collect())
        })
    }
}

impl Delta {
    /// All of a page, for who has another one or none.
    pub fn whole(answer: Answer<Page>, now: &Sent) -> Self {
        built(answer, now.version, None, vec![None; now.rows.len()])
    }

    /// The next page. `None`: `before` is not the page that this leads on from.
    pub fn onto(self, before: &Page) -> Option<Answer<Page>> {
        if self.from.is_some_and(|from| from != before.version) {
            return None;
        }
        let mut new = self.rows.into_iter();
        let row = |place: Option<usize>| match place {
            Some(place) => before.rows.get(place).cloned(),
            None => new.next(),
        };
        let rows = self.order.into_iter().map(row).collect::<Option<_>>()?;
        Some(Answer { value: Page { rows, ..self.page }, at: self.at, missing: self.missing })
    }
}

/// The version of a page, for the stream that follows it.
pub fn version(answer: &Answer<Page>) -> Version {
    Sent::of(answer).version
}

/// The same for an account's page.
pub fn account_version(answer: &Answer<Account>) -> Version {
    fingerprint(&(&answer.value, &answer.missing))
}

fn built(answer: Answer<Page>, version: Version, from: Option<Version>, order: Vec<Option<usize>>) -> Delta {
    let Answer { value: mut page, at, missing } = answer;
    page.version = version;
    let rows = std::mem::take(&mut page.rows);
    let rows = rows.into_iter().zip(&order).filter(|(_, place)| place.is_none()).map(|(row, _)| row).collect();
    Delta { from, page, at, missing, order, rows }
}

/// The same for the same content on every machine that runs this build, as JSON is.
pub fn fingerprint(value: &impl Serialize) -> u64 {
    let mut hasher = FxHasher::default();
    // What can't be written as JSON, and there is no such value here, is the same as nothing.
    hasher.write(&serde_json::to_vec(value).unwrap_or_default());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        account::Rights,
        answer::{Part, Why},
        role::{AccountRole, RoleState},
    };

    fn row(name: u64, alias: u64) -> Row {
        let account = Account {
            project: format!("p{}", name % 2),
            name: format!("a{name}"),
            uid: name.to_string(),
            resource_version: alias.to_string(),
            alias: Some(alias.to_string()),
            description: None,
            creator: None,
            created: Timestamp::from_second(1),
            role: AccountRole { wish: None, bindings: vec![], state: RoleState::None },
            deleting: false,
            federated: false,
            managed_by: None,
            cloud: None,
        };
        Row { account, pods: Some(0) }
    }

    fn page(rows: Vec<Row>) -> Answer<Page> {
        let page = Page { matching: rows.len(), total: rows.len(), page: 1, pages: 1, rows, ..Page::default() };
        let mut answer = Answer { value: page, at: Timestamp::from_second(1), missing: Vec::new() };
        answer.value.version = version(&answer);
        answer
    }

    /// Numbers that look random and are the same each time (xorshift).
    fn numbers(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        }
    }

    #[test]
    fn l4_deltas_lead_from_any_page_to_any_other() {
        for seed in 1..400 {
            let mut number = numbers(seed);
            let mut shown = page(Vec::new());
            let mut sent = Sent::of(&shown);
            for _ in 0..20 {
                let mut names: Vec<_> = (0..12).filter(|_| number(3) > 0).collect();
                for place in (1..names.len()).rev() {
                    names.swap(place, usize::try_from(number(place as u64 + 1)).unwrap());
                }
                let mut next = page(names.into_iter().map(|name| row(name, number(2))).collect());
                if number(4) == 0 {
                    next.missing.push(Missing { what: Part::Pods, why: Why::Unavailable });
                    next.value.version = version(&next);
                }
                let now = Sent::of(&next);
                match sent.delta(next.clone(), &now) {
                    Some(delta) => shown = delta.onto(&shown.value).expect("the page before"),
                    None => assert_eq!(shown, next, "seed {seed}"),
                }
                assert_eq!(shown, next, "seed {seed}");
                sent = now;
            }
        }
    }

    #[test]
    fn l4_only_rows_that_changed_are_sent() {
        let before = page((0..5).map(|name| row(name, 0)).collect());
        let mut rows = before.value.rows.clone();
        rows[3] = row(3, 1);
        rows.swap(0, 4);
        let next = page(rows);
        let delta = Sent::of(&before).delta(next.clone(), &Sent::of(&next)).unwrap();
        assert_eq!(delta.order, [Some(4), Some(1), Some(2), None, Some(0)]);
        assert_eq!(delta.rows, [row(3, 1)]);
    }

    #[test]
    fn l4_what_is_not_seen_is_not_sent_and_what_is_missing_and_allowed_is_seen() {
        let before = page(vec![row(1, 0)]);
        let sent = Sent::of(&before);
        let differs = |change: fn(&mut Answer<Page>)| {
            let mut next = before.clone();
            change(&mut next);
            sent.delta(next.clone(), &Sent::of(&next)).is_some()
        };
        assert!(!differs(|next| next.at = Timestamp::from_second(9)));
        assert!(differs(|next| next.value.total += 1));
        assert!(differs(|next| next.missing.push(Missing { what: Part::Roles, why: Why::NoCache })));
        let rights = |next: &mut Answer<Page>| {
            next.value.rights.insert("p1".into(), Rights { delete: Some(false), ..Rights::default() });
        };
        assert!(differs(rights));
    }

    #[test]
    fn l4_a_delta_fits_only_the_page_that_it_leads_on_from() {
        let (first, second) = (page(vec![row(1, 0)]), page(vec![row(1, 1), row(2, 0)]));
        let now = Sent::of(&second);
        let delta = Sent::of(&first).delta(second.clone(), &now).unwrap();
        assert_eq!(delta.clone().onto(&page(vec![row(7, 0)]).value), None);
        assert_eq!(delta.onto(&first.value), Some(second.clone()));
        assert_eq!(Delta::whole(second.clone(), &now).onto(&page(vec![row(7, 0)]).value), Some(second));
    }

    #[test]
    fn l4_a_malformed_delta_is_no_page() {
        let first = page(vec![row(1, 0)]);
        let mut delta = Delta::whole(first.clone(), &Sent::of(&first));
        delta.order = vec![Some(9)];
        assert_eq!(delta.clone().onto(&first.value), None);
        delta.order = vec![None, None];
        assert_eq!(delta.onto(&first.value), None);
    }
}
