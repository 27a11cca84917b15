//! Timers. They are values of the cases, so they outlive a restart; here the store is asked which are due, and each
//! comes in as an event like any other. What a timer means, only the desk knows.

use crate::{Refused, decide::Act, metrics::count, runtime::Inner};
use desk::{ContactId, Event, EventKey, What, WithinAct};
use jiff::Timestamp;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, task::JoinSet, time::Instant};

/// How many cases are woken at a time.
const BATCH: usize = 64;

/// How often old event keys are forgotten.
const TIDY_EVERY: Duration = Duration::from_hours(1);

/// The soonest timer that we heard of. Others are found by asking.
#[derive(Debug, Default)]
pub(crate) struct Soonest {
    at: Mutex<Option<Timestamp>>,
    news: Notify,
}

impl Soonest {
    /// Hears of a timer.
    pub(crate) fn at(&self, wake: Timestamp) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        if at.is_none_or(|soonest| wake < soonest) {
            *at = Some(wake);
            self.news.notify_one();
        }
    }

    fn pause(&self, now: Timestamp) -> Option<Duration> {
        let at = *self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default())
    }

    /// Forgets a timer that is due: from now on it is found by asking.
    fn passed(&self, now: Timestamp) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        *at = at.filter(|at| *at > now);
    }
}

/// Fires timers until the process ends.
pub(crate) async fn run(inner: Arc<Inner>) {
    let mut tidied: Option<Instant> = None;
    while !inner.is_closing() {
        let now = inner.now();
        inner.soonest.passed(now);
        let fired = match fire(&inner, now).await {
            Ok(fired) => fired,
            Err(error) => {
                tracing::warn!(%error, "timers can't be looked after for now");
                0
            }
        };
        if tidied.is_none_or(|at| at.elapsed() >= TIDY_EVERY) {
            tidied = Some(Instant::now());
            tidy(&inner, now).await;
        }
        // A full batch that got somewhere: there may be more.
        if fired == BATCH {
            continue;
        }
        let poll = inner.settings.poll;
        let pause = inner.soonest.pause(inner.now()).map_or(poll, |soonest| soonest.min(poll));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = inner.soonest.news.notified() => {}
            () = inner.closed() => {}
        }
    }
}

/// Wakes the cases that are due, side by side; says how many were really woken.
async fn fire(inner: &Arc<Inner>, now: Timestamp) -> Result<usize, Refused> {
    let due = inner.store.due(now, BATCH).await.map_err(|e| inner.refused(e))?;
    let mut tasks = JoinSet::new();
    for contact in due {
        let inner = Arc::clone(inner);
        tasks.spawn(async move { inner.wake(&contact).await });
    }
    let mut fired = 0;
    while let Some(woken) = tasks.join_next().await {
        match woken {
            Ok(Ok(true)) => fired += 1,
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a timer can't fire for now"),
            Err(_) => tracing::error!("waking a case panicked"),
        }
    }
    Ok(fired)
}

async fn tidy(inner: &Inner, now: Timestamp) {
    if let Err(error) = inner.store.forget_seen(now - inner.settings.remember).await {
        tracing::warn!(error = %inner.refused(error), "old event keys can't be forgotten for now");
    }
}

impl Inner {
    /// Wakes a case if it is due. The event is named after the case's revision, so a repeated one changes nothing.
    async fn wake(&self, contact: &ContactId) -> Result<bool, Refused> {
        let _turn = self.cases.lock(contact).await;
        let now = self.now();
        let Some(stored) = self.store.case(contact).await.map_err(|e| self.refused(e))? else {
            return Ok(false);
        };
        if stored.value.wake().is_none_or(|wake| wake > now) {
            return Ok(false);
        }
        count(&self.metrics.within_events);
        let key = EventKey(format!("wake:{contact}:{}", stored.revision.0));
        let what = What::Within { contact: contact.clone(), act: WithinAct::Wake };
        let event = Event { key, at: now, via: None, what };
        self.decide(contact, &Act { event: &event, agent: None, ticket: None, next: false }).await?;
        Ok(true)
    }
}
