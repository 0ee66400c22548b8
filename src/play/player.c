#include "play/player.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "play/live.h"
#include "play/responder.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define PLAYER_MAGIC UINT32_C(0x504c5952)
#define TURN_MAX     32 /* requests to one agent before the others have their turn */
#define RECEIVE_MAX  65536
#define OTHER_FILES  32 /* descriptors of the program itself */
#define LOOPBACK     127u
#define ENGINE_ID    "1.3.6.1.6.3.10.2.1.1.0" /* snmpEngineID */
#define NS_PER_S     INT64_C(1000000000)
#define EPOCH_OF_OURS                                                                                        \
	INT64_C(1577836800) /* 2020: seconds since then are boots that fit 31 bits until 2088                \
			     */

struct agent {
	struct player *player;
	struct recording *recording;
	struct live *live; /* NULL = as recorded */
	struct responder_agent responder;
	struct loop_watch *watch;
	int fd;
};

struct player {
	uint32_t magic;
	struct loop *loop;
	struct player_options options;
	struct responder *responder;
	struct {
		struct agent **v;
		size_t n, cap;
	} agents;
	uint8_t request[RECEIVE_MAX];
};

struct player *player_new(struct loop *loop, const struct player_options *options)
{
	struct player *player = mem_alloc(sizeof *player);

	player->magic = PLAYER_MAGIC;
	player->loop = loop;
	player->options = *options;
	player->responder = responder_new(options->community, options->authority);
	return player;
}

static void agent_free(struct agent *agent)
{
	loop_watch_free(agent->watch);
	if (agent->fd >= 0)
		close(agent->fd);
	live_free(agent->live);
	recording_free(agent->recording);
	usm_engine_fini(&agent->responder.engine);
	free(agent);
}

void player_free(struct player *player)
{
	if (player == NULL)
		return;
	MAGIC_CHECK(player, PLAYER_MAGIC);
	for (size_t i = 0; i < player->agents.n; i++)
		agent_free(player->agents.v[i]);
	vec_fini(&player->agents);
	responder_free(player->responder);
	player->magic = 0;
	free(player);
}

/* ---- answering ---- */

/* One request; false when none waits. */
static bool answer_one(struct agent *agent)
{
	struct player *player = agent->player;
	struct sockaddr_in from;
	socklen_t from_len = sizeof from;
	ssize_t got = recvfrom(
	    agent->fd, player->request, sizeof player->request, 0, (struct sockaddr *)&from, &from_len);
	int64_t now = loop_now(player->loop);
	const uint8_t *reply;
	size_t len;

	if (got < 0)
		return false;
	if (agent->live != NULL)
		live_set_time(agent->live, now, clock_wall(loop_clock(player->loop)));
	len =
	    responder_answer(player->responder, &agent->responder, player->request, (size_t)got, now, &reply);
	/* A reply that the asker's queue has no room for is lost, as on any network. */
	if (len > 0)
		(void)!sendto(agent->fd, reply, len, 0, (const struct sockaddr *)&from, from_len);
	return true;
}

static void ready(void *arg)
{
	struct agent *agent = arg;

	MAGIC_CHECK(agent->player, PLAYER_MAGIC);
	for (int i = 0; i < TURN_MAX && answer_one(agent); i++)
		continue;
}

/* ---- adding ---- */

static int open_socket(uint32_t address, uint16_t port)
{
	struct sockaddr_in at = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(address), .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error;

	if (fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) != 0) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* The recording's snmpEngineID; else one of ours: enterprise 32473 (RFC 5612), format 5, octets made of the
 * name. */
static bool make_engine(struct player *player, struct agent *agent, const char *name)
{
	const struct recorded *object = recording_find_text(agent->recording, ENGINE_ID);
	uint8_t made[13] = {0x80, 0, 0x7e, 0xd9, 5};
	uint64_t hash = str_hash(name, strlen(name));
	const struct clock *clock = loop_clock(player->loop);
	int64_t boots = clock_wall(clock) / NS_PER_S - EPOCH_OF_OURS;
	const uint8_t *id = made;
	size_t len = sizeof made;

	memcpy(made + 5, &hash, sizeof hash);
	if (object != NULL && object->value.type == VALUE_OCTETS &&
	    object->value.bytes.len >= USM_ENGINE_ID_MIN && object->value.bytes.len <= USM_ENGINE_ID_MAX) {
		id = object->value.bytes.p;
		len = object->value.bytes.len;
	}
	return authority_engine(player->options.authority, &agent->responder.engine, id, len,
	    boots > 0 && boots < INT32_MAX ? (int32_t)boots : 1, loop_now(player->loop));
}

enum err player_add(struct player *player, const char *name, struct recording *recording,
    const struct recording *later, uint32_t address, uint16_t port)
{
	struct agent *agent = mem_alloc(sizeof *agent);
	enum err err = ERR_OK;

	MAGIC_CHECK(player, PLAYER_MAGIC);
	*agent = (struct agent){.player = player, .recording = recording, .fd = -1};
	agent->responder.source.recording = recording;
	if (address >> 24 != LOOPBACK || (address & 0xffffff) == 0xffffff)
		err = ERR_INVALID;
	else if (player->options.authority != NULL && !make_engine(player, agent, name))
		err = ERR_UNSUPPORTED;
	else if ((agent->fd = open_socket(address, port)) < 0)
		err = ERR_IO;
	if (err != ERR_OK) {
		int error = errno;

		agent_free(agent);
		errno = error;
		return err;
	}
	if (player->options.live) {
		agent->live = live_new(recording, later, name, loop_now(player->loop));
		agent->responder.source.value = live_value;
		agent->responder.source.arg = agent->live;
	}
	agent->watch = loop_watch_read(player->loop, agent->fd, ready, agent);
	vec_push(&player->agents, agent);
	return ERR_OK;
}

bool player_make_room(size_t agents)
{
	struct rlimit limit;
	rlim_t want = (rlim_t)agents + OTHER_FILES;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= want)
		return true;
	if (limit.rlim_max < want)
		return false;
	limit.rlim_cur = want;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}
