// SPDX-License-Identifier: MIT
// The load for an echo server: one client for all servers, so that only the server differs.
#pragma once

#include <span>

namespace bench {

/// Runs one round against a server that is up: `arguments` are echo_1, echo_1000, echo_rate or
/// echo_stream, the server's port on 127.0.0.1 and its process id, whose CPU clock is read. Prints
/// what was measured as a line of JSON.
int load_echo(std::span<char*> arguments);

}  // namespace bench
