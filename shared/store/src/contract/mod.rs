//! The promises of [`Store`](crate::Store), each as a test that any backend can be put to.
//!
//! [`contract_tests!`](crate::contract_tests) makes a test of each for a backend; [`durable_contract_tests!`](crate::durable_contract_tests)
//! makes those that only a store can be put to which outlives its process. A store in memory has no [`Home`], so it
//! can't be put to them by mistake, and no store skips them silently.

// A contract that isn't kept panics: that is what it is for.
#![allow(clippy::missing_panics_doc)]

mod cases;
mod durable;
mod outbox;
mod races;
pub mod samples;

pub use cases::*;
pub use durable::*;
pub use outbox::*;
pub use races::*;

use crate::Store;
use async_trait::async_trait;
use std::sync::Arc;

/// Any store.
pub type AnyStore = Arc<dyn Store>;

/// Where a durable store is at home.
#[async_trait]
pub trait Home: Send + Sync + 'static {
    /// Opens the store, or opens it again after it was closed or dropped.
    async fn open(&self) -> AnyStore;

    /// Where the store is found that would be there if the machine stopped now, without anybody's having been told.
    async fn after_crash(&self) -> Box<dyn Home>;
}

/// Makes a test of each promise. Takes an expression that is evaluated in each test and, awaited, gives an
/// [`AnyStore`](crate::contract::AnyStore), empty, with something to be dropped after it.
#[macro_export]
macro_rules! contract_tests {
    ($empty:expr) => {
        $crate::contract_tests! { @each $empty;
            nothing_is_there_at_first
            a_case_comes_back_as_it_was_committed
            a_case_loaded_before_another_change_conflicts
            a_conflict_changes_nothing
            an_event_is_applied_once
            the_roster_is_revised_like_a_case
            a_log_is_read_in_pages
            a_log_that_does_not_continue_is_rejected
            a_ticket_number_belongs_to_one_contact
            a_ticket_is_found_after_it_ended
            the_queue_is_in_order_and_holds_open_tickets_only
            timers_are_due_in_order
            kept_values_are_listed_by_name
            events_are_forgotten_by_day
            long_values_and_names_are_kept_whole
            nothing_is_taken_in_after_the_end
            a_destinations_items_keep_their_order
            a_blocked_destination_blocks_no_other
            a_lease_lapses
            a_late_result_counts
            leases_are_for_the_named_channels_up_to_the_limit
            a_failed_try_counts_as_told
            a_waiting_item_of_the_same_slot_is_replaced_in_its_place
            an_item_that_may_have_been_sent_is_not_replaced
            what_was_delivered_is_found_by_its_slot
            a_staff_place_is_known_both_ways
            a_lost_thread_is_forgotten_with_everything_in_it
            answers_to_an_act_are_not_remembered
            of_commits_that_race_for_a_case_one_applies
            of_the_same_event_delivered_at_once_one_applies
            sixty_four_tasks_lose_nothing_of_one_case
            ticket_numbers_stay_unique_in_a_race
            no_item_is_leased_twice_in_a_race
            replacing_and_leasing_race_without_loss
        }
    };
    (@each $empty:expr; $($name:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let (store, _home) = $empty.await;
            $crate::contract::$name(store).await;
        }
    )* };
}

/// Makes a test of each promise of durability. Takes an expression that is evaluated in each test and, awaited, gives a
/// [`Home`](crate::contract::Home) with nothing stored in it.
#[macro_export]
macro_rules! durable_contract_tests {
    ($home:expr) => {
        $crate::durable_contract_tests! { @each $home;
            everything_is_there_after_a_restart
            what_was_acknowledged_is_there_after_a_crash
            a_dropped_store_keeps_what_it_acknowledged
            numbers_of_items_are_never_given_twice
            after_a_restart_every_item_may_have_been_sent
        }
    };
    (@each $home:expr; $($name:ident)*) => { $(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() {
            let home = $home.await;
            $crate::contract::$name(&home).await;
        }
    )* };
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_promise_is_left_out_of_the_lists() {
        let list = include_str!("mod.rs");
        let sources = [
            include_str!("cases.rs"),
            include_str!("durable.rs"),
            include_str!("outbox.rs"),
            include_str!("races.rs"),
        ];
        let names = sources
            .iter()
            .flat_map(|source| source.lines())
            .filter_map(|line| line.strip_prefix("pub async fn ").and_then(|rest| rest.split('(').next()));
        let names: Vec<&str> = names.collect();
        assert!(names.len() > 30);
        for name in names {
            assert!(list.lines().any(|line| line.trim() == name), "{name} is in no list");
        }
    }
}
