//! A platform's limits. Each [`Lane`] is a token bucket, kept as the time at which it will be full again (the generic cell
//! rate algorithm, ITU-T I.371): taking moves that time on by one interval, and whoever finds no room takes a place in
//! line by moving it on as well. Nothing here sleeps, and one lane never holds up another.

use crate::Lane;
use desk::OutboxId;
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// How long a place in line is kept for an item that doesn't come back (it was replaced meanwhile).
const KEPT_FOR: Duration = Duration::from_secs(600);

/// How often what isn't needed any more is forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

/// All lanes of a platform.
#[derive(Debug)]
pub(crate) struct Lanes {
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    lanes: HashMap<String, State>,
    /// Places in line, by item.
    places: HashMap<OutboxId, Vec<Place>>,
    swept: Instant,
}

#[derive(Debug)]
struct State {
    /// When the bucket is full again.
    full: Instant,
    /// How far before that there still is room: one interval for each message of the burst but one.
    slack: Duration,
    /// Before this nothing passes.
    opens: Instant,
    /// Raised when the lane is closed: places in line from before are void.
    closings: u64,
}

#[derive(Debug)]
struct Place {
    lane: String,
    at: Instant,
    closings: u64,
}

/// Whether an item may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Now.
    Go,
    /// Ask again then; the place in line is kept.
    At(Instant),
}

impl State {
    fn new(now: Instant) -> Self {
        Self { full: now, slack: Duration::ZERO, opens: now, closings: 0 }
    }

    fn ready(&self, now: Instant) -> Instant {
        let room = self.full.checked_sub(self.slack).unwrap_or(now);
        room.max(self.opens).max(now)
    }

    fn take(&mut self, at: Instant, every: Duration) {
        self.full = self.full.max(at) + every;
    }
}

impl Lanes {
    pub(crate) fn new() -> Self {
        let now = Instant::now();
        Self { inner: Mutex::new(Inner { lanes: HashMap::new(), places: HashMap::new(), swept: now }) }
    }

    /// Takes room for an item in all its lanes, or a place in line in the fullest of them.
    pub(crate) fn take(&self, item: OutboxId, lanes: &[Lane], now: Instant) -> Room {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.sweep(now);
        let Inner { lanes: states, places, .. } = &mut *inner;
        let held = places.entry(item).or_default();
        held.retain(|place| states.get(&place.lane).is_some_and(|s| s.closings == place.closings));
        let mut fullest: Option<(&Lane, Instant)> = None;
        let mut later = now;
        for lane in lanes {
            let state = states.entry(lane.key.clone()).or_insert_with(|| State::new(now));
            state.slack = lane.every * lane.burst.saturating_sub(1);
            if let Some(place) = held.iter().find(|place| place.lane == lane.key) {
                later = later.max(place.at);
                continue;
            }
            let ready = state.ready(now);
            if ready > now && fullest.is_none_or(|(_, at)| ready > at) {
                fullest = Some((lane, ready));
            }
        }
        if let Some((lane, at)) = fullest
            && let Some(state) = states.get_mut(&lane.key)
        {
            state.take(at, lane.every);
            held.push(Place { lane: lane.key.clone(), at, closings: state.closings });
            return Room::At(at.max(later));
        }
        if later > now {
            return Room::At(later);
        }
        for lane in lanes.iter().filter(|lane| !held.iter().any(|place| place.lane == lane.key)) {
            if let Some(state) = states.get_mut(&lane.key) {
                state.take(now, lane.every);
            }
        }
        places.remove(&item);
        Room::Go
    }

    /// Lets nothing pass in a lane until then, because the platform says so.
    pub(crate) fn close(&self, key: &str, until: Instant) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let state = inner.lanes.entry(key.to_owned()).or_insert_with(|| State::new(Instant::now()));
        state.opens = state.opens.max(until);
        // The platform has counted differently: begin with one message, not with a burst.
        state.full = state.full.max(until + state.slack);
        state.closings += 1;
    }
}

impl Inner {
    fn sweep(&mut self, now: Instant) {
        if now.duration_since(self.swept) < SWEEP_EVERY {
            return;
        }
        self.swept = now;
        self.places.retain(|_, held| held.iter().any(|place| place.at + KEPT_FOR > now));
        let places = &self.places;
        self.lanes.retain(|key, state| {
            state.full > now || state.opens > now || places.values().flatten().any(|place| &place.lane == key)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(key: &str, burst: u32, every_ms: u64) -> Lane {
        Lane { key: key.into(), burst, every: Duration::from_millis(every_ms) }
    }

    fn ms(n: u64) -> Duration {
        Duration::from_millis(n)
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_one_an_interval_in_line() {
        let (lanes, now) = (Lanes::new(), Instant::now());
        let chat = [lane("chat", 3, 1000)];
        for n in 0..3 {
            assert_eq!(lanes.take(OutboxId(n), &chat, now), Room::Go);
        }
        for n in 3..6 {
            assert_eq!(lanes.take(OutboxId(n), &chat, now), Room::At(now + ms(1000 * (n - 2))));
        }
        // A newcomer doesn't overtake those in line, and they keep their places.
        let then = now + ms(1000);
        assert_eq!(lanes.take(OutboxId(9), &chat, then), Room::At(now + ms(4000)));
        assert_eq!(lanes.take(OutboxId(3), &chat, then), Room::Go);
        assert_eq!(lanes.take(OutboxId(4), &chat, then), Room::At(now + ms(2000)));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_in_one_lane_takes_nothing_from_another() {
        let (lanes, now) = (Lanes::new(), Instant::now());
        let (all, group, chat) = (lane("all", 1, 10), lane("group", 1, 3000), lane("chat", 1, 1000));
        assert_eq!(lanes.take(OutboxId(0), &[all.clone(), group.clone()], now), Room::Go);
        let later = now + ms(10);
        for n in 1..100 {
            let room = lanes.take(OutboxId(n), &[all.clone(), group.clone()], later);
            assert_eq!(room, Room::At(now + ms(3000 * n)));
        }
        assert_eq!(lanes.take(OutboxId(100), &[all.clone(), chat], later), Room::Go);
        assert_eq!(lanes.take(OutboxId(1), &[all, group], now + ms(3000)), Room::Go);
    }

    #[tokio::test(start_paused = true)]
    async fn a_closed_lane_opens_slowly() {
        let (lanes, now) = (Lanes::new(), Instant::now());
        let chat = [lane("chat", 5, 1000)];
        assert_eq!(lanes.take(OutboxId(0), &chat, now), Room::Go);
        lanes.close("chat", now + ms(30_000));
        let opens = now + ms(30_000);
        assert_eq!(lanes.take(OutboxId(1), &chat, now), Room::At(opens));
        assert_eq!(lanes.take(OutboxId(2), &chat, now), Room::At(opens + ms(1000)));
        // Closed again: the places from before are void.
        lanes.close("chat", now + ms(60_000));
        assert_eq!(lanes.take(OutboxId(1), &chat, opens), Room::At(now + ms(60_000)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_isnt_needed_is_forgotten() {
        let (lanes, now) = (Lanes::new(), Instant::now());
        for n in 0..1000 {
            let key = format!("chat/{n}");
            assert_eq!(lanes.take(OutboxId(n), &[lane(&key, 1, 1000)], now), Room::Go);
            assert_ne!(lanes.take(OutboxId(n + 1000), &[lane(&key, 1, 1000)], now), Room::Go);
        }
        let much_later = now + KEPT_FOR + KEPT_FOR;
        assert_eq!(lanes.take(OutboxId(5000), &[], much_later), Room::Go);
        let inner = lanes.inner.lock().unwrap();
        assert_eq!((inner.lanes.len(), inner.places.len()), (0, 0));
    }
}
