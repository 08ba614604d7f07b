/* SPDX-License-Identifier: Apache-2.0 */
/* What the stub pool says: to each call of each dialect, and as a proxy whose tunnels end here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "standin_talk.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define BLOB "101000000000000000000000000000000000000000000000000000000000000000000000000000"

/* Each format takes the number of the job, or nothing. */
#define CRYPTONOTE_JOB                                                                   \
	"{\"blob\":\"" BLOB "\",\"job_id\":\"%u\",\"target\":\"ffff0000\",\"height\":1," \
	"\"seed_hash\":\"" ZEROS "\",\"algo\":\"rx/0\"}"
#define CRYPTONOTE_PUSH "{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":" CRYPTONOTE_JOB "}\n"
#define BITCOIN_PUSH                                                            \
	"{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"%u\",\"" ZEROS \
	"\",\"00\",\"00\",[],\"20000000\",\"1d00ffff\",\"00000000\",true]}\n"
#define ETHEREUM_WORK "\"result\":[\"0x" ZEROS "\",\"0x" ZEROS "\",\"0x" ZEROS "\"]}\n"
#define ETHEREUM_PUSH "{\"id\":0,\"jsonrpc\":\"2.0\"," ETHEREUM_WORK

static const struct call {
	const char *method;
	const char *answer;
	const char *job; /* from now on this client is sent such jobs; NULL: nothing new */
} calls[] = {
	{"login",
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"id\":\"1\","
		"\"job\":" CRYPTONOTE_JOB ",\"status\":\"OK\"}}\n",
		CRYPTONOTE_PUSH},
	{"keepalived",
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,"
		"\"result\":{\"status\":\"KEEPALIVED\"}}\n",
		NULL},
	{"submit", "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":null,\"result\":{\"status\":\"OK\"}}\n",
		NULL},
	{"mining.subscribe",
		"{\"id\":1,\"result\":[[[\"mining.notify\",\"1\"]],\"00000000\",4],"
		"\"error\":null}\n",
		NULL},
	{"mining.authorize",
		"{\"id\":2,\"result\":true,\"error\":null}\n"
		"{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1]}\n" BITCOIN_PUSH,
		BITCOIN_PUSH},
	{"mining.submit", "{\"id\":3,\"result\":true,\"error\":null}\n", NULL},
	{"eth_submitLogin", "{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":true}\n", NULL},
	{"eth_getWork", "{\"id\":2,\"jsonrpc\":\"2.0\"," ETHEREUM_WORK, ETHEREUM_PUSH},
	{"eth_submitWork", "{\"id\":3,\"jsonrpc\":\"2.0\",\"result\":true}\n", NULL},
	{"getblocktemplate",
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":{\"blocktemplate_blob\":\"" BLOB
		"\",\"blockhashing_blob\":\"" BLOB "\",\"difficulty\":1,\"height\":%u,"
		"\"prev_hash\":\"" ZEROS "\",\"seed_hash\":\"" ZEROS "\",\"status\":\"OK\"}}",
		NULL},
};

static const struct call unknown = {NULL,
	"{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":{\"code\":-1,\"message\":\"Unknown method\"}}\n",
	NULL};

/* The call a line makes, whatever blanks and order it is in. */
static const struct call *find_call(const char *line)
{
	const char *method = strstr(line, "\"method\"");

	method = method ? method + strlen("\"method\"") : "";
	method += strspn(method, " \t:");
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		size_t len = strlen(calls[i].method);

		if (*method == '"' && strncmp(method + 1, calls[i].method, len) == 0 &&
			method[1 + len] == '"')
			return &calls[i];
	}
	return &unknown;
}

static size_t http_len(struct pool_client *client)
{
	const char *end = strstr(client->bytes, "\r\n\r\n");
	const char *length = strstr(client->bytes, "\r\nContent-Length:");
	size_t len;

	if (!end)
		return 0;
	len = end + 4 - client->bytes;
	if (length && length < end)
		len += strtoul(length + strlen("\r\nContent-Length:"), NULL, 10);
	return len <= client->used ? len : 0;
}

/* A greeting, then a request by name: all that our own client sends. */
static size_t socks_len(const struct pool_client *client)
{
	size_t len, at = client->greeted ? 4 : 1;

	if (client->used <= at)
		return 0;
	len = at + 1 + (unsigned char)client->bytes[at] + (client->greeted ? 2 : 0);
	return len <= client->used ? len : 0;
}

size_t pool_message(struct pool_client *client)
{
	const char *end;

	client->bytes[client->used] = '\0';
	if (client->used && client->bytes[0] == 5)
		return socks_len(client);
	client->http =
		strncmp(client->bytes, "POST ", 5) == 0 || strncmp(client->bytes, "GET ", 4) == 0;
	if (client->http || strncmp(client->bytes, "CONNECT ", 8) == 0)
		return http_len(client);
	end = memchr(client->bytes, '\n', client->used);
	return end ? (size_t)(end + 1 - client->bytes) : 0;
}

static int answer_socks(struct pool_client *client, int fd)
{
	static const char granted[10] = {5, 0, 0, 1};
	size_t len = client->greeted ? sizeof(granted) : 2;

	client->greeted = true;
	return write(fd, granted, len) == (ssize_t)len ? 0 : -EIO;
}

static int answer_http(const char *request, int fd, unsigned job)
{
	const char *end = strstr(request, "\r\n\r\n");
	char body[STANDIN_TALK_MAX];
	int len;

	if (strncmp(request, "GET ", 4) == 0)
		len = snprintf(body, sizeof(body), "{\"height\":%u,\"status\":\"OK\"}", job);
	else
		len = snprintf(body, sizeof(body), find_call(end)->answer, job);
	return dprintf(fd,
		"HTTP/1.1 200 Ok\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
		"\r\n%s",
		len, body);
}

int pool_answer(struct pool_client *client, size_t len, int fd, unsigned job)
{
	char message[STANDIN_TALK_MAX + 1];
	const struct call *call;

	memcpy(message, client->bytes, len);
	message[len] = '\0';
	if (message[0] == 5)
		return answer_socks(client, fd);
	if (client->http)
		return answer_http(message, fd, job);
	if (strncmp(message, "CONNECT ", 8) == 0)
		return dprintf(fd, "HTTP/1.1 200 Connection established\r\n\r\n");
	if (message[strspn(message, " \t\r\n")] == '\0')
		return 0;
	call = find_call(message);
	if (call->job)
		client->job = call->job;
	return dprintf(fd, call->answer, job);
}
