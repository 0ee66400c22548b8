/* command: what rollcall can do; one file per command. Each returns an exit status. */
#ifndef ROLLCALL_CTL_COMMAND_H
#define ROLLCALL_CTL_COMMAND_H

#include "ctl/invocation.h"

typedef int command_fn(const struct invocation *invocation);

command_fn command_status, command_show, command_probe, command_graph, command_stats, command_flush,
    command_check, command_events, command_silence, command_ack, command_reload, command_rename,
    command_discover, command_import, command_report, command_top, command_record, command_play, command_lint;

#endif
