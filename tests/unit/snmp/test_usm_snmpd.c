/* The whole first contact with Debian's snmpd, on a loopback port: probe, Report, time, answer; at every
 * level and with every protocol that it has. And what it says to those whom it does not like. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "unit/snmp/usm_oracle.h"

#include "base/clock.h"
#include "base/str.h"
#include "model/oid.h"
#include "snmp/usm_message.h"
#include "snmp/usm_report.h"
#include "snmp/varbind.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SNMPD	  "/usr/sbin/snmpd"
#define AUTH_PASS "correct horse"
#define PRIV_PASS "battery staple"
#define TRIES	  100 /* of a tenth of a second, while snmpd starts */

/* As snmpd's createUser has them; NULL where it has none. */
static const char *const snmpd_auths[] = {NULL, "MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512"};
static const char *const snmpd_privs[] = {NULL, "DES", "AES", "AES-192", "AES-256", NULL, NULL};

struct agent_process {
	char folder[64];
	uint16_t port;
	pid_t pid;
};

struct talk {
	struct usm_crypto *crypto;
	struct usm_keys *keys;
	struct credential credential;
	struct usm_user user;
	struct usm_engine engine;
	int fd;
	struct sockaddr_in agent;
	uint32_t id;
	uint8_t reply[4096], plain[4096 + USM_DECRYPT_SLACK];
	struct pdu pdu;
};

static uint16_t free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	close(fd);
	return ntohs(address.sin_port);
}

static void write_configuration(const struct agent_process *agent)
{
	char *path = str_format("%s/agent.conf", agent->folder);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "sysContact nobody\nrouser none noauth\ncreateUser none\n");
	for (size_t a = 1; a < ARRAY_LEN(snmpd_auths); a++) {
		fprintf(
		    file, "createUser a%zu %s \"%s\"\nrouser a%zu auth\n", a, snmpd_auths[a], AUTH_PASS, a);
		for (size_t p = 1; p < ARRAY_LEN(snmpd_privs); p++)
			if (snmpd_privs[p] != NULL)
				fprintf(file,
				    "createUser a%zup%zu %s \"%s\" %s \"%s\"\nrouser a%zup%zu auth\n", a, p,
				    snmpd_auths[a], AUTH_PASS, snmpd_privs[p], PRIV_PASS, a, p);
	}
	fclose(file);
	free(path);
}

static void agent_start(struct agent_process *agent)
{
	char *conf = str_format("%s/agent.conf", agent->folder);
	char *listen = str_format("udp:127.0.0.1:%u", agent->port);

	agent->pid = fork();
	assert_true(agent->pid >= 0);
	if (agent->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setenv("SNMPCONFPATH", agent->folder, 1); /* none of the machine's own; boots are kept */
		setenv("SNMP_PERSISTENT_DIR", agent->folder, 1);
		setenv("MIBS", "", 1);
		execl(SNMPD, "snmpd", "-f", "-Ln", "-c", conf, "-I", "-smux", listen, (char *)NULL);
		_exit(127);
	}
	free(conf);
	free(listen);
}

static void agent_stop(struct agent_process *agent)
{
	kill(agent->pid, SIGTERM);
	waitpid(agent->pid, NULL, 0);
}

/* Not connected: that nobody listens yet is no error, but one more tenth of a second to wait. */
static int talk_socket(void)
{
	struct timeval tenth = {.tv_usec = 100000};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tenth, sizeof tenth), 0);
	return fd;
}

static void talk_open(struct talk *talk, const struct agent_process *agent, const char *user,
    enum usm_auth auth, const char *auth_pass, enum usm_priv priv, const char *priv_pass)
{
	struct str why = {0};

	memset(talk, 0, sizeof *talk);
	talk->crypto = usm_crypto_new();
	talk->keys = usm_keys_new();
	credential_fill(&talk->credential, user, auth, auth_pass, priv, priv_pass);
	assert_int_equal(usm_user_init(&talk->user, &talk->credential, talk->crypto, &why), ERR_OK);
	user_settle(&talk->user, talk->keys);
	usm_engine_init(&talk->engine);
	talk->fd = talk_socket();
	talk->agent = (struct sockaddr_in){
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(agent->port)};
	talk->id = 1000;
	str_fini(&why);
}

static void talk_close(struct talk *talk)
{
	close(talk->fd);
	usm_engine_fini(&talk->engine);
	usm_user_fini(&talk->user);
	usm_keys_free(talk->keys);
	usm_crypto_free(talk->crypto);
	credential_empty(&talk->credential);
}

/* A probe, or a GET of sysContact.0. */
static void talk_build(struct talk *talk, struct ber_out *out, uint8_t *buf, size_t size)
{
	static const uint8_t contact[] = {0x2b, 6, 1, 2, 1, 1, 4, 0};

	ber_out_init(out, buf, size, 400);
	if (talk->engine.state == USM_ENGINE_UNKNOWN) {
		usm_message_probe(out, talk->id, 65507);
	} else {
		ber_append_null_varbind(out, contact, sizeof contact);
		pdu_enclose(out, PDU_GET, (int32_t)talk->id, 0, 0);
		assert_true(usm_message_wrap(talk->crypto, &talk->user, &talk->engine, out, talk->id, 65507,
		    clock_mono(clock_real())));
	}
	assert_false(out->overflow);
}

/* The answer to the last request; those to tries before it may still be on their way. */
static bool talk_receive(struct talk *talk, struct usm_message *message)
{
	ssize_t got;

	while ((got = recv(talk->fd, talk->reply, sizeof talk->reply, 0)) >= 0) {
		assert_true(usm_message_open(talk->reply, (size_t)got, message));
		if (message->id == talk->id)
			return true;
	}
	return false;
}

/* Sends, and again while nothing comes, as long as snmpd may take to start. */
static enum usm_verdict talk_once(struct talk *talk, unsigned tries)
{
	uint8_t buf[2048];
	struct usm_message message;
	struct ber_out out;
	bool answered = false;

	talk->id++;
	talk_build(talk, &out, buf, sizeof buf);
	for (unsigned i = 0; i < tries && !answered; i++) {
		assert_true(sendto(talk->fd, buf + out.head, ber_out_len(&out), 0,
				(struct sockaddr *)&talk->agent, sizeof talk->agent) > 0);
		answered = talk_receive(talk, &message);
	}
	if (!answered)
		return USM_VERDICT_COUNT;
	if (talk->engine.state == USM_ENGINE_UNKNOWN) {
		struct usm_localised localised;

		assert_true(usm_engine_learn_id(&talk->engine, message.engine.p, ber_left(&message.engine)));
		user_localise(&talk->user, talk->keys, &talk->engine.id, &localised);
		usm_engine_set_keys(&talk->engine, &localised);
	}
	return usm_message_verify(talk->crypto, &talk->user, &talk->engine, &message,
	    clock_mono(clock_real()), talk->plain, &talk->pdu);
}

static void assert_answered(struct talk *talk)
{
	struct varbind varbind;

	assert_int_equal(talk->pdu.type, PDU_RESPONSE);
	assert_int_equal(talk->pdu.request_id, talk->id);
	assert_int_equal(talk->pdu.error_status, 0);
	assert_int_equal(varbind_next(&talk->pdu.varbinds, &varbind), VARBIND_OK);
	assert_int_equal(varbind.value.type, VALUE_OCTETS);
	assert_int_equal(varbind.value.bytes.len, 6);
	assert_memory_equal(varbind.value.bytes.p, "nobody", 6);
}

static void assert_report(
    struct talk *talk, enum usm_verdict verdict, enum usm_verdict want, enum usm_report report)
{
	assert_int_equal(verdict, want);
	assert_int_equal(talk->pdu.type, PDU_REPORT);
	assert_int_equal(usm_report_of(&talk->pdu), report);
}

/* Discovery, time, answer, and from then on one packet each. */
static void first_contact(struct talk *talk)
{
	assert_report(talk, talk_once(talk, TRIES), USM_HINT, USM_REPORT_UNKNOWN_ENGINE);
	if (talk->user.level != USM_NO_AUTH) {
		assert_int_equal(talk->engine.state, USM_ENGINE_NEVER_HEARD);
		assert_report(talk, talk_once(talk, 20), USM_GENUINE, USM_REPORT_NOT_IN_TIME_WINDOW);
		assert_int_equal(talk->engine.state, USM_ENGINE_SYNCHRONISED);
	}
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(talk_once(talk, 20), USM_GENUINE);
		assert_answered(talk);
	}
}

static void every_level_and_protocol(void **state)
{
	struct agent_process *agent = *state;
	struct talk talk;

	for (enum usm_auth auth = USM_AUTH_NONE; auth < USM_AUTH_COUNT; auth++) {
		for (enum usm_priv priv = USM_PRIV_NONE; priv < USM_PRIV_COUNT; priv++) {
			char name[16];

			if ((auth == USM_AUTH_NONE && priv != USM_PRIV_NONE) ||
			    (priv != USM_PRIV_NONE && snmpd_privs[priv] == NULL))
				continue;
			if (auth == USM_AUTH_NONE)
				snprintf(name, sizeof name, "none");
			else if (priv == USM_PRIV_NONE)
				snprintf(name, sizeof name, "a%d", (int)auth);
			else
				snprintf(name, sizeof name, "a%dp%d", (int)auth, (int)priv);
			talk_open(&talk, agent, name, auth, AUTH_PASS, priv, PRIV_PASS);
			first_contact(&talk);
			talk_close(&talk);
		}
	}
}

static void what_is_wrong_is_told(void **state)
{
	struct agent_process *agent = *state;
	struct talk talk;

	talk_open(&talk, agent, "stranger", USM_AUTH_SHA, AUTH_PASS, USM_PRIV_NONE, NULL);
	talk_once(&talk, TRIES);
	assert_report(&talk, talk_once(&talk, 20), USM_HINT, USM_REPORT_UNKNOWN_USER);
	talk_close(&talk);
	talk_open(&talk, agent, "a2", USM_AUTH_SHA, "wrong horse", USM_PRIV_NONE, NULL);
	talk_once(&talk, TRIES);
	assert_report(&talk, talk_once(&talk, 20), USM_HINT, USM_REPORT_WRONG_DIGEST);
	talk_close(&talk);
	talk_open(&talk, agent, "a2", USM_AUTH_SHA, AUTH_PASS, USM_PRIV_AES_128, PRIV_PASS);
	talk_once(&talk, TRIES);
	assert_report(&talk, talk_once(&talk, 20), USM_HINT, USM_REPORT_UNSUPPORTED_LEVEL);
	talk_close(&talk);
	talk_open(&talk, agent, "a4p2", USM_AUTH_SHA_256, AUTH_PASS, USM_PRIV_AES_128, PRIV_PASS);
	talk.user.context = "vlan-7";
	talk_once(&talk, TRIES);
	talk_once(&talk, 20);
	assert_int_equal(talk_once(&talk, 2), USM_VERDICT_COUNT); /* snmpd 5.9.3 counts it and is silent */
	talk.user.context = "";
	assert_int_equal(talk_once(&talk, 20), USM_GENUINE);
	assert_answered(&talk);
	talk_close(&talk);
	talk_open(&talk, agent, "a4p2", USM_AUTH_SHA_256, AUTH_PASS, USM_PRIV_AES_128, "wrong staple");
	talk_once(&talk, TRIES);
	talk_once(&talk, 20);
	assert_int_equal(talk_once(&talk, 2), USM_VERDICT_COUNT); /* so with the wrong privacy key */
	talk_close(&talk);
}

/* One Report, and the next is an answer. */
static void after_a_restart_one_resynchronisation(void **state)
{
	struct agent_process *agent = *state;
	struct talk talk;

	talk_open(&talk, agent, "a4p2", USM_AUTH_SHA_256, AUTH_PASS, USM_PRIV_AES_128, PRIV_PASS);
	first_contact(&talk);
	agent_stop(agent);
	agent_start(agent);
	assert_report(&talk, talk_once(&talk, TRIES), USM_GENUINE, USM_REPORT_NOT_IN_TIME_WINDOW);
	assert_int_equal(talk.engine.restarts, 1);
	assert_int_equal(talk_once(&talk, 20), USM_GENUINE);
	assert_answered(&talk);
	/* Ours run ahead of the agent's: what it says is not believed, until we forget. */
	assert_true(usm_engine_hear(&talk.engine, 1000, 5, clock_mono(clock_real())));
	assert_report(&talk, talk_once(&talk, 20), USM_OUT_OF_TIME, USM_REPORT_NOT_IN_TIME_WINDOW);
	usm_engine_forget_time(&talk.engine);
	assert_report(&talk, talk_once(&talk, 20), USM_GENUINE, USM_REPORT_NOT_IN_TIME_WINDOW);
	assert_int_equal(talk_once(&talk, 20), USM_GENUINE);
	assert_answered(&talk);
	talk_close(&talk);
}

static int set_up(void **state)
{
	struct agent_process *agent = mem_alloc(sizeof *agent);

	snprintf(agent->folder, sizeof agent->folder, "/tmp/rollcall-usm-XXXXXX");
	if (access(SNMPD, X_OK) != 0 || mkdtemp(agent->folder) == NULL)
		return -1;
	agent->port = free_port();
	write_configuration(agent);
	agent_start(agent);
	*state = agent;
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	struct agent_process *agent = *state;
	int failed;

	agent_stop(agent);
	failed = nftw(agent->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(agent);
	return failed;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_level_and_protocol),
	    cmocka_unit_test(what_is_wrong_is_told),
	    cmocka_unit_test(after_a_restart_one_resynchronisation),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
