// SPDX-License-Identifier: MIT
//! The echo server: a task for each connection.

use crate::{process, Runtime};
use std::io::Read;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

async fn echo(mut peer: TcpStream) -> std::io::Result<()> {
    peer.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    loop {
        let count = peer.read(&mut buffer).await?;
        if count == 0 {
            return Ok(());
        }
        peer.write_all(&buffer[..count]).await?;
    }
}

/// Ends when standard input closes, and then says how much CPU was used.
pub fn serve() {
    process::raise_fd_limit();
    Runtime::new().run(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        println!("{}", listener.local_addr().expect("an address").port());
        std::thread::spawn(|| {
            let mut typed = [0; 256];
            while matches!(std::io::stdin().read(&mut typed), Ok(count) if count > 0) {}
            println!(
                r#"{{"cpu_seconds": {:.6}}}"#,
                process::cpu_time().as_secs_f64()
            );
            std::process::exit(0);
        });
        loop {
            let (peer, _) = listener.accept().await.expect("a connection");
            tokio::task::spawn(echo(peer));
        }
    })
}
