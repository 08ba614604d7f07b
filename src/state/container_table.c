/* SPDX-License-Identifier: Apache-2.0 */
/* The table of containers. */
#include "state/container_table.h"

#include "util/hash.h"
#include <sodium/crypto_hash_sha256.h>
#include <stdlib.h>
#include <string.h>

#include "util/cgroup_path.h"
#include "util/span.h"

struct container_entry {
	struct container container; /* first: a container is its entry */
	UT_hash_handle hh;
};

static void entry_free(struct container_entry *entry)
{
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++)
		free(entry->container.text[i]);
	free(entry->container.parent_id);
	free(entry);
}

/*
 * around: the path down to the element that carries the id. The id alone is no key: whoever may
 * make a cgroup may call it like a container that is there, and would pass for it. Nobody can
 * choose names that meet another container's key.
 */
static uint64_t key_of(const char *id, struct span around)
{
	unsigned char digest[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state hash;
	uint64_t key = 0;

	crypto_hash_sha256_init(&hash);
	crypto_hash_sha256_update(&hash, (const unsigned char *)id, strlen(id) + 1);
	crypto_hash_sha256_update(&hash, (const unsigned char *)around.data, around.len);
	crypto_hash_sha256_final(&hash, digest);
	for (unsigned i = 0; i < sizeof(key); i++)
		key = key << 8 | digest[i];
	return key;
}

static struct container_entry *entry_new(const struct cgroup_identity *identity, uint64_t key)
{
	struct container_entry *entry = memory_zeroed(sizeof(*entry));
	struct container *container = &entry->container;

	container->key = key;
	container->sandbox = identity->kind == CGROUP_SANDBOX;
	container->orchestrator = identity->orchestrator == CGROUP_ORCHESTRATOR_NONE
					  ? ""
					  : cgroup_orchestrator_name(identity->orchestrator);
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		const char *text = i == CONTAINER_TEXT_ID ? identity->container_id
				   : i == CONTAINER_TEXT_RUNTIME
					   ? cgroup_runtime_name(identity->runtime)
				   : i == CONTAINER_TEXT_POD_UID ? identity->pod_uid
								 : "";

		container->text[i] = memory_text(text);
	}
	container->parent_id = memory_text(identity->parent_container_id);
	return entry;
}

static struct container *join(struct container_table *table, const struct cgroup_identity *identity,
	struct span around, uint64_t made_ns)
{
	uint64_t key = key_of(identity->container_id, around);
	struct container_entry *entry;

	HASH_FIND(hh, table->entries, &key, sizeof(key), entry);
	if (!entry) {
		entry = entry_new(identity, key);
		entry->container.made_ns = made_ns;
		HASH_ADD(hh, table->entries, container.key, sizeof(key), entry);
	}
	entry->container.references++;
	return &entry->container;
}

struct container *container_join(struct container_table *table, struct span path, uint64_t made_ns)
{
	struct cgroup_identity identity;

	cgroup_path_identify(path, &identity);
	if ((identity.kind != CGROUP_CONTAINER && identity.kind != CGROUP_SANDBOX) ||
		!identity.container_id[0])
		return NULL;
	return join(
		table, &identity, (struct span){path.data, identity.container_path_len}, made_ns);
}

/*
 * The path down to the element that is called id: containerd's namespaces may each have a container
 * of that name. The first such element, because what lies below one was made by its container.
 */
static struct span path_around(struct span path, struct span id)
{
	for (size_t at = 0; at < path.len; at++) {
		struct span rest = {path.data + at, path.len - at};

		if ((at == 0 || path.data[at - 1] == '/') && rest.len >= id.len &&
			memcmp(rest.data, id.data, id.len) == 0 &&
			(rest.len == id.len || rest.data[id.len] == '/'))
			return (struct span){path.data, at + id.len};
	}
	return path;
}

struct container *container_join_confirmed(struct container_table *table, struct span path,
	uint64_t made_ns, const struct event *event)
{
	struct span id = event->container_text[CONTAINER_TEXT_ID];
	struct cgroup_identity identity = {
		.kind = CGROUP_CONTAINER, .runtime = CGROUP_RUNTIME_UNKNOWN};
	struct container *container;

	if (!(event->container->flags & CONTAINER_VERIFIED) || !id.len ||
		id.len >= sizeof(identity.container_id))
		return NULL;
	memcpy(identity.container_id, id.data, id.len);
	container = join(table, &identity, path_around(path, id), made_ns);
	container_answer(container, event);
	return container;
}

struct container *container_hold(struct container *container)
{
	container->references++;
	return container;
}

void container_leave(struct container_table *table, struct container *container)
{
	struct container_entry *entry = (struct container_entry *)container;

	if (!container || --container->references)
		return;
	HASH_DEL(table->entries, entry);
	entry_free(entry);
}

static bool same(const char *text, struct span span)
{
	return strlen(text) == span.len && memcmp(text, span.data, span.len) == 0;
}

void container_answer(struct container *container, const struct event *event)
{
	if (!event->container_text[CONTAINER_TEXT_ID].len ||
		!same(container->text[CONTAINER_TEXT_ID], event->container_text[CONTAINER_TEXT_ID]))
		return;
	container->inquiry.answered = true;
	container->flags = event->container->flags;
	container->created_ns = event->container->created_ns;
	for (unsigned i = 0; i < CONTAINER_TEXTS; i++) {
		struct span text = event->container_text[i];
		char *copy;

		/* Unconfirmed, the path is as good a hint as any, and names would be anybody's. */
		if (!text.len ||
			(!(container->flags & CONTAINER_VERIFIED) && i != CONTAINER_TEXT_RUNTIME))
			continue;
		copy = strndup(text.data, text.len);
		if (!copy)
			continue;
		free(container->text[i]);
		container->text[i] = copy;
	}
}

void container_seen(struct container *container, const struct process_key *process)
{
	if (!container->first.pid || process->start_ns < container->first.start_ns)
		container->first = *process;
}
