//! Starts the servers that a fleet needs, for experiments by hand, and prints their URLs. They end with this program.

use std::{
    io::{self, Write as _},
    thread,
};

use bindery_test_servers::{Rabbit, Redis};

fn main() -> io::Result<()> {
    let redis = Redis::start();
    writeln!(io::stdout(), "{}", redis.url())?;
    let rabbit = Rabbit::start();
    writeln!(io::stdout(), "{}\n{}", rabbit.vhost(), rabbit.management_url())?;
    loop {
        thread::park();
    }
}
