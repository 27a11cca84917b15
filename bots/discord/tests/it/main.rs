//! The edge against a fake Discord: what comes in reaches the door, what is delivered is seen, and nothing is lost when
//! things break. The conversations themselves are the desk's business; here the door only records.

mod delivering;
mod gateway;
mod interacting;
mod receiving;
mod staff;
mod story;
mod support;
