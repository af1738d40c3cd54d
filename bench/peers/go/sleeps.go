// SPDX-License-Identifier: MIT
// The round of sleep_all; bench/sleeps.hpp says what it measures.
package main

import (
	"sync"
	"time"
)

// 100,000 durations of 0 to 1000 ms, the same as in bench/sleeps.hpp.
func sleepDurations() []time.Duration {
	durations := make([]time.Duration, 100_000)
	state := uint64(1)
	for i := range durations {
		state = state*6364136223846793005 + 1442695040888963407
		durations[i] = time.Duration((state>>33)%1001) * time.Millisecond
	}
	return durations
}

func sleepAllOf(durations []time.Duration) {
	var all sync.WaitGroup
	all.Add(len(durations))
	for _, duration := range durations {
		go func(duration time.Duration) {
			time.Sleep(duration)
			all.Done()
		}(duration)
	}
	all.Wait()
}

func sleepAll() round {
	durations := sleepDurations()
	sleepAllOf(durations)
	before := cpuTime()
	sleepAllOf(durations)
	return round{Value: (cpuTime() - before).Seconds(), Unit: "cpu s", N: len(durations)}
}
