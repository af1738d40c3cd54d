// SPDX-License-Identifier: MIT
//! The round of sleep_all; bench/sleeps.hpp says what it measures.

use crate::{process::cpu_time, Round, Runtime};
use std::time::Duration;
use tokio::{task::spawn, time::sleep};

// 100,000 durations of 0 to 1000 ms, the same as in bench/sleeps.hpp.
fn sleep_durations() -> Vec<Duration> {
    let mut state: u64 = 1;
    let mut next = || {
        state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        Duration::from_millis((state >> 33) % 1001)
    };
    (0..100_000).map(|_| next()).collect()
}

async fn sleep_all_of(durations: Vec<Duration>) {
    let sleepers: Vec<_> = durations
        .into_iter()
        .map(|duration| spawn(sleep(duration)))
        .collect();
    for sleeper in sleepers {
        sleeper.await.unwrap();
    }
}

pub fn sleep_all() -> Round {
    let durations = sleep_durations();
    let n = durations.len() as u64;
    let runtime = Runtime::new();
    runtime.run(sleep_all_of(durations.clone()));
    let before = cpu_time();
    runtime.run(sleep_all_of(durations));
    Round {
        value: (cpu_time() - before).as_secs_f64(),
        unit: "cpu s",
        n,
    }
}
