#include "notify/spawn.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* posix_spawnp() would look into the PATH that the daemon was started with. */
static char *find_program(const char *name)
{
	const char *at = SPAWN_PATH;

	if (strchr(name, '/') != NULL)
		return str_format("%s", name);
	while (*at != '\0') {
		size_t len = strcspn(at, ":");
		char *path = str_format("%.*s/%s", (int)len, at, name);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
		at += len + (at[len] == ':');
	}
	return NULL;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
	sigset_t none, all;
	int rc;

	sigemptyset(&none);
	sigfillset(&all);
	rc = posix_spawnattr_setflags(
	    attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (rc == 0)
		rc = posix_spawnattr_setpgroup(attributes, 0);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &none);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attributes, &all);
	return rc;
}

static int set_descriptors(posix_spawn_file_actions_t *actions, int out)
{
	int rc = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
	if (rc == 0)
		rc = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
	return rc;
}

static int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0); /* close-on-exec by itself */
}

int spawn_group(char *const *argv, char *const *env, pid_t *pid, int *fd, int *out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char *program = find_program(argv[0]);
	int rc, pipe[2];

	if (program == NULL)
		return ENOENT;
	if (pipe2(pipe, O_CLOEXEC) != 0) {
		rc = errno;
		free(program);
		return rc;
	}
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&actions);
	rc = set_attributes(&attributes);
	if (rc == 0)
		rc = set_descriptors(&actions, pipe[1]);
	if (rc == 0)
		rc = posix_spawn(pid, program, &actions, &attributes, argv, env);
	if (rc != 0)
		goto out;
	*fd = open_pidfd(*pid);
	if (*fd < 0) {
		rc = errno;
		kill(-*pid, SIGKILL);
		waitpid(*pid, NULL, 0);
	}
out:
	close(pipe[1]);
	*out = pipe[0];
	if (rc != 0)
		close(pipe[0]);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(program);
	return rc;
}
