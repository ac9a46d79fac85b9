//! Each feature of a private Redis, on a real one.

use bindery_test_servers::Redis;

#[test]
fn it_keeps_its_data_when_killed_and_when_stopped() {
    let redis = Redis::start();
    assert_eq!(redis.cli(&["SET", "book", "bread"]), "OK");
    redis.stop();
    redis.start_again();
    assert_eq!(redis.cli(&["GET", "book"]), "bread");
    redis.cli(&["APPEND", "book", " at home"]);
    redis.kill();
    redis.start_again();
    assert_eq!(redis.cli(&["GET", "book"]), "bread at home");
}

#[test]
fn it_has_the_settings_of_the_fleet_and_takes_more() {
    let redis = Redis::start_with(&["--maxmemory", "64mb"]);
    assert_eq!(redis.cli(&["CONFIG", "GET", "maxmemory"]), "maxmemory\n67108864");
    assert_eq!(redis.cli(&["CONFIG", "GET", "maxmemory-policy"]), "maxmemory-policy\nnoeviction");
    assert_eq!(redis.cli(&["CONFIG", "GET", "appendonly"]), "appendonly\nyes");
}
