//! A pack that is changed while the service runs: customers get the new answer, and never a broken one.

use crate::service::{Service, World};
use fakes::telegram::Person;
use std::time::{Duration, Instant};

/// Asks until the answer holds these words: files are watched, not polled by us.
async fn until_answered(person: &Person, words: &str) {
    let began = Instant::now();
    while !last(person).contains(words) {
        assert!(began.elapsed() < crate::service::PATIENCE, "{}", person.transcript());
        person.says("提现一直失败怎么办");
        tokio::time::sleep(Duration::from_millis(1200)).await;
    }
}

fn last(person: &Person) -> String {
    let all = person.transcript();
    all.rsplit("bot> ").next().unwrap_or_default().to_owned()
}

async fn world() -> (World, Service, Person) {
    let mut world = World::new().await;
    let pack = world.setup.copy_pack("pack");
    world.setup.set("DESKHAND_PACK", pack.to_str().unwrap());
    let service = world.start().await;
    let wang = world.telegram.person("王芳", "zh-hans");
    until_answered(&wang, "户名、卡号、开户行有没有写错").await;
    (world, service, wang)
}

fn change(world: &World, from: &str, to: &str) {
    let funds = std::fs::read_to_string(world.setup.path("pack/funds.toml")).unwrap();
    assert!(funds.contains(from));
    world.setup.write("pack/funds.toml", &funds.replace(from, to));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_file_is_taken_up_and_a_broken_one_is_not() {
    let (world, service, wang) = world().await;
    change(&world, "户名、卡号、开户行有没有写错", "先看看户名和卡号有没有写错");
    until_answered(&wang, "先看看户名和卡号有没有写错").await;

    change(&world, "[[entry]]", "[[entry");
    service.logged.until("the old one stays").await;
    let error = service.logged.until("funds.toml:").await;
    assert!(error.contains("funds.toml:"), "{error}");
    wang.says("提现一直失败怎么办");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    wang.hears("先看看户名和卡号有没有写错").await;

    change(&world, "[[entry", "[[entry]]");
    change(&world, "先看看户名和卡号有没有写错", "请核实户名和开户行");
    until_answered(&wang, "请核实户名和开户行").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hangup_reads_the_pack_again_and_ends_nothing() {
    let (_world, mut service, wang) = world().await;
    service.signal("HUP");
    service.logged.until("the pack was read again").await;
    assert!(service.has_ended().is_none());
    until_answered(&wang, "户名、卡号、开户行有没有写错").await;
}
