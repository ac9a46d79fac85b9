//! Does a fleet work on servers that refuse to be asked and to be set up, as managed ones do?

use bindery_test_servers::{Rabbit, Redis};

use crate::support::{Fleet, three_chapters};

#[test]
fn a_fleet_on_a_store_that_lacks_commands_takes_submissions_and_doctor_finds_nothing_bad() {
    let lacks = ["--rename-command", "CONFIG", "", "--rename-command", "WAIT", "", "--appendonly", "no"];
    let store = Redis::start_with(&lacks);
    let fleet = Fleet::with_store(&store.url()).with([("BINDERY_SERVE__WAIT_FOR_DISK", "true")]);
    let doctor = fleet.run(&["doctor"]).exits(0).stdout;
    assert!(doctor.contains("not known: ") && !doctor.contains("CONFIG SET"), "{doctor}");
    let fleet = fleet.serving(&["all"]);
    fleet.finishes(&fleet.order(three_chapters()));
}

#[test]
fn doctor_says_that_a_broker_without_statistics_does_not_count_messages() {
    let broker = Rabbit::start_without_statistics();
    let vhost = broker.vhost();
    let management = format!("{}/{}", broker.management_url(), vhost.rsplit_once('/').unwrap().1);
    let fleet = Fleet::new();
    let settings = [("BINDERY_QUEUE__URL", vhost.as_str()), ("BINDERY_QUEUE__MANAGEMENT_URL", management.as_str())];
    let doctor = fleet.run_with(&["doctor"], &settings).exits(1).stdout;
    let scaling = doctor.lines().find(|line| line.starts_with("BAD scaling")).unwrap_or_else(|| panic!("{doctor}"));
    assert!(scaling.contains("its statistics are switched off"), "{scaling}");
}
