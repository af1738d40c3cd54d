// SPDX-License-Identifier: MIT
//! Tokio: tasks on its single-threaded runtime, with the command line of every benchmark program here.

mod echo;
mod process;
mod rounds;
mod sleeps;

use std::future::Future;
use std::time::{Duration, Instant};

/// What one round measured.
pub struct Round {
    pub value: f64,
    pub unit: &'static str,
    pub n: u64,
}

/// Nanoseconds for each of the `n` operations in `work`.
pub fn timed<Work: FnOnce()>(n: u64, work: Work) -> Round {
    let start = Instant::now();
    work();
    Round {
        value: start.elapsed().as_nanos() as f64 / n as f64,
        unit: "ns",
        n,
    }
}

/// The runtime that all rounds and the server run in: one thread.
pub struct Runtime(tokio::runtime::Runtime);

impl Runtime {
    pub fn new() -> Runtime {
        Runtime(
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime"),
        )
    }

    /// Runs a future to its end, as a task: the future given to block_on itself is polled in another, slower way.
    pub fn run<F>(&self, main: F) -> F::Output
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.0
            .block_on(self.0.spawn(main))
            .expect("a task that does not panic")
    }
}

// A round that takes longer than this is stuck.
const LONGEST_ROUND: Duration = Duration::from_secs(120);

const ROUNDS: &[(&str, fn() -> Round)] = &[
    ("switch", rounds::yield_in_turn),
    ("spawn_join", rounds::spawn_and_join),
    ("spawn_many", rounds::spawn_many),
    ("pipe_pingpong", rounds::ping_pong),
    ("queue_stream", rounds::queue_stream),
    ("selector_fan_in", rounds::fan_in),
    ("timeout_met", rounds::timeout_met),
    ("idle_million", rounds::idle_million),
    ("sleep_all", sleeps::sleep_all),
];

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let wanted = if arguments.len() == 2 {
        arguments[1].as_str()
    } else {
        ""
    };
    match wanted {
        "--list" => {
            ROUNDS.iter().for_each(|(name, _)| println!("{name}"));
            println!("serve-echo");
        }
        "serve-echo" => echo::serve(),
        _ => match ROUNDS.iter().find(|(name, _)| *name == wanted) {
            Some((name, run)) => {
                process::end_after(LONGEST_ROUND);
                let Round { value, unit, n } = run();
                println!(
                    r#"{{"name": "{name}", "who": "tokio", "value": {value}, "unit": "{unit}", "n": {n}}}"#
                );
            }
            None => {
                eprintln!("usage: {} --list | NAME\nRuns one round of a benchmark; bench/run.py runs many.", arguments[0]);
                std::process::exit(2);
            }
        },
    }
}
