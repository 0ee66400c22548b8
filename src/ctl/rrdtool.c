#include "ctl/rrdtool.h"

#include "ctl/invocation.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_MAX 65536

extern char **environ;

static int spawn(pid_t *pid, char *const *argv, int output)
{
	posix_spawn_file_actions_t actions;
	int error;

	posix_spawn_file_actions_init(&actions);
	if (output >= 0)
		posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	else
		posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return error;
}

/* To the end, lest it waits for a reader; what is beyond the limit is dropped. */
static void read_all(int fd, struct str *output)
{
	char bytes[4096];
	ssize_t n;

	while ((n = read(fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR))
		if (n > 0 && output->len < OUTPUT_MAX)
			str_add_n(output, bytes, (size_t)n);
}

int rrdtool_run(char *const *argv, struct str *output)
{
	int ends[2] = {-1, -1}, status = -1, error;
	pid_t pid;

	if (output != NULL && pipe2(ends, O_CLOEXEC) != 0) {
		fprintf(stderr, "rollcall: cannot make a pipe: %s\n", strerror(errno));
		return EXIT_USAGE;
	}
	error = spawn(&pid, argv, ends[1]);
	if (ends[1] >= 0)
		close(ends[1]);
	if (error == 0 && output != NULL)
		read_all(ends[0], output);
	if (ends[0] >= 0)
		close(ends[0]);
	if (error != 0) {
		fprintf(stderr, "rollcall: cannot run rrdtool (%s); install Debian's package rrdtool\n",
		    strerror(error));
		return EXIT_USAGE;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? EXIT_FINE : EXIT_USAGE;
}
