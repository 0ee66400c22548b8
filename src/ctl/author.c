#include "ctl/author.h"

#include "base/mem.h"
#include "base/str.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

char *author_name(const struct invocation *invocation)
{
	const char *sudo = getenv("SUDO_USER");
	const struct passwd *user;

	if (invocation->author != NULL)
		return mem_strdup(invocation->author);
	if (getuid() == 0 && sudo != NULL && *sudo != '\0')
		return mem_strdup(sudo);
	user = getpwuid(getuid());
	return user != NULL ? mem_strdup(user->pw_name) : str_format("uid %u", (unsigned)getuid());
}
