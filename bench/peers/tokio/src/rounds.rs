// SPDX-License-Identifier: MIT
//! The rounds that need no I/O.

use crate::{process::memory_in_use, timed, Round, Runtime};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::spawn;
use tokio::time::timeout;

// Yields by waking its own task, which is then queued; Tokio's yield_now asks the kernel for events each time.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.0 {
            return Poll::Ready(());
        }
        self.0 = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

pub fn yield_in_turn() -> Round {
    const YIELDS: u64 = 2_500_000;
    async fn yields() {
        for _ in 0..YIELDS {
            YieldOnce(false).await;
        }
    }
    let runtime = Runtime::new();
    timed(2 * YIELDS, || {
        runtime.run(async {
            let (one, other) = (spawn(yields()), spawn(yields()));
            one.await.unwrap();
            other.await.unwrap();
        })
    })
}

pub fn spawn_and_join() -> Round {
    const COUNT: u64 = 2_000_000;
    let runtime = Runtime::new();
    timed(COUNT, || {
        runtime.run(async {
            for _ in 0..COUNT {
                spawn(async {}).await.unwrap();
            }
        })
    })
}

pub fn spawn_many() -> Round {
    const COUNT: u64 = 100_000;
    async fn spawn_all() {
        let tasks: Vec<_> = (0..COUNT).map(|_| spawn(async {})).collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
    let runtime = Runtime::new();
    runtime.run(spawn_all()); // to warm up
    timed(COUNT, || runtime.run(spawn_all()))
}

// Tokio's smallest channel holds one message.
pub fn ping_pong() -> Round {
    const TRIPS: u64 = 1_000_000;
    let runtime = Runtime::new();
    timed(2 * TRIPS, || {
        runtime.run(async {
            let (there, mut there_end) = mpsc::channel::<i32>(1);
            let (back, mut back_end) = mpsc::channel::<i32>(1);
            let echo = spawn(async move {
                while let Some(value) = there_end.recv().await {
                    back.send(value).await.unwrap();
                }
            });
            for _ in 0..TRIPS {
                there.send(1).await.unwrap();
                back_end.recv().await.unwrap();
            }
            drop(there);
            echo.await.unwrap();
        })
    })
}

pub fn queue_stream() -> Round {
    const MESSAGES: u64 = 10_000_000;
    let runtime = Runtime::new();
    timed(MESSAGES, || {
        runtime.run(async {
            let (sender, mut receiver) = mpsc::channel::<i32>(1024);
            let consumer = spawn(async move { while receiver.recv().await.is_some() {} });
            let producer = spawn(async move {
                for _ in 0..MESSAGES {
                    sender.send(1).await.unwrap();
                }
            });
            producer.await.unwrap();
            consumer.await.unwrap();
        })
    })
}

pub fn fan_in() -> Round {
    const SENDERS: u64 = 100;
    const MESSAGES_EACH: u64 = 20_000;
    let runtime = Runtime::new();
    timed(SENDERS * MESSAGES_EACH, || {
        runtime.run(async {
            let (sender, mut receiver) = mpsc::channel::<i32>(1);
            let sending: Vec<_> = (0..SENDERS)
                .map(|_| {
                    let sender = sender.clone();
                    spawn(async move {
                        for _ in 0..MESSAGES_EACH {
                            sender.send(1).await.unwrap();
                        }
                    })
                })
                .collect();
            drop(sender);
            while receiver.recv().await.is_some() {}
            for task in sending {
                task.await.unwrap();
            }
        })
    })
}

pub fn timeout_met() -> Round {
    const MESSAGES: u64 = 1_000_000;
    let runtime = Runtime::new();
    timed(MESSAGES, || {
        runtime.run(async {
            let (sender, mut receiver) = mpsc::channel::<i32>(1);
            let receiving = spawn(async move {
                while timeout(Duration::from_secs(10), receiver.recv())
                    .await
                    .unwrap()
                    .is_some()
                {}
            });
            for _ in 0..MESSAGES {
                sender.send(1).await.unwrap();
            }
            drop(sender);
            receiving.await.unwrap();
        })
    })
}

pub fn idle_million() -> Round {
    const COUNT: u64 = 1_000_000;
    let runtime = Runtime::new();
    let before = memory_in_use();
    let after = runtime.run(async {
        for _ in 0..COUNT {
            spawn(std::future::pending::<()>());
        }
        YieldOnce(false).await; // lets them run to where they wait
        memory_in_use()
    });
    Round {
        value: (after - before) as f64 / COUNT as f64,
        unit: "bytes",
        n: COUNT,
    }
}
