// SPDX-License-Identifier: MIT
// Go: goroutines on one processor of its scheduler, with the command line of every benchmark program here.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sort"
	"syscall"
	"time"
)

// What one round measured, as it is printed.
type round struct {
	Name  string  `json:"name"`
	Who   string  `json:"who"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	N     int     `json:"n"`
}

// A round that takes longer than this is stuck.
const longestRound = 120 * time.Second

var rounds = map[string]func() round{
	"switch":          yieldInTurn,
	"spawn_join":      spawnAndJoin,
	"spawn_many":      spawnMany,
	"pipe_pingpong":   pingPong,
	"queue_stream":    queueStream,
	"selector_fan_in": fanIn,
	"timeout_met":     timeoutMet,
	"idle_million":    idleMillion,
	"sleep_all":       sleepAll,
}

// Nanoseconds for each of the n operations in work.
func timed(n int, work func()) round {
	start := time.Now()
	work()
	return round{Value: float64(time.Since(start).Nanoseconds()) / float64(n), Unit: "ns", N: n}
}

// CPU used by this process so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func list() {
	names := []string{}
	for name := range rounds {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Println(name)
	}
	fmt.Println("serve-echo")
}

func main() {
	runtime.GOMAXPROCS(1)
	wanted := ""
	if len(os.Args) == 2 {
		wanted = os.Args[1]
	}
	run, found := rounds[wanted]
	switch {
	case wanted == "--list":
		list()
	case wanted == "serve-echo":
		serveEcho()
	case found:
		time.AfterFunc(longestRound, func() { panic("the round is stuck") })
		measured := run()
		measured.Name, measured.Who = wanted, "go"
		json.NewEncoder(os.Stdout).Encode(measured)
	default:
		fmt.Fprintf(os.Stderr, "usage: %s --list | NAME\nRuns one round of a benchmark; bench/run.py runs many.\n", os.Args[0])
		os.Exit(2)
	}
}
