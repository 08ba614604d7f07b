// SPDX-License-Identifier: Apache-2.0
/* Which reader knows these first bytes, and how much of them may be kept. */
#include "wire/payload_class.h"

#include <netinet/in.h>
#include <string.h>

#include "util/span.h"
#include "wire/dns_answer.h"
#include "wire/http_head.h"
#include "wire/proxy_answer.h"
#include "wire/proxy_request.h"
#include "wire/stratum.h"
#include "wire/tls_hello.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The first words of HTTP/1 messages, and of HTTP/2. */
static const char *const http_words[] = {"HTTP/1.", "GET ", "POST ", "PUT ", "HEAD ", "DELETE ",
	"OPTIONS ", "PATCH ", "CONNECT ", "TRACE ", "PRI * HTTP/2"};

static struct span skip_blanks(struct span bytes)
{
	while (bytes.len && memchr(" \t\r\n", bytes.data[0], 4)) {
		bytes.data++;
		bytes.len--;
	}
	return bytes;
}

static bool is_json(struct span text)
{
	return text.len && (text.data[0] == '{' || text.data[0] == '[');
}

/* Begins with one of the words; *ret_more: is the beginning of one, so far. */
static bool is_http(struct span text, bool *ret_more)
{
	*ret_more = text.len == 0;
	for (size_t i = 0; text.len && i < COUNT(http_words); i++) {
		size_t len = strlen(http_words[i]);

		if (span_starts(text, http_words[i]))
			return true;
		*ret_more |= text.len < len && memcmp(text.data, http_words[i], text.len) == 0;
	}
	return false;
}

/* Mining beyond doubt: a login of another kind of server can look much the same. */
static bool is_mining(struct span bytes, struct stratum_message *ret_message)
{
	return stratum_read(bytes, ret_message) && ret_message->sure;
}

/* Bytes up to the bracket that closes the first; all where that is not there. */
static size_t json_value(struct span text)
{
	unsigned depth = 0;
	bool string = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.data[i];

		if (string && c == '\\')
			i++;
		else if (c == '"')
			string = !string;
		else if (!string && (c == '{' || c == '['))
			depth++;
		else if (!string && (c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return text.len;
}

/* The JSON values text begins with: what follows them may be header lines of a next message. */
static struct span json_values(struct span text)
{
	struct span rest = text;

	while (is_json(rest)) {
		size_t len = json_value(rest);

		rest = skip_blanks((struct span){rest.data + len, rest.len - len});
	}
	return (struct span){text.data, text.len - rest.len};
}

static struct payload_verdict classify_json(struct span text)
{
	struct payload_verdict verdict = {.class = PAYLOAD_OTHER_JSON, .more = true};
	struct span values = json_values(text);
	struct stratum_message message;

	if (is_mining(values, &message)) {
		verdict.class = PAYLOAD_STRATUM;
		verdict.keep[0] = values;
	}
	return verdict;
}

/*
 * A proxy's consent to CONNECT: what follows is the target's own. It has no line about a content,
 * which the answers of web servers and nodes have (RFC 9110 sections 8.3, 8.6, 9.3.6).
 */
static bool is_consent(const struct http_head *head)
{
	static const char *const content_lines[] = {
		"Content-Type", "Content-Length", "Transfer-Encoding"};

	for (size_t i = 0; i < COUNT(content_lines); i++)
		if (http_head_has(head, content_lines[i]))
			return false;
	return span_starts(head->line, "HTTP/1.0 2") || span_starts(head->line, "HTTP/1.1 2");
}

/* Behind the head of an HTTP message: a mining call, its answer, or what a proxy passes on. */
static struct payload_verdict classify_body(
	const struct http_head *head, struct span body, enum payload_direction direction)
{
	struct payload_verdict verdict = {.class = PAYLOAD_DAEMON, .more = true};
	char joined[EVENT_PAYLOAD_MAX] = "";
	struct span kept = {joined, 0};
	struct stratum_message message;

	verdict.keep[0] = head->line;
	verdict.keep[1] = head->blank;
	verdict.keep[2] = json_values(body);
	/* Only what is kept may decide. */
	kept.len = payload_keep(&verdict, joined, sizeof(joined));
	if (is_mining(kept, &message) &&
		(direction == PAYLOAD_SENT || message.dialect == STRATUM_DAEMON))
		return verdict;
	if (direction == PAYLOAD_RECEIVED && is_consent(head))
		verdict = classify_json(body);
	if (verdict.class != PAYLOAD_STRATUM)
		verdict = (struct payload_verdict){.class = PAYLOAD_OTHER_HTTP, .more = true};
	return verdict;
}

static struct payload_verdict classify_http(struct span text, enum payload_direction direction)
{
	struct http_head head = http_head_read(text);
	struct span body = skip_blanks(head.body);
	bool more;

	/* Calls without a body may come first: GET /getheight. */
	while (is_http(body, &more)) {
		head = http_head_read(body);
		body = skip_blanks(head.body);
	}
	if (is_json(body))
		return classify_body(&head, body, direction);
	return (struct payload_verdict){.class = PAYLOAD_OTHER_HTTP, .more = true};
}

static struct payload_verdict classify_hello(struct span bytes)
{
	struct payload_verdict verdict = {.class = PAYLOAD_OTHER};
	struct tls_hello hello;

	if (!tls_hello_read(bytes, &hello)) {
		verdict.more = tls_hello_begun(bytes);
		return verdict;
	}
	verdict.class = PAYLOAD_TLS;
	verdict.keep[0] = (struct span){bytes.data, hello.len};
	verdict.more = !hello.whole;
	return verdict;
}

/* What may be said to anybody, straight or through a proxy. */
static struct payload_verdict classify_direct(struct span bytes, enum payload_direction direction)
{
	struct payload_verdict verdict = {.class = PAYLOAD_OTHER};
	struct span text = skip_blanks(bytes);

	if (is_json(text))
		return classify_json(text);
	if (is_http(text, &verdict.more))
		return classify_http(text, direction);
	if (!verdict.more && direction == PAYLOAD_SENT)
		return classify_hello(bytes);
	return verdict;
}

static struct payload_verdict classify_sent(struct span bytes)
{
	struct payload_verdict verdict, inner;
	struct proxy_request request;

	if (!proxy_request_read(bytes, &request)) {
		verdict = classify_direct(bytes, PAYLOAD_SENT);
		verdict.more |= proxy_request_begun(bytes);
		return verdict;
	}
	verdict = (struct payload_verdict){
		.class = strcmp(request.kind, "connect") == 0 ? PAYLOAD_CONNECT : PAYLOAD_SOCKS,
		.keep = {request.keep[0], request.keep[1]},
		.more = true,
	};
	if (request.tunnel.len) {
		inner = classify_direct(request.tunnel, PAYLOAD_SENT);
		memcpy(verdict.keep + 2, inner.keep,
			sizeof(verdict.keep) - 2 * sizeof(inner.keep[0]));
		verdict.more = inner.more;
	}
	return verdict;
}

static struct payload_verdict classify_received(struct span bytes)
{
	struct span tunnel;

	if (!proxy_answer_skip(bytes, &tunnel))
		return classify_direct(bytes, PAYLOAD_RECEIVED);
	if (tunnel.len)
		return classify_direct(tunnel, PAYLOAD_RECEIVED);
	return (struct payload_verdict){.class = PAYLOAD_OTHER, .more = true};
}

static struct payload_verdict classify_datagram(struct span bytes, enum payload_direction direction)
{
	struct payload_verdict verdict = {.class = PAYLOAD_OTHER};
	struct dns_answer answer;

	if (direction == PAYLOAD_RECEIVED && dns_answer_read(bytes, &answer)) {
		verdict.class = PAYLOAD_DNS;
		verdict.keep[0] = bytes;
	}
	return verdict;
}

struct payload_verdict payload_classify(
	struct span bytes, enum payload_direction direction, unsigned protocol)
{
	struct payload_verdict verdict = {.class = PAYLOAD_OTHER, .more = true};

	if (protocol == IPPROTO_UDP)
		return classify_datagram(bytes, direction);
	if (bytes.len)
		verdict =
			direction == PAYLOAD_SENT ? classify_sent(bytes) : classify_received(bytes);
	verdict.more = verdict.more && bytes.len < EVENT_PAYLOAD_MAX;
	return verdict;
}

size_t payload_keep(const struct payload_verdict *verdict, char *buffer, size_t size)
{
	size_t len = 0;

	for (unsigned i = 0; i < PAYLOAD_PIECES; i++) {
		struct span piece = verdict->keep[i];

		if (piece.len > size - len)
			piece.len = size - len;
		if (piece.len)
			memcpy(buffer + len, piece.data, piece.len);
		len += piece.len;
	}
	return len;
}
