//! Runs steps side by side, in lanes, and says which step of how many it is at.

use std::{
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};

use crate::{
    console::{Console, Log},
    files,
};

type Work<'a> = Box<dyn FnOnce(&Console) -> Result<()> + Send + 'a>;

/// Something to do that has a name for people.
pub struct Step<'a> {
    name: &'static str,
    work: Work<'a>,
}

impl<'a> Step<'a> {
    pub fn new(name: &'static str, work: impl FnOnce(&Console) -> Result<()> + Send + 'a) -> Self {
        Self { name, work: Box::new(work) }
    }
}

/// What all lanes share.
struct Progress<'a> {
    logs: &'a Path,
    total: usize,
    began: Instant,
    started: AtomicUsize,
    failed: AtomicBool,
    running: Mutex<Vec<(&'static str, Instant, std::sync::Arc<Console>)>>,
}

/// Runs the lanes at the same time and the steps of a lane one after another. After a failure no further step starts.
pub fn run(lanes: Vec<Vec<Step<'_>>>, logs: &Path) -> Result<()> {
    files::create_folder(logs)?;
    let progress = Progress {
        logs,
        total: lanes.iter().map(Vec::len).sum(),
        began: Instant::now(),
        started: AtomicUsize::new(0),
        failed: AtomicBool::new(false),
        running: Mutex::default(),
    };
    let finished = AtomicBool::new(false);
    thread::scope(|scope| {
        let progress = &progress;
        let lanes: Vec<_> = lanes.into_iter().map(|lane| scope.spawn(move || progress.lane(lane))).collect();
        scope.spawn(|| progress.tick(&finished));
        let results: Vec<_> = lanes
            .into_iter()
            .map(|lane| lane.join().unwrap_or_else(|_| Err(anyhow::anyhow!("a step panicked"))))
            .collect();
        finished.store(true, Ordering::SeqCst);
        results.into_iter().collect()
    })
}

impl Progress<'_> {
    fn lane(&self, steps: Vec<Step<'_>>) -> Result<()> {
        for step in steps {
            if self.failed.load(Ordering::SeqCst) {
                break;
            }
            let number = self.started.fetch_add(1, Ordering::SeqCst) + 1;
            let result = self.step(number, step);
            if result.is_err() {
                self.failed.store(true, Ordering::SeqCst);
                return result;
            }
        }
        Ok(())
    }

    fn step(&self, number: usize, step: Step<'_>) -> Result<()> {
        let place = format!("[{number}/{}]", self.total);
        println!("{place} {} …", step.name);
        let began = Instant::now();
        let log = Log::create(&self.logs.join(format!("{}.log", step.name.replace(' ', "-"))))?;
        let console = std::sync::Arc::new(Console::Log(log));
        self.running().push((step.name, began, console.clone()));
        let result = (step.work)(&console);
        self.running().retain(|(name, ..)| *name != step.name);
        if result.is_ok() {
            println!("{place} {}: done in {}", step.name, elapsed(began.elapsed()));
        } else if let Console::Log(log) = &*console {
            println!("{place} {}: failed. Its last words, the rest is in {}:\n", step.name, files::shown(log.path()));
            println!("{}", log.tail());
        }
        result.with_context(|| step.name)
    }

    /// Shows from time to time that something is still going on, and what.
    fn tick(&self, finished: &AtomicBool) {
        const EVERY: Duration = Duration::from_secs(20);
        let mut next = EVERY;
        while !finished.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(100));
            if self.began.elapsed() < next {
                continue;
            }
            next += EVERY;
            let running: Vec<_> =
                self.running().iter().map(|(name, began, console)| still(name, *began, console)).collect();
            println!("      after {}: {}", elapsed(self.began.elapsed()), running.join("; "));
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Vec<(&'static str, Instant, std::sync::Arc<Console>)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn still(name: &str, began: Instant, console: &Console) -> String {
    let Console::Log(log) = console else { return name.to_owned() };
    let doing: String = log.doing().chars().take(60).collect();
    format!("{name} since {} ({doing})", elapsed(began.elapsed()))
}

/// A duration for people.
pub fn elapsed(duration: Duration) -> String {
    match duration.as_secs() {
        0..=9 => format!("{:.1} s", duration.as_secs_f32()),
        seconds @ 10..=99 => format!("{seconds} s"),
        seconds => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short() {
        assert_eq!(elapsed(Duration::from_millis(1240)), "1.2 s");
        assert_eq!(elapsed(Duration::from_secs(75)), "75 s");
        assert_eq!(elapsed(Duration::from_secs(605)), "10 min 5 s");
    }

    #[test]
    fn after_a_failure_no_further_step_of_the_lane_starts() {
        let logs = std::env::temp_dir().join(format!("musterbook-lanes-{}", std::process::id()));
        let later = AtomicBool::new(false);
        let lane = vec![
            Step::new("fails", |_| anyhow::bail!("no")),
            Step::new("later", |_| {
                later.store(true, Ordering::SeqCst);
                Ok(())
            }),
        ];
        let error = run(vec![lane], &logs).unwrap_err();
        files::remove(&logs).unwrap();
        assert_eq!(format!("{error:#}"), "fails: no");
        assert!(!later.load(Ordering::SeqCst));
    }
}
