#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/command.h"
#include "ctl/target.h"
#include "daemon/outage.h"
#include "daemon/record.h"
#include "daemon/withhold.h"
#include "play/anonymise.h"
#include "play/snmprec.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAIT_DEFAULT (60 * UNITS_SEC)
#define EXTENSION    ".snmprec"

/* One run of the command. */
struct recorder {
	const struct invocation *invocation;
	struct target target;
	struct anonymise *anonymise; /* NULL: as it is */
	char *path;		     /* of the first cycle's file; NULL until that is known */
	bool has_progress;
	int status;
};

/* --- names of files --- */

/* What a device calls itself, as a file's name: no folders, and no '@', behind which a cycle's time stands.
 */
static char *file_name(const char *text)
{
	struct str name = {0};

	for (; *text != '\0'; text++) {
		bool plain = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
			     (*text >= '0' && *text <= '9') || (strchr("-_", *text) != NULL) ||
			     (*text == '.' && name.len > 0);

		if (plain || (name.len > 0 && name.s[name.len - 1] != '_'))
			str_add_char(&name, plain ? *text : '_');
	}
	while (name.len > 0 && strchr("_.", name.s[name.len - 1]) != NULL)
		name.s[--name.len] = '\0';
	if (name.len == 0)
		str_add(&name, "recording");
	return str_steal(&name);
}

/* A device's name in the configuration, else its sysName, else its address; if it is to be anonymous, what
 * the recording says, which is. */
static char *name_of(const struct recorder *recorder, const struct recording *recording)
{
	const struct recorded *object = recording_find_text(recording, "1.3.6.1.2.1.1.5.0");
	const struct device *device = recorder->target.device;
	struct str text = {0};
	char *name;

	if (recorder->anonymise == NULL && recorder->target.is_configured)
		return file_name(device->name);
	if (object != NULL && object->value.type == VALUE_OCTETS)
		value_add_text(&text, &object->value, VALUE_FORMAT_TEXT);
	if (text.len == 0)
		str_add(&text, recorder->anonymise != NULL ? "anonymous" : device->host);
	name = file_name(str_text(&text));
	str_fini(&text);
	return name;
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* NAME.snmprec here, or in the folder or file that -o names. */
static char *first_path(const struct recorder *recorder, const struct recording *recording)
{
	const char *output = recorder->invocation->output;
	char *name, *path;

	if (output != NULL && !is_folder(output))
		return mem_strdup(output);
	name = name_of(recorder, recording);
	path = str_format("%s%s%s" EXTENSION, output != NULL ? output : "",
	    output != NULL && !str_ends(output, "/") ? "/" : "", name);
	free(name);
	return path;
}

/* NAME@EPOCH.snmprec */
static char *later_path(const char *first, int64_t epoch)
{
	size_t len = strlen(first) - (str_ends(first, EXTENSION) ? strlen(EXTENSION) : 0);

	return str_format("%.*s@%" PRId64 "%s", (int)len, first, epoch, first + len);
}

/* --- writing --- */

static bool write_objects(const struct recording *recording, FILE *file)
{
	struct str line = {0};
	bool good = true;

	for (size_t i = 0; i < recording_count(recording) && good; i++) {
		str_clear(&line);
		if (snmprec_add(&line, recording_at(recording, i)))
			good = fwrite(line.s, 1, line.len, file) == line.len;
	}
	str_fini(&line);
	return good && fflush(file) == 0;
}

/* Complete or not at all. */
static bool write_file(const struct recorder *recorder, const struct recording *recording, const char *path)
{
	char *temporary = str_format("%s.%ld.tmp", path, (long)getpid());
	FILE *file = fopen(temporary, "wx");
	bool good = file != NULL && write_objects(recording, file);

	if (file != NULL && fclose(file) != 0)
		good = false;
	if (good && rename(temporary, path) != 0)
		good = false;
	if (!good) {
		invocation_mistake(recorder->invocation, "cannot write '%s': %s", path, strerror(errno));
		unlink(temporary);
	}
	free(temporary);
	return good;
}

static bool write_recording(
    struct recorder *recorder, const struct recording *recording, const struct record_result *result)
{
	char *path;
	bool good;

	if (str_equal(recorder->invocation->output, "-"))
		return write_objects(recording, stdout);
	if (recorder->path == NULL)
		recorder->path = first_path(recorder, recording);
	path = result->cycle == 0 ? mem_strdup(recorder->path)
				  : later_path(recorder->path, result->began / UNITS_SEC);
	good = write_file(recorder, recording, path);
	if (good)
		printf("%s  %zu objects, %u requests, %.1f s\n", path, recording_count(recording),
		    result->pdus, (double)result->took / 1e9);
	fflush(stdout);
	free(path);
	return good;
}

/* --- while it runs --- */

static void progress(void *arg, unsigned cycle, size_t objects, int64_t elapsed)
{
	const struct recorder *recorder = arg;
	char seconds[UNITS_TEXT_MAX];

	if (!recorder->has_progress)
		return;
	fprintf(stderr, "\r\033[K");
	if (recorder->invocation->cycles > 1)
		fprintf(stderr, "%u of %u: ", cycle + 1, recorder->invocation->cycles);
	fprintf(stderr, "%zu objects, %s", objects, units_duration(seconds, elapsed));
}

/* Why it is not all; nothing when it is. */
static void tell_end(const struct recorder *recorder, const struct record_result *result, size_t objects)
{
	char place[OID_TEXT_MAX];
	struct str why = {0};

	oid_format(&result->last, place, sizeof place);
	if (objects == 0) {
		outage_text(&why, recorder->target.device, result->peer.address, result->failure,
		    result->error_number);
		invocation_mistake(recorder->invocation, "nothing was read: %s", str_text(&why));
	} else if (result->end == WALK_LOOP) {
		invocation_mistake(recorder->invocation,
		    "cut short: the agent goes round in a circle after %s; what came before is kept", place);
	} else if (result->end == WALK_CAP_ROWS) {
		invocation_mistake(recorder->invocation,
		    "cut short: that many objects are enough; --objects allows more (it had come to %s)",
		    place);
	} else if (result->end != WALK_COMPLETE) {
		invocation_mistake(recorder->invocation,
		    "cut short: no more answers after %s (%s); what came before is kept", place,
		    failure_name(result->failure));
	}
	if (result->unread > 0)
		invocation_mistake(
		    recorder->invocation, "%zu values could not be decoded and are left out", result->unread);
	str_fini(&why);
}

static bool recorded(void *arg, struct recording *recording, const struct record_result *result)
{
	struct recorder *recorder = arg;
	const struct device *device = recorder->target.device;
	struct recording *clean, *anonymous;
	bool good;

	if (recorder->has_progress)
		fputs("\r\033[K", stderr);
	tell_end(recorder, result, recording_count(recording));
	if (result->end != WALK_COMPLETE)
		recorder->status = EXIT_WRONG;
	if (recording_count(recording) == 0)
		return false;
	clean = withhold_secrets(recording, device->credentials, device->n_credentials);
	if (recorder->anonymise != NULL) {
		anonymous = anonymise_recording(recorder->anonymise, clean);
		recording_free(clean);
		clean = anonymous;
	}
	good = write_recording(recorder, clean, result);
	recording_free(clean);
	if (!good)
		recorder->status = EXIT_USAGE;
	return good;
}

/* --- all of it --- */

static bool is_sound(const struct invocation *invocation)
{
	if (invocation->n_args != 1)
		invocation_mistake(invocation, "name one device, or an address such as 192.0.2.1");
	else if (str_equal(invocation->output, "-") && invocation->cycles > 1)
		invocation_mistake(invocation, "several cycles are several files; -o - takes one");
	else
		return true;
	return false;
}

static void run(struct recorder *recorder)
{
	const struct invocation *invocation = recorder->invocation;
	struct record_options options = {.device = recorder->target.device,
	    .cycles = invocation->cycles,
	    .wait = invocation->wait >= 0 ? invocation->wait : WAIT_DEFAULT,
	    .max_objects = invocation->objects};
	struct record_hooks hooks = {recorded, progress, recorder};
	enum err err = record_run(&options, &hooks);

	if (err == ERR_UNSUPPORTED)
		recorder->status = invocation_mistake(invocation, "no credential that could be asked with");
	else if (err != ERR_OK)
		recorder->status = invocation_mistake(invocation, "cannot open a UDP socket");
}

int command_record(const struct invocation *invocation)
{
	struct recorder recorder = {.invocation = invocation, .has_progress = isatty(STDERR_FILENO) == 1};
	uint8_t key[SIPHASH_KEY_LEN];

	if (!is_sound(invocation))
		return EXIT_USAGE;
	if (invocation->anonymise) {
		if (getrandom(key, sizeof key, 0) != sizeof key)
			return invocation_mistake(invocation, "no randomness to make names of");
		recorder.anonymise = anonymise_new(key);
		explicit_bzero(key, sizeof key);
	}
	if (target_find(&recorder.target, invocation, invocation->args[0]))
		run(&recorder);
	else
		recorder.status = EXIT_USAGE;
	target_fini(&recorder.target);
	anonymise_free(recorder.anonymise);
	free(recorder.path);
	return recorder.status;
}
