//! What the runtime counts, for whoever exposes it. Counting never waits, and never holds anything that was said.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Upper ends of the buckets of a [`Histogram`], in milliseconds; one more bucket holds what is above.
pub const BUCKETS_MS: [u64; 13] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/// How often something took how long.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    counts: [AtomicU64; BUCKETS_MS.len() + 1],
    sum_us: AtomicU64,
}

impl Histogram {
    pub(crate) fn record(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_MS.partition_point(|end| end * 1000 < us);
        self.counts[bucket].fetch_add(1, Relaxed);
        self.sum_us.fetch_add(us, Relaxed);
    }

    fn snapshot(&self) -> Times {
        Times {
            counts: std::array::from_fn(|n| self.counts[n].load(Relaxed)),
            sum: Duration::from_micros(self.sum_us.load(Relaxed)),
        }
    }
}

/// A histogram, read at one time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Times {
    /// How many took at most as long as the end in [`BUCKETS_MS`], and longer than the one before it; last: longer than
    /// all.
    pub counts: [u64; BUCKETS_MS.len() + 1],
    /// How long all of them took together.
    pub sum: Duration,
}

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// The counters. They begin at 0 with the process.
        #[derive(Debug, Default)]
        pub(crate) struct Metrics {
            $(pub(crate) $name: AtomicU64,)*
            pub(crate) accepting: Histogram,
            pub(crate) delivering: Histogram,
        }

        /// All counters, read at about one time.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Snapshot {
            $($(#[$doc])* pub $name: u64,)*
            /// From an event's coming in until it was durable.
            pub accepting: Times,
            /// From the commit of a message until the platform took it.
            pub delivering: Times,
        }

        impl Metrics {
            pub(crate) fn snapshot(&self) -> Snapshot {
                Snapshot {
                    $($name: self.$name.load(Relaxed),)*
                    accepting: self.accepting.snapshot(),
                    delivering: self.delivering.snapshot(),
                }
            }
        }
    };
}

counters! {
    /// Events of customers that came in, repeated ones included.
    customer_events,
    /// Events of agents that came in, link codes included.
    staff_events,
    /// Acts of the operator.
    admin_events,
    /// Timers and other things that happened without anybody acting.
    within_events,
    /// Events that had been applied before.
    duplicates,
    /// Events that weren't taken in, because the store couldn't be reached or the process was ending.
    refused,
    /// Decisions that ended in a bug of ours; the event was set aside.
    panics,
    /// Commits that were applied.
    commits,
    /// Commits that met a changed value, and were repeated.
    conflicts,
    /// Messages delivered.
    delivered,
    /// Tries that the platform put off.
    retry_after,
    /// Tries that failed for the moment.
    transient,
    /// Tries of which nobody knows whether they arrived.
    ambiguous,
    /// Messages given up after such tries; they may have arrived.
    unknown,
    /// Messages that can never be delivered.
    undeliverable,
    /// Messages given up after a day of tries.
    gave_up,
    /// Answers to an act whose way back had lapsed.
    lapsed,
    /// Messages to be changed that were gone, and were sent anew.
    messages_gone,
    /// Threads that were gone, and are made anew.
    threads_gone,
}

/// Counts one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_falls_into_the_first_bucket_that_holds_it() {
        let histogram = Histogram::default();
        for us in [0, 1000, 1001, 10_000_000, 10_000_001] {
            histogram.record(Duration::from_micros(us));
        }
        let times = histogram.snapshot();
        assert_eq!(times.counts[0], 2);
        assert_eq!(times.counts[1], 1);
        assert_eq!(times.counts[12], 1);
        assert_eq!(times.counts[13], 1);
        assert_eq!(times.sum, Duration::from_micros(20_002_002));
    }
}
