//! Does the doctor find out if KEDA can read the queues?

use crate::support::Fleet;

/// Returns what the doctor says about scaling, with this address of the management API.
fn said(fleet: Fleet, address: &str) -> String {
    let fleet = fleet.with([("BINDERY_QUEUE__MANAGEMENT_URL", address)]);
    let told = fleet.run(&["doctor"]).stdout;
    assert!(!told.contains("press@") && !told.contains("hush"), "a password is told: {told}");
    let mut lines = told.lines().skip_while(|line| !line.contains(" scaling "));
    lines.next().unwrap_or_else(|| panic!("the doctor says nothing of scaling: {told}")).to_owned()
}

#[test]
fn the_doctor_asks_the_management_api_what_keda_asks() {
    let fleet = Fleet::new();
    let (api, vhost) = (fleet.broker.management_url(), fleet.vhost.rsplit_once('/').unwrap().1.to_owned());
    let well = said(Fleet::new(), &format!("{api}/{vhost}"));
    assert!(well.starts_with("BAD") && well.contains("knows no queue"), "that vhost has no queues yet: {well}");
    // The doctor's own connection declares the queues of the fleet.
    let well = said(fleet, &format!("{api}/{vhost}"));
    assert!(well.starts_with("ok") && well.contains("counts messages"), "{well}");
    let wrong = said(Fleet::new(), &format!("{}/{vhost}", api.replace(":press@", ":hush@")));
    assert!(wrong.starts_with("BAD") && wrong.contains("refuses the user"), "{wrong}");
}
