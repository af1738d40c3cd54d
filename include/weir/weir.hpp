// SPDX-License-Identifier: MIT
// All of weir but its testing and its primitive for building others.
#pragma once

#include <weir/address.hpp>
#include <weir/broadcast.hpp>
#include <weir/buffer.hpp>
#include <weir/cancel_token.hpp>
#include <weir/dealer.hpp>
#include <weir/error.hpp>
#include <weir/fd_state.hpp>
#include <weir/gate.hpp>
#include <weir/hub.hpp>
#include <weir/log.hpp>
#include <weir/pair.hpp>
#include <weir/pause.hpp>
#include <weir/pipe.hpp>
#include <weir/pool.hpp>
#include <weir/queue.hpp>
#include <weir/receiver.hpp>
#include <weir/redirect.hpp>
#include <weir/router.hpp>
#include <weir/run.hpp>
#include <weir/selected.hpp>
#include <weir/selector.hpp>
#include <weir/sender.hpp>
#include <weir/shared_receiver.hpp>
#include <weir/sleep.hpp>
#include <weir/spawn.hpp>
#include <weir/stalk.hpp>
#include <weir/stats.hpp>
#include <weir/stream.hpp>
#include <weir/task.hpp>
#include <weir/task_options.hpp>
#include <weir/tcp.hpp>
#include <weir/until.hpp>
#include <weir/value.hpp>
