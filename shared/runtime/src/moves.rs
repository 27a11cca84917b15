//! Tells cases that wait that their place in the queue has changed, a while after it did, so that a rush of claims
//! becomes one change of one message. Whether the customer hears of it, the desk decides.

use crate::{Refused, runtime::Inner};
use desk::{QueueRow, TicketNumber, WithinAct};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::task::JoinSet;

/// How often the queue is looked at even if nothing was heard: other processes change it too.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// A ticket's place: how many wait before it in all, and in its department.
type Place = (usize, usize);

/// Tells places until the process ends.
pub(crate) async fn run(inner: Arc<Inner>) {
    let mut told = HashMap::new();
    loop {
        tokio::select! {
            () = inner.queue_news.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = inner.closed() => return,
        }
        tokio::select! {
            () = tokio::time::sleep(inner.settings.queue_pause) => {}
            () = inner.closed() => return,
        }
        if let Err(error) = look(&inner, &mut told).await {
            tracing::warn!(%error, "places in the queue can't be told for now");
        }
    }
}

async fn look(inner: &Arc<Inner>, told: &mut HashMap<TicketNumber, Place>) -> Result<(), Refused> {
    inner.give_back().await?;
    let queue = inner.store.queue().await.map_err(|e| inner.refused(e))?;
    let places = places(&queue);
    told.retain(|number, _| places.contains_key(number));
    let moved = |row: &&QueueRow| places.get(&row.number).is_some_and(|p| told.get(&row.number) != Some(p));
    let mut moved: Vec<&QueueRow> = queue.iter().filter(moved).collect();
    if moved.len() > inner.settings.queue_batch {
        moved.truncate(inner.settings.queue_batch);
        inner.queue_news.notify_one();
    }
    let round = inner.now().as_nanosecond();
    let mut tasks = JoinSet::new();
    for row in moved {
        let (inner, contact, number) = (Arc::clone(inner), row.contact.clone(), row.number);
        let key = format!("moved:{}:{round}", number.0);
        tasks.spawn(async move { (number, inner.within(key, contact, WithinAct::QueueMoved).await) });
    }
    while let Some(done) = tasks.join_next().await {
        match done {
            Ok((number, Ok(()))) => told.extend(places.get(&number).map(|place| (number, *place))),
            Ok((_, Err(error))) => tracing::warn!(%error, "a place in the queue can't be told for now"),
            Err(_) => tracing::error!("telling a place in the queue panicked"),
        }
    }
    Ok(())
}

/// The places of the tickets that wait. The rows come in order.
fn places(queue: &[QueueRow]) -> HashMap<TicketNumber, Place> {
    let mut departments = BTreeMap::new();
    let waiting = queue.iter().filter(|row| row.owner.is_none());
    waiting
        .enumerate()
        .map(|(overall, row)| {
            let within = departments.entry(&row.department).or_insert(0_usize);
            *within += 1;
            (row.number, (overall, *within))
        })
        .collect()
}
