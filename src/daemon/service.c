#include "daemon/service.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/throttle.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SERVICE_MAGIC 0x73647276u
#define NS_PER_S      INT64_C(1000000000)
#define LOOK	      (10 * NS_PER_S) /* for the status, when there is no watchdog */
#define LOOK_LEAST    (NS_PER_S / 20)

struct service {
	unsigned magic;
	struct loop *loop;
	void (*look)(void *arg, struct vitals *vitals);
	void *arg;
	struct sockaddr_un to;
	socklen_t to_len;
	int fd;		  /* -1 = nobody listens */
	int64_t watchdog; /* ns; 0 = none asked for */
	struct loop_timer timer;
	struct pulse pulse;
	struct throttle stuck;
	char *status; /* the last one sent */
	bool is_ready;
};

static void send_text(struct service *service, const char *text)
{
	ssize_t n;

	if (service->fd < 0)
		return;
	n = sendto(service->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT,
	    (const struct sockaddr *)&service->to, service->to_len);
	if (n < 0)
		log_debug("service manager not told", "err=\"%s\"", strerror(errno));
}

/* A path, or an abstract name written with '@'. */
static bool read_address(struct service *service, const char *name)
{
	size_t len = strlen(name);

	if ((name[0] != '/' && name[0] != '@') || len < 2 || len >= sizeof service->to.sun_path)
		return false;
	service->to.sun_family = AF_UNIX;
	memcpy(service->to.sun_path, name, len);
	if (name[0] == '@')
		service->to.sun_path[0] = '\0';
	service->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	return true;
}

static void read_environment(struct service *service)
{
	const char *name = getenv("NOTIFY_SOCKET"), *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t number;

	if (name != NULL && read_address(service, name))
		service->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	else if (name != NULL)
		log_warn("NOTIFY_SOCKET is not understood", "wanted=%s", "path");
	if (usec != NULL && str_to_u64(usec, &number) && number > 0 && number < INT64_MAX / 1000)
		service->watchdog = (int64_t)number * 1000;
	if (pid != NULL && (!str_to_u64(pid, &number) || number != (uint64_t)getpid()))
		service->watchdog = 0;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

/* "1,203": as people read it, whatever the locale. */
static void add_thousands(struct str *out, size_t number)
{
	char digits[24];
	int len = snprintf(digits, sizeof digits, "%zu", number);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			str_add_char(out, ',');
		str_add_char(out, digits[i]);
	}
}

static void tell_status(struct service *service, const struct vitals *vitals)
{
	struct str text = {0};

	str_add(&text, "STATUS=");
	add_thousands(&text, vitals->present);
	str_add(&text, " of ");
	add_thousands(&text, vitals->devices);
	str_add(&text, " present");
	if (!str_equal(service->status, str_text(&text))) {
		send_text(service, str_text(&text));
		free(service->status);
		service->status = str_steal(&text);
	}
	str_fini(&text);
}

static void feed_watchdog(struct service *service, const struct vitals *vitals)
{
	int64_t now = loop_now(service->loop), took;
	const char *stuck = pulse_check(&service->pulse, vitals, now);
	uint64_t count;

	if (service->watchdog == 0)
		return;
	if (stuck == NULL) {
		send_text(service, "WATCHDOG=1");
		if (throttle_ok(&service->stuck, now, &count, &took))
			log_info("work gets done again", "after_s=%" PRId64, took / NS_PER_S);
	} else if (throttle_fail(&service->stuck, now)) {
		log_error("no work gets done, the watchdog is not fed",
		    "what=%s polls_ended=%" PRIu64 " batches_waiting=%" PRIu64, stuck, vitals->polls_ended,
		    vitals->store_waiting);
	}
}

static int64_t look_period(const struct service *service)
{
	int64_t quarter = service->watchdog / 4;

	if (service->watchdog == 0 || quarter > LOOK)
		return LOOK;
	return quarter > LOOK_LEAST ? quarter : LOOK_LEAST;
}

static void time_to_look(void *arg)
{
	struct service *service = arg;
	struct vitals vitals = {0};

	MAGIC_CHECK(service, SERVICE_MAGIC);
	service->look(service->arg, &vitals);
	tell_status(service, &vitals);
	feed_watchdog(service, &vitals);
	loop_timer_in(service->loop, &service->timer, look_period(service));
}

struct service *service_new(struct loop *loop, void (*look)(void *arg, struct vitals *vitals), void *arg)
{
	struct service *service = mem_alloc(sizeof *service);

	service->magic = SERVICE_MAGIC;
	service->loop = loop;
	service->look = look;
	service->arg = arg;
	service->fd = -1;
	loop_timer_init(&service->timer, time_to_look, service);
	read_environment(service);
	pulse_init(&service->pulse, service->watchdog, loop_now(loop));
	return service;
}

void service_free(struct service *service)
{
	if (service == NULL)
		return;
	MAGIC_CHECK(service, SERVICE_MAGIC);
	loop_timer_stop(service->loop, &service->timer);
	if (service->is_ready)
		send_text(service, "STOPPING=1");
	if (service->fd >= 0)
		close(service->fd);
	free(service->status);
	service->magic = 0;
	free(service);
}

void service_ready(struct service *service)
{
	MAGIC_CHECK(service, SERVICE_MAGIC);
	service->is_ready = true;
	send_text(service, "READY=1");
	if (service->fd >= 0 && !loop_timer_armed(&service->timer))
		time_to_look(service);
}

void service_reloading(struct service *service)
{
	char text[64];

	MAGIC_CHECK(service, SERVICE_MAGIC);
	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64, loop_now(service->loop) / 1000);
	send_text(service, text);
}
