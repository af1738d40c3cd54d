// SPDX-License-Identifier: MIT
// The rounds that need no I/O.
package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"
)

func yieldInTurn() round {
	const yields = 2_500_000
	return timed(2*yields, func() {
		var both sync.WaitGroup
		both.Add(2)
		loop := func() {
			for i := 0; i < yields; i++ {
				runtime.Gosched()
			}
			both.Done()
		}
		go loop()
		go loop()
		both.Wait()
	})
}

func spawnAndJoin() round {
	const count = 1_000_000
	return timed(count, func() {
		done := make(chan struct{})
		for i := 0; i < count; i++ {
			go func() { done <- struct{}{} }()
			<-done
		}
	})
}

func spawnMany() round {
	const count = 100_000
	spawnAll := func() {
		var all sync.WaitGroup
		all.Add(count)
		for i := 0; i < count; i++ {
			go all.Done()
		}
		all.Wait()
	}
	spawnAll() // to warm up
	return timed(count, spawnAll)
}

func pingPong() round {
	const trips = 1_000_000
	there, back := make(chan int), make(chan int)
	return timed(2*trips, func() {
		go func() {
			for value := range there {
				back <- value
			}
		}()
		for i := 0; i < trips; i++ {
			there <- i
			<-back
		}
		close(there)
	})
}

func queueStream() round {
	const messages = 10_000_000
	channel := make(chan int, 1024)
	return timed(messages, func() {
		go func() {
			for i := 0; i < messages; i++ {
				channel <- i
			}
			close(channel)
		}()
		for range channel {
		}
	})
}

func fanIn() round {
	const senders, messagesEach = 100, 20_000
	channel := make(chan int)
	return timed(senders*messagesEach, func() {
		for i := 0; i < senders; i++ {
			go func() {
				for sent := 0; sent < messagesEach; sent++ {
					channel <- sent
				}
			}()
		}
		for i := 0; i < senders*messagesEach; i++ {
			<-channel
		}
	})
}

// One timer for all messages, moved on before each: the cheapest way Go has.
func timeoutMet() round {
	const messages = 1_000_000
	channel := make(chan int)
	return timed(messages, func() {
		go func() {
			for i := 0; i < messages; i++ {
				channel <- i
			}
		}()
		deadline := time.NewTimer(10 * time.Second)
		for i := 0; i < messages; i++ {
			deadline.Reset(10 * time.Second)
			select {
			case <-channel:
			case <-deadline.C:
				panic("a message came late")
			}
		}
		deadline.Stop()
	})
}

// Bytes this process holds in memory, page tables included.
func memoryInUse() int {
	status, err := os.Open("/proc/self/status")
	if err != nil {
		panic(err)
	}
	defer status.Close()
	sum := 0
	for lines := bufio.NewScanner(status); lines.Scan(); {
		var kilobytes int
		for _, field := range []string{"VmRSS:", "VmPTE:"} {
			if n, _ := fmt.Sscanf(lines.Text(), field+"%d", &kilobytes); n == 1 {
				sum += kilobytes * 1024
			}
		}
	}
	return sum
}

func idleMillion() round {
	const count = 1_000_000
	before := memoryInUse()
	never := make(chan struct{})
	for i := 0; i < count; i++ {
		go func() { <-never }()
		if i%1000 == 0 {
			runtime.Gosched() // lets them run to where they wait
		}
	}
	runtime.Gosched()
	return round{Value: float64(memoryInUse()-before) / count, Unit: "bytes", N: count}
}
