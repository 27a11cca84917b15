//! The one thread that writes. It takes whatever waits, writes it as one batch, makes the batch durable, and only then
//! answers everybody in it: many commits share one sync of the disk.
//!
//! After an error nothing is written any more, and nothing is answered but the error: what sled has in memory may then be
//! ahead of the disk, and only a new start finds out what is true.

use super::index::Index;
use super::plan::{Counters, Plan, lock};
use super::tree::failed;
use crate::{Applied, Commit, Finished, Result, StoreError};
use std::fs::File;
use std::sync::{Arc, Mutex};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot, watch};

/// How many jobs are made durable together, at most.
const BATCH: usize = 256;

/// After how many bytes no further job joins a batch.
const BATCH_BYTES: usize = 2 << 20;

/// How many keys of events are forgotten in one batch, so that commits don't wait for long.
const FORGET: usize = 2000;

/// What the writer is asked to do, with the way to answer.
pub(super) enum Job {
    Commit(Box<Commit>, oneshot::Sender<Result<Applied>>, OwnedSemaphorePermit),
    Finish(Vec<Finished>, oneshot::Sender<Result<()>>, OwnedSemaphorePermit),
    Forget(i64, oneshot::Sender<Result<()>>),
    Close(oneshot::Sender<Result<()>>),
}

impl Job {
    fn fail(self, error: &StoreError) {
        match self {
            Self::Commit(_, to, _) => Answer::Commit(to, Err(error.clone())).send(),
            Self::Finish(_, to, _) | Self::Forget(_, to) | Self::Close(to) => {
                Answer::Done(to, Err(error.clone())).send();
            }
        }
    }
}

/// An answer that waits until its batch is durable.
enum Answer {
    Commit(oneshot::Sender<Result<Applied>>, Result<Applied>),
    Done(oneshot::Sender<Result<()>>, Result<()>),
}

impl Answer {
    /// Nobody may be waiting any more; then there is nobody to tell.
    fn send(self) {
        match self {
            Self::Commit(to, result) => drop(to.send(result)),
            Self::Done(to, result) => drop(to.send(result)),
        }
    }

    fn fail(self, error: &StoreError) {
        match self {
            Self::Commit(to, _) => drop(to.send(Err(error.clone()))),
            Self::Done(to, _) => drop(to.send(Err(error.clone()))),
        }
    }
}

/// Days before `before` are being forgotten, a slice a batch.
struct Forget {
    before: i64,
    waiting: Vec<oneshot::Sender<Result<()>>>,
}

pub(super) struct Writer {
    tree: sled::Tree,
    /// sled's own file. Its `flush` only hands the data to the system; a sync of this makes it outlive a power cut.
    file: File,
    index: Arc<Mutex<Index>>,
    counters: Counters,
    failure: watch::Sender<Option<StoreError>>,
    forget: Option<Forget>,
}

/// Who waits for the batch at hand.
#[derive(Default)]
struct Waiting {
    answers: Vec<Answer>,
    permits: Vec<OwnedSemaphorePermit>,
    closing: Option<oneshot::Sender<Result<()>>>,
}

impl Writer {
    pub(super) fn new(
        tree: sled::Tree,
        file: File,
        index: Arc<Mutex<Index>>,
        counters: Counters,
        failure: watch::Sender<Option<StoreError>>,
    ) -> Self {
        Self { tree, file, index, counters, failure, forget: None }
    }

    /// Runs until the store is closed or dropped, or the storage fails.
    pub(super) fn run(mut self, mut jobs: mpsc::Receiver<Job>) {
        let _alarm = Alarm(self.failure.clone());
        loop {
            let first = if self.forget.is_some() { jobs.try_recv().ok() } else { jobs.blocking_recv() };
            if first.is_none() && self.forget.is_none() {
                return;
            }
            let mut waiting = Waiting::default();
            if let Err(error) = self.batch(first, &mut jobs, &mut waiting) {
                return self.fail(&error, waiting, jobs);
            }
            waiting.answers.into_iter().for_each(Answer::send);
            if let Some(closer) = waiting.closing {
                return self.close(closer, jobs);
            }
        }
    }

    /// Takes jobs in and makes what they write durable. Any error is the storage's.
    fn batch(
        &mut self,
        first: Option<Job>,
        jobs: &mut mpsc::Receiver<Job>,
        waiting: &mut Waiting,
    ) -> Result<()> {
        let mut plan = Plan::new(&self.tree, &self.index, &mut self.counters);
        let mut next = first;
        while let Some(job) = next {
            waiting.take_in(job, &mut plan, &mut self.forget)?;
            let full = waiting.answers.len() >= BATCH || plan.overlay.size >= BATCH_BYTES;
            next = if full || waiting.closing.is_some() { None } else { jobs.try_recv().ok() };
        }
        if let Some(forget) = &self.forget
            && plan.forget_seen(forget.before, FORGET)?
        {
            let asked = self.forget.take().into_iter().flat_map(|forget| forget.waiting);
            waiting.answers.extend(asked.map(|to| Answer::Done(to, Ok(()))));
        }
        let Plan { overlay, changes, .. } = plan;
        if overlay.apply()? {
            make_durable(&self.tree, &self.file)?;
        }
        let mut index = lock(&self.index);
        changes.into_iter().for_each(|change| index.apply(change));
        Ok(())
    }

    fn fail(self, error: &StoreError, waiting: Waiting, mut jobs: mpsc::Receiver<Job>) {
        // First the flag: who is answered next must find it set.
        self.failure.send_replace(Some(error.clone()));
        tracing::error!(%error, "the storage failed: nothing is written any more, the process must end");
        waiting.answers.into_iter().for_each(|answer| answer.fail(error));
        let asked = self.forget.into_iter().flat_map(|forget| forget.waiting).chain(waiting.closing);
        asked.for_each(|to| Answer::Done(to, Ok(())).fail(error));
        jobs.close();
        while let Some(job) = jobs.blocking_recv() {
            job.fail(error);
        }
    }

    fn close(self, closer: oneshot::Sender<Result<()>>, mut jobs: mpsc::Receiver<Job>) {
        let error = closed();
        jobs.close();
        while let Some(job) = jobs.blocking_recv() {
            job.fail(&error);
        }
        let asked = self.forget.into_iter().flat_map(|forget| forget.waiting);
        asked.for_each(|to| Answer::Done(to, Ok(())).fail(&error));
        Answer::Done(closer, Ok(())).send();
    }
}

impl Waiting {
    /// Plans a job. Only an error of the storage is an error here; others are the job's answer.
    fn take_in(&mut self, job: Job, plan: &mut Plan<'_>, forget: &mut Option<Forget>) -> Result<()> {
        let (answer, error) = match job {
            Job::Commit(commit, to, permit) => {
                self.permits.push(permit);
                let result = plan.commit(*commit);
                let error = result.as_ref().err().cloned();
                (Answer::Commit(to, result), error)
            }
            Job::Finish(finished, to, permit) => {
                self.permits.push(permit);
                let result = finished.into_iter().try_for_each(|one| plan.finish(one));
                let error = result.as_ref().err().cloned();
                (Answer::Done(to, result), error)
            }
            Job::Forget(before, to) => {
                let forget = forget.get_or_insert_with(|| Forget { before, waiting: Vec::new() });
                forget.before = forget.before.max(before);
                forget.waiting.push(to);
                return Ok(());
            }
            Job::Close(to) => {
                self.closing = Some(to);
                return Ok(());
            }
        };
        self.answers.push(answer);
        match error {
            Some(error @ StoreError::Failed(_)) => Err(error),
            _ => Ok(()),
        }
    }
}

/// What is asked of a store that was closed.
pub(super) fn closed() -> StoreError {
    StoreError::Unavailable("it is closed".into())
}

/// Makes everything that was handed to sled outlive a power cut.
pub(super) fn make_durable(tree: &sled::Tree, file: &File) -> Result<()> {
    tree.flush().map_err(failed)?;
    file.sync_data().map_err(failed)
}

/// Tells of a panic of the writer, which would else only be noticed by whoever writes next.
struct Alarm(watch::Sender<Option<StoreError>>);

impl Drop for Alarm {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.send_replace(Some(StoreError::Failed("the writer panicked".into())));
        }
    }
}
