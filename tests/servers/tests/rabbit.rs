//! Each feature of a private broker, on a real one.

use bindery_test_servers::Rabbit;

#[test]
fn it_serves_again_after_it_was_killed() {
    let rabbit = Rabbit::start();
    let before = rabbit.vhost();
    rabbit.kill();
    rabbit.start_again();
    assert_ne!(before, rabbit.vhost());
}
