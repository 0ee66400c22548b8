#include "daemon/rename.h"

#include "base/mem.h"
#include "base/str.h"
#include "daemon/lock.h"
#include "notify/eventdb.h"
#include "store/store.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *rename_mistake(const struct inventory *inventory, const char *from, const char *to)
{
	if (strcmp(from, to) == 0)
		return mem_strdup("both names are the same");
	if (inventory_device(inventory, from) != NULL)
		return str_format("the configuration still has a device \"%s\"; call it \"%s\" there first, "
				  "its history follows",
		    from, to);
	if (inventory_device(inventory, to) == NULL)
		return str_format("the configuration has no device \"%s\"; call \"%s\" so there first, its "
				  "history follows",
		    to, from);
	return NULL;
}

/* What somebody else writes the daemon could not write any more. */
static char *wrong_user(const char *state)
{
	const struct passwd *owner;
	struct stat st;

	if (stat(state, &st) != 0)
		return str_format("cannot use the state directory %s: %s", state, strerror(errno));
	if (st.st_uid == geteuid())
		return NULL;
	owner = getpwuid(st.st_uid);
	return str_format(
	    "the files are those of the user %s; without a daemon this is to be done as that user",
	    owner != NULL ? owner->pw_name : "of the state directory");
}

static char *move(const struct settings *settings, const char *from, const char *to)
{
	char *path = str_format("%s/events.db", settings->state), *error = NULL;
	struct str why = {0};
	enum err err = eventdb_rename(path, from, to, &error);

	free(path);
	if (err != ERR_OK)
		return error != NULL ? error : str_format("the events: %s", err_text(err));
	err = store_rename_files(settings, from, to, &why);
	if (err == ERR_NOT_FOUND)
		error = mem_strdup("there is no history of that name");
	else if (err != ERR_OK)
		error = str_format("the files: %s", why.len > 0 ? str_text(&why) : err_text(err));
	str_fini(&why);
	return error;
}

char *rename_history(const struct inventory *inventory, const char *from, const char *to)
{
	const char *state = inventory->settings.state;
	char *error = rename_mistake(inventory, from, to);
	struct lock *lock;

	if (error == NULL)
		error = wrong_user(state);
	if (error != NULL)
		return error;
	lock = lock_take(state, &error);
	if (lock == NULL)
		return error;
	error = move(&inventory->settings, from, to);
	lock_free(lock);
	return error;
}
