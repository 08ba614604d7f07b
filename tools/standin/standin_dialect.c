/* SPDX-License-Identifier: Apache-2.0 */
/* What a miner says to its pool, by dialect: a login, then signs of life and empty results. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "standin_talk.h"

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define HASH "0x" ZEROS

/* One write(2) a line, as the miners do whose talk this is. */
__attribute__((format(printf, 2, 3))) static int say(
	struct channel *channel, const char *format, ...)
{
	char line[STANDIN_TALK_MAX], shaped[STANDIN_TALK_MAX];
	va_list arguments;
	int len;

	va_start(arguments, format);
	len = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (len < 0 || len >= (int)sizeof(line))
		return -E2BIG;
	len = line_shape(channel->options->line, line, shaped);
	return len < 0 ? len : channel_send(channel, shaped, len);
}

static int cryptonote_greet(struct channel *channel)
{
	const struct standin_options *options = channel->options;

	return say(channel,
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"login\",\"params\":{\"login\":\"%s\","
		"\"pass\":\"%s\",\"agent\":\"%s\",\"rigid\":\"%s\",\"algo\":[\"rx/0\"]}}\n",
		options->user, options->pass, options->agent, options->worker);
}

static int cryptonote_beat(struct channel *channel, unsigned number)
{
	int err = say(channel,
		"{\"id\":%u,\"jsonrpc\":\"2.0\",\"method\":\"keepalived\","
		"\"params\":{\"id\":\"1\"}}\n",
		2 * number);

	if (err)
		return err;
	return say(channel,
		"{\"id\":%u,\"jsonrpc\":\"2.0\",\"method\":\"submit\",\"params\":{\"id\":\"1\","
		"\"job_id\":\"%u\",\"nonce\":\"00000000\",\"result\":\"" ZEROS "\"}}\n",
		2 * number + 1, number);
}

/* Miners wait for the answer to the first call before they say who they are. */
static int bitcoin_greet(struct channel *channel)
{
	const struct standin_options *options = channel->options;
	char answer[STANDIN_TALK_MAX];
	int err = say(channel, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[\"%s\"]}\n",
		options->agent);

	if (!err)
		err = channel_hear(channel, answer);
	if (err)
		return err;
	return say(channel,
		"{\"id\":2,\"method\":\"mining.authorize\",\"params\":[\"%s.%s\",\"%s\"]}\n",
		options->user, options->worker, options->pass);
}

static int bitcoin_beat(struct channel *channel, unsigned number)
{
	return say(channel,
		"{\"id\":%u,\"method\":\"mining.submit\",\"params\":[\"%s.%s\",\"%u\","
		"\"00000000\",\"00000000\",\"00000000\"]}\n",
		number + 2, channel->options->user, channel->options->worker, number);
}

static int ethereum_greet(struct channel *channel)
{
	const struct standin_options *options = channel->options;
	int err = say(channel,
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"eth_submitLogin\","
		"\"params\":[\"%s\",\"%s\"],\"worker\":\"%s\"}\n",
		options->user, options->pass, options->worker);

	if (err)
		return err;
	return say(channel,
		"{\"id\":2,\"jsonrpc\":\"2.0\",\"method\":\"eth_getWork\",\"params\":[]}\n");
}

static int ethereum_beat(struct channel *channel, unsigned number)
{
	return say(channel,
		"{\"id\":%u,\"jsonrpc\":\"2.0\",\"method\":\"eth_submitWork\","
		"\"params\":[\"0x0000000000000000\",\"" HASH "\",\"" HASH "\"]}\n",
		number + 2);
}

/* A node asked for a block to work at: over HTTP, the wallet in the call. */
static int daemon_greet(struct channel *channel)
{
	const struct standin_options *options = channel->options;
	char line[STANDIN_TALK_MAX / 2], body[STANDIN_TALK_MAX], request[STANDIN_TALK_MAX];
	int len;

	len = snprintf(line, sizeof(line),
		"{\"id\":1,\"jsonrpc\":\"2.0\",\"method\":\"getblocktemplate\",\"params\":{"
		"\"wallet_address\":\"%s\",\"extra_nonce\":\"0000000000000000\"}}",
		options->user);
	if (len >= (int)sizeof(line))
		return -E2BIG;
	len = line_shape(options->line, line, body);
	if (len < 0)
		return len;
	len = snprintf(request, sizeof(request),
		"POST /json_rpc HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\n"
		"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%.*s",
		options->pool, options->agent, len, len, body);
	return len < (int)sizeof(request) ? channel_send(channel, request, len) : -E2BIG;
}

static int daemon_beat(struct channel *channel, unsigned number)
{
	static const char poll[] = "GET /getheight HTTP/1.1\r\nHost: node\r\n\r\n";

	if (number % 2)
		return channel_send(channel, poll, sizeof(poll) - 1);
	return daemon_greet(channel);
}

static const struct dialect {
	const char *name;
	int (*greet)(struct channel *channel);
	int (*beat)(struct channel *channel, unsigned number);
} dialects[] = {
	{"cryptonote", cryptonote_greet, cryptonote_beat},
	{"bitcoin", bitcoin_greet, bitcoin_beat},
	{"ethereum", ethereum_greet, ethereum_beat},
	{"daemon", daemon_greet, daemon_beat},
};

static const struct dialect *find(const char *name)
{
	for (size_t i = 0; i < sizeof(dialects) / sizeof(dialects[0]); i++)
		if (strcmp(dialects[i].name, name) == 0)
			return &dialects[i];
	return NULL;
}

int dialect_greet(struct channel *channel)
{
	const struct dialect *dialect = find(channel->options->dialect);

	return dialect ? dialect->greet(channel) : -EINVAL;
}

int dialect_beat(struct channel *channel, unsigned number)
{
	/* Nothing can follow a line that has no end. */
	if (strcmp(channel->options->line, "truncated") == 0)
		return 0;
	return find(channel->options->dialect)->beat(channel, number);
}
