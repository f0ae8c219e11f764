//! Two people at the same account: one is held up at each call in turn, while the other does the whole of something else.
//! Afterwards it is as if one had come after the other (SPEC X1–X4).

use std::time::Duration;

use futures::{StreamExt, stream};
use musterbook_cluster::ActorClient;
use musterbook_core::{AppError, error::HalfDone};

use crate::{
    acts::{Act, OPERATOR, Stage, State, Undone, VIEW, VIEWER},
    plane::{Plane, in_project, person},
    proxy::{Fault, Pause, Plan, Proxy},
};

const LIMIT: Duration = Duration::from_secs(8);
const AT_ONCE: usize = 24;

/// What is done to an account that has the role `viewer`.
const FIRST: [Act; 7] = [
    Act::Edit,
    Act::Save,
    Act::Change(OPERATOR),
    Act::Change(VIEW),
    Act::Change(VIEWER),
    Act::Change(None),
    Act::Delete,
];
const SECOND: [Act; 8] = [
    Act::Edit,
    Act::Save,
    Act::Change(OPERATOR),
    Act::Change(VIEW),
    Act::Change(VIEWER),
    Act::Change(None),
    Act::Delete,
    Act::Renew,
];

struct Case {
    name: String,
    is_there: bool,
    first: Act,
    second: Act,
    /// Of the first one's calls.
    at: usize,
    fault: Option<Fault>,
}

enum Ran {
    /// The first one makes fewer calls.
    Through,
    Well,
    Wrong(String),
}

impl Case {
    async fn run(&self, plane: &Plane, direct: &ActorClient) -> Ran {
        let mut stage = Stage { plane, name: &self.name, record: None };
        let role = if self.is_there { VIEWER } else { None };
        let record = self.first.prepare(stage, role, direct).await;
        stage.record = record.as_ref();
        let before = stage.state().await;
        let (pause, reached, go) = Pause::new();
        let plan = Plan { at: self.at, fault: self.fault, lasts: false, pause: Some(pause) };
        let proxy = Proxy::to(plane.bare(), plan).await;
        let cluster = plane.cluster_through(&proxy.url, LIMIT).await;
        let held = cluster.acting_as(&person("project-admin"));
        let mut first = Box::pin(self.first.run(stage, &held));
        let (first, second) = tokio::select! {
            _ = &mut first => {
                stage.clear().await;
                return Ran::Through;
            }
            _ = reached => {
                let second = self.second.run(stage, direct).await;
                let _ = go.send(());
                (first.await, second)
            }
        };
        let wrong = self.wrong(stage, direct, &before, &first, &second).await;
        stage.clear().await;
        if wrong.is_empty() {
            return Ran::Well;
        }
        let Self { first: one, second: other, at, fault, .. } = self;
        Ran::Wrong(format!(
            "{one:?} held up at {at} ({fault:?}): {first:?}; {other:?}: {second:?}; {}; {:#?}",
            wrong.join("; "),
            proxy.calls()
        ))
    }

    async fn wrong(
        &self,
        stage: Stage<'_>,
        direct: &ActorClient,
        before: &Option<State>,
        first: &Result<(), AppError>,
        second: &Result<(), AppError>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        let now = stage.state().await;
        let mut possible = Vec::new();
        for first in outcomes(self.first, first) {
            for second in outcomes(self.second, second) {
                possible.extend(in_some_order(before, &first, &second));
            }
        }
        // It was made and taken away again, with what the other one did to it in between.
        if matches!((self.first, first), (Act::Create(_), Err(_))) {
            possible.push(None);
        }
        let told = match first {
            Err(AppError::HalfDone(told)) if *told != HalfDone::Unknown => {
                stage.is_as_told(told, &now, &self.first.on(before).flatten()).await
            }
            _ => false,
        };
        if !told && !possible.contains(&now) {
            wrong.push(format!("is {now:?}, not {possible:?}"));
        }
        if !told && now.as_ref().is_some_and(|now| !now.is_whole()) {
            wrong.push("the binding is not that of the wish".into());
        }
        if told && self.fault.is_none() {
            wrong.push("half done without any fault".into());
        }
        if told {
            let again = self.first.again(stage, direct).await;
            if again.is_err() || stage.state().await.is_some_and(|now| !now.is_whole()) {
                wrong.push(format!("again: {again:?}"));
            }
        }
        wrong
    }
}

/// The acts that count: what was refused was not done, and what is not known was or wasn't.
fn outcomes(act: Act, result: &Result<(), AppError>) -> Vec<Option<Act>> {
    match result {
        Ok(()) => vec![Some(act)],
        Err(AppError::HalfDone(_)) => vec![Some(act), None],
        Err(_) => vec![None],
    }
}

fn in_some_order(before: &Option<State>, first: &Option<Act>, second: &Option<Act>) -> Vec<Option<State>> {
    let both = [[first, second], [second, first]];
    let through =
        both.into_iter().map(|acts| acts.into_iter().flatten().try_fold(before.clone(), |state, act| act.on(&state)));
    through.flatten().collect()
}

/// Each pair, with each fault at the call that is held up.
async fn run_all(plane: &Plane, pairs: Vec<(bool, Act, Act)>, faults: &[Option<Fault>]) {
    let direct = plane.cluster().await.acting_as(&person("project-regular"));
    let jobs = pairs.into_iter().flat_map(|pair| faults.iter().map(move |fault| (pair, *fault)));
    let jobs: Vec<_> = jobs.enumerate().collect();
    let least = 2 * jobs.len();
    let ran = stream::iter(jobs).map(async |(job, ((is_there, first, second), fault))| {
        let (mut well, mut wrong) = (0, Vec::new());
        for at in 0.. {
            let case = Case { name: format!("two-{job}-{at}"), is_there, first, second, at, fault };
            match case.run(plane, &direct).await {
                Ran::Through => break,
                Ran::Well => well += 1,
                Ran::Wrong(why) => wrong.push(why),
            }
        }
        (well, wrong)
    });
    let ran: Vec<_> = ran.buffer_unordered(AT_ONCE).collect().await;
    let well: usize = ran.iter().map(|(well, _)| well).sum();
    let wrong: Vec<_> = ran.into_iter().flat_map(|(_, wrong)| wrong).collect();
    assert!(wrong.is_empty(), "{} beside {well}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(well >= least, "{well}");
}

fn pairs(is_there: bool, first: &[Act], second: &[Act]) -> Vec<(bool, Act, Act)> {
    let all = first.iter().flat_map(|first| second.iter().map(move |second| (is_there, *first, *second)));
    all.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x1_x3_x4_of_two_people_at_once_it_is_as_if_one_came_after_the_other() {
    in_project(async |plane| run_all(plane, pairs(true, &FIRST, &SECOND), &[None]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn c3_an_account_is_whole_whatever_somebody_does_to_it_while_it_is_made() {
    let second = [
        Act::Create(OPERATOR),
        Act::Edit,
        Act::Save,
        Act::Change(OPERATOR),
        Act::Change(None),
        Act::Delete,
        Act::Renew,
    ];
    let first = [Act::Create(None), Act::Create(VIEWER)];
    in_project(async |plane| run_all(plane, pairs(false, &first, &second), &[None]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x5_taking_back_goes_over_nobodys_head() {
    let mut all = pairs(true, &[Act::Undo(Undone::Delete)], &[Act::Create(OPERATOR), Act::Create(None)]);
    let second = [Act::Change(VIEW), Act::Change(None), Act::Edit, Act::Delete, Act::Renew];
    all.extend(pairs(true, &[Act::Undo(Undone::Change)], &second));
    in_project(async |plane| run_all(plane, all, &[None]).await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn x3_two_people_and_a_fault_leave_no_binding_without_its_wish_and_none_missing() {
    let acts = [Act::Change(OPERATOR), Act::Change(None), Act::Delete];
    let faults = [Some(Fault::Busy), Some(Fault::CutAfter)];
    in_project(async |plane| {
        let mut all = pairs(true, &acts, &[Act::Change(VIEW), Act::Change(VIEWER), Act::Change(None), Act::Renew]);
        all.extend(pairs(false, &[Act::Create(VIEWER)], &[Act::Change(OPERATOR), Act::Delete]));
        run_all(plane, all, &faults).await;
    })
    .await;
}
