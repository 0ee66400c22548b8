#include "snmp/bounce.h"

#include <string.h>
#include <time.h>
#include <linux/errqueue.h>

static bool is_error_report(const struct cmsghdr *cmsg)
{
	return (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_RECVERR) ||
	       (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_RECVERR);
}

bool bounce_read(int fd, struct bounce *bounce)
{
	struct sockaddr_storage to;
	union {
		char octets[512];
		struct cmsghdr align;
	} control;
	struct iovec slice = {bounce->quoted, sizeof bounce->quoted};
	struct msghdr header = {.msg_name = &to,
	    .msg_namelen = sizeof to,
	    .msg_iov = &slice,
	    .msg_iovlen = 1,
	    .msg_control = &control,
	    .msg_controllen = sizeof control};
	ssize_t n = recvmsg(fd, &header, MSG_ERRQUEUE | MSG_DONTWAIT);

	if (n < 0)
		return false;
	bounce->error = 0;
	bounce->len = (size_t)n;
	memset(&to, 0, header.msg_namelen == 0 ? sizeof to : 0);
	for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(&header); cmsg != NULL; cmsg = CMSG_NXTHDR(&header, cmsg)) {
		struct sock_extended_err report;

		if (!is_error_report(cmsg) || cmsg->cmsg_len < CMSG_LEN(sizeof report))
			continue;
		memcpy(&report, CMSG_DATA(cmsg), sizeof report);
		if (report.ee_origin == SO_EE_ORIGIN_ICMP || report.ee_origin == SO_EE_ORIGIN_ICMP6)
			bounce->error = (int)report.ee_errno;
	}
	if (!address_from_sockaddr(&bounce->to, (const struct sockaddr *)&to, header.msg_namelen))
		bounce->error = 0;
	return true;
}
