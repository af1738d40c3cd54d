// SPDX-License-Identifier: MIT
// The echo server: a goroutine for each connection.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func echo(peer net.Conn) {
	defer peer.Close()
	buffer := make([]byte, 4096)
	for {
		count, err := peer.Read(buffer)
		if err != nil {
			return
		}
		if _, err = peer.Write(buffer[:count]); err != nil {
			return
		}
	}
}

// Ends when standard input closes, and then says how much CPU was used.
func serveEcho() {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		fmt.Printf("{\"cpu_seconds\": %.6f}\n", cpuTime().Seconds())
		os.Exit(0)
	}()
	for {
		peer, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go echo(peer)
	}
}
