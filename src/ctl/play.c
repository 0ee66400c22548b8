#include "base/loop.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "ctl/command.h"
#include "ctl/devicefile.h"
#include "ctl/setup.h"
#include "play/player.h"
#include "play/playlist.h"
#include "play/recfile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_DEFAULT "127.0.1.1"
#define PORT_DEFAULT  1161 /* 161 is the superuser's */
#define HEADING	      "# Played by rollcall play. Written anew each time.\n"
#define SYS_NAME      "1.3.6.1.2.1.1.5.0"
#define SYS_OBJECT_ID "1.3.6.1.2.1.1.2.0"

/* One run of the command. */
struct play {
	const struct invocation *invocation;
	struct inventory *inventory; /* with --credential only */
	struct authority *authority;
	struct playlist list;
	struct loop *loop;
	struct player *player;
	uint32_t address; /* of the next agent, host order */
	uint16_t port;
	size_t n;
	struct str devices; /* lines for --write */
	struct {
		char **v; /* names in there; owned */
		size_t n, cap;
	} names;
};

/* ---- what is asked for ---- */

static bool read_address(struct play *play)
{
	const struct invocation *invocation = play->invocation;
	const char *first = invocation->first != NULL ? invocation->first : FIRST_DEFAULT;
	struct in_addr address;

	play->port = (uint16_t)(invocation->port != 0 ? invocation->port : PORT_DEFAULT);
	if (inet_pton(AF_INET, first, &address) == 1 && ntohl(address.s_addr) >> 24 == 127) {
		play->address = ntohl(address.s_addr);
		return true;
	}
	invocation_mistake(invocation,
	    "--first %s: expected an address within 127.0.0.0/8, such as " FIRST_DEFAULT
	    "; recordings are played to this computer only",
	    first);
	return false;
}

/* The user of SNMPv3, or the community, that --credential names. */
static bool read_credential(struct play *play, const struct secret **community)
{
	const struct invocation *invocation = play->invocation;
	const struct credential *credential = NULL;
	struct str why = {0};
	int status;

	if (invocation->community.bytes != NULL)
		*community = &invocation->community;
	if (invocation->credential == NULL)
		return true;
	play->inventory = setup_bare(invocation, &status);
	if (play->inventory == NULL)
		return false;
	for (size_t i = 0; i < play->inventory->n_credentials; i++)
		if (str_equal(play->inventory->credentials[i]->name, invocation->credential))
			credential = play->inventory->credentials[i];
	if (credential == NULL) {
		invocation_mistake(
		    invocation, "no credential is called '%s' in the configuration", invocation->credential);
		return false;
	}
	if (credential->version != SNMP_V3) {
		*community = &credential->community;
		return true;
	}
	play->authority = authority_new(credential, &why);
	if (play->authority == NULL)
		invocation_mistake(invocation, "credential '%s': %s", credential->name, str_text(&why));
	str_fini(&why);
	return play->authority != NULL;
}

static bool read_list(struct play *play)
{
	const struct invocation *invocation = play->invocation;

	for (size_t i = 0; i < invocation->n_args; i++) {
		const char *path = invocation->args[i];
		enum err err = playlist_add(&play->list, path);

		if (err == ERR_NOT_FOUND)
			invocation_mistake(invocation, "%s: no *.snmprec, *.walk or *.txt in it", path);
		else if (err != ERR_OK)
			invocation_mistake(invocation, "%s: %s", path, strerror(errno));
		if (err != ERR_OK)
			return false;
	}
	if (player_make_room(play->list.n))
		return true;
	invocation_mistake(invocation,
	    "%zu files: the system does not allow so many sockets; raise 'ulimit -n'", play->list.n);
	return false;
}

/* ---- one file ---- */

static struct recording *read_file(const char *path)
{
	struct reading reading;
	struct recording *recording;

	reading_init(&reading, path);
	recording = recfile_read(path, &reading);
	fputs(str_text(&reading.text), stderr);
	reading_fini(&reading);
	return recording;
}

/* Clean text of one object, "" when it is not there. Caller frees. */
static char *text_of(const struct recording *recording, const char *oid)
{
	const struct recorded *object = recording_find_text(recording, oid);
	struct str text = {0};

	if (object != NULL)
		value_add_text(&text, &object->value, VALUE_FORMAT_TEXT);
	return str_steal(&text);
}

static void print_agent(const struct play *play, const char *name, const char *address, size_t objects,
    const char *sys_name, const char *sys_object_id)
{
	printf("%s:%u %s objects=%zu sysName=%s sysObjectID=%s\n", address, play->port, name, objects,
	    *sys_name != '\0' ? sys_name : "-", *sys_object_id != '\0' ? sys_object_id : "-");
	fflush(stdout);
}

/* A name that no other device of the list has. Caller frees. */
static char *device_name(struct play *play, const char *name)
{
	char *clean = devicefile_clean_name(name), *free_name = NULL;

	for (unsigned number = 1; free_name == NULL; number++) {
		free_name = number == 1 && *clean != '\0'
				? mem_strdup(clean)
				: str_format("%s-%u", *clean != '\0' ? clean : "device", number);
		for (size_t i = 0; free_name != NULL && i < play->names.n; i++) {
			if (str_equal(play->names.v[i], free_name)) {
				free(free_name);
				free_name = NULL;
			}
		}
	}
	free(clean);
	vec_push(&play->names, free_name);
	return free_name;
}

static void add_device(struct play *play, const char *name, const char *address)
{
	str_add(&play->devices, "- {name: ");
	devicefile_add_scalar(&play->devices, device_name(play, name));
	str_addf(&play->devices, ", address: '%s:%u'", address, play->port);
	if (play->invocation->credential != NULL) {
		str_add(&play->devices, ", credential: ");
		devicefile_add_scalar(&play->devices, play->invocation->credential);
	}
	str_add(&play->devices, "}\n");
}

static bool tell_failure(const struct play *play, const char *path, const char *address, enum err err)
{
	if (err == ERR_INVALID)
		invocation_mistake(play->invocation, "%s: no address is left behind %s; give a lower --first",
		    path, address);
	else if (err == ERR_IO && errno == EADDRINUSE)
		invocation_mistake(play->invocation,
		    "%s:%u is taken by another program; give another --first or --port", address, play->port);
	else if (err == ERR_IO)
		invocation_mistake(play->invocation, "%s:%u: %s", address, play->port, strerror(errno));
	else
		invocation_mistake(play->invocation, "%s: no keys for its engine-id", path);
	return false;
}

/* A file of no use is told and costs the others nothing; false when nobody could be played. */
static bool play_item(struct play *play, const struct playlist_item *item)
{
	struct recording *recording = read_file(item->path), *later = NULL;
	struct in_addr in = {.s_addr = htonl(play->address)};
	char address[INET_ADDRSTRLEN], *sys_name, *sys_object_id;
	size_t objects;
	enum err err;

	if (recording == NULL)
		return true;
	if (play->invocation->live && item->later != NULL)
		later = read_file(item->later);
	inet_ntop(AF_INET, &in, address, sizeof address);
	objects = recording_count(recording);
	sys_name = text_of(recording, SYS_NAME);
	sys_object_id = text_of(recording, SYS_OBJECT_ID);
	err = player_add(play->player, item->name, recording, later, play->address, play->port);
	if (err == ERR_OK) {
		print_agent(play, item->name, address, objects, sys_name, sys_object_id);
		add_device(play, item->name, address);
		play->address++;
		play->n++;
	} else {
		(void)tell_failure(play, item->path, address, err);
	}
	recording_free(later);
	free(sys_name);
	free(sys_object_id);
	return err == ERR_OK;
}

/* ---- the list of devices ---- */

/* A list that people wrote is not written over. */
static bool is_ours(const char *path)
{
	char line[sizeof HEADING] = "";
	FILE *file = fopen(path, "re");
	bool ours;

	if (file == NULL)
		return errno == ENOENT;
	ours = fgets(line, sizeof line, file) == NULL || str_equal(line, HEADING);
	fclose(file);
	return ours;
}

static bool write_devices(const struct play *play)
{
	const char *path = play->invocation->write;
	FILE *file;
	bool written;

	if (path == NULL)
		return true;
	if (!is_ours(path)) {
		invocation_mistake(play->invocation,
		    "--write %s: there is a file that somebody else wrote; name another", path);
		return false;
	}
	file = fopen(path, "we");
	written = file != NULL && fputs(HEADING, file) >= 0 && fputs(str_text(&play->devices), file) >= 0;
	if (file != NULL)
		written = fclose(file) == 0 && written;
	if (!written)
		invocation_mistake(play->invocation, "--write %s: %s", path, strerror(errno));
	return written;
}

/* ---- the command ---- */

static void stop(int signo, void *arg)
{
	(void)signo;
	loop_stop(arg);
}

static int play_all(struct play *play)
{
	for (size_t i = 0; i < play->list.n; i++)
		if (!play_item(play, &play->list.v[i]))
			return EXIT_USAGE;
	if (play->n == 0)
		return invocation_mistake(play->invocation, "nothing to play");
	if (!write_devices(play))
		return EXIT_USAGE;
	printf("ready %zu agent%s\n", play->n, play->n == 1 ? "" : "s");
	fflush(stdout);
	loop_run(play->loop);
	return EXIT_FINE;
}

int command_play(const struct invocation *invocation)
{
	struct play play = {.invocation = invocation};
	const struct secret *community = NULL;
	int status = EXIT_USAGE;

	if (invocation->n_args == 0)
		return invocation_mistake(invocation,
		    "name recordings (.snmprec), files that snmpwalk -On printed, or folders of them");
	if (read_address(&play) && read_credential(&play, &community) && read_list(&play)) {
		struct player_options options = {
		    .community = community, .authority = play.authority, .live = invocation->live};

		play.loop = loop_new(clock_real());
		loop_signal(play.loop, SIGINT, stop, play.loop);
		loop_signal(play.loop, SIGTERM, stop, play.loop);
		play.player = player_new(play.loop, &options);
		status = play_all(&play);
	}
	player_free(play.player);
	if (play.loop != NULL)
		loop_free(play.loop);
	authority_free(play.authority);
	inventory_free(play.inventory);
	playlist_fini(&play.list);
	for (size_t i = 0; i < play.names.n; i++)
		free(play.names.v[i]);
	vec_fini(&play.names);
	str_fini(&play.devices);
	return status;
}
