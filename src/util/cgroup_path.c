/* SPDX-License-Identifier: Apache-2.0 */
/* Walks a cgroup path from leaf to root and says what the cgroup is. */
#include "cgroup_path.h"

#include "cgroup_rule.h"

#define SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define TOLD(orchestrator) (1u << CGROUP_ORCHESTRATOR_##orchestrator)

/* What one walk has met. */
struct walk {
	const struct cgroup_rule *inner; /* innermost container */
	const struct cgroup_rule *outer; /* the container around it */
	const struct cgroup_rule *other; /* innermost layout that is no container */
	struct span inner_id, outer_id;
	struct span inner_name;
	struct span pod; /* uid of the pod that inner, or without one the leaf, belongs to */
	unsigned told; /* orchestrators named between outer and inner, or the leaf */
	unsigned told_inside; /* ... between inner and the leaf */
	unsigned doubts;
};

enum doubt {
	BELOW_CONTAINER = 1, /* the leaf is a child of the container's cgroup */
	BY_USER = 2, /* a user's service manager runs the container */
	BY_USER_ITSELF = 4, /* ... with nothing in between, which no engine does */
	IN_KUBERNETES = 8,
};

/* Where less is known than the layout alone promises; the first row whose doubts all hold. */
static const struct {
	unsigned doubts;
	enum cgroup_runtime runtime; /* NONE: any */
	enum cgroup_confidence confidence;
} doubts[] = {
	{BY_USER_ITSELF, CGROUP_RUNTIME_NONE, CGROUP_LOW},
	{BY_USER | IN_KUBERNETES, CGROUP_RUNTIME_NONE, CGROUP_MEDIUM},
	{BY_USER, CGROUP_RUNTIME_NERDCTL, CGROUP_MEDIUM},
	{BELOW_CONTAINER, CGROUP_RUNTIME_CRIO, CGROUP_MEDIUM},
};

/* What lies inside a container is its own affair, a nested node's pod too: start afresh. */
static void enter_container(struct walk *walk, const struct cgroup_element *element,
	const struct cgroup_rule *rule, struct span id)
{
	walk->inner = rule;
	walk->inner_id = id;
	walk->inner_name = element->name;
	walk->told_inside = walk->told;
	walk->told = 0;
	walk->pod = (struct span){NULL, 0};
	if (element->child.len > 0)
		walk->doubts |= BELOW_CONTAINER;
}

static void note_surroundings(
	struct walk *walk, const struct cgroup_element *element, const struct cgroup_rule *rule)
{
	struct span uid;

	if (rule && rule->kind != CGROUP_CONTAINER && rule->kind != CGROUP_SANDBOX) {
		walk->told |= 1u << rule->orchestrator;
		if (!walk->other || walk->other->kind == CGROUP_HOST)
			walk->other = rule;
	}
	if (walk->pod.len == 0)
		cgroup_rule_pod(element->name, &walk->pod);
	if (walk->inner && cgroup_shape_between(element->name, "user@", ".service", &uid) &&
		cgroup_shape_fits(NUMBER, uid)) {
		walk->doubts |= BY_USER;
		if (element->child.data == walk->inner_name.data)
			walk->doubts |= BY_USER_ITSELF;
	}
}

static void walk_path(struct walk *walk, struct span path)
{
	struct cgroup_element element;
	struct span id;

	for (bool more = cgroup_element_leaf(path, &element); more;
		more = cgroup_element_up(&element)) {
		const struct cgroup_rule *rule = cgroup_rule_find(&element, &id);
		bool container =
			rule && (rule->kind == CGROUP_CONTAINER || rule->kind == CGROUP_SANDBOX);

		if (container && walk->inner) {
			walk->outer = rule;
			walk->outer_id = id;
			return;
		}
		if (container)
			enter_container(walk, &element, rule, id);
		note_surroundings(walk, &element, rule);
	}
}

static enum cgroup_orchestrator orchestrator_of(const struct walk *walk)
{
	const struct cgroup_rule *rule = walk->inner ? walk->inner : walk->other;
	enum cgroup_runtime outer = walk->outer ? walk->outer->runtime : CGROUP_RUNTIME_NONE;

	if (rule && rule->kind != CGROUP_HOST && rule->orchestrator)
		return rule->orchestrator;
	if (walk->outer && walk->told & TOLD(KIND))
		return CGROUP_ORCHESTRATOR_KIND;
	if (walk->pod.len > 0) {
		if (outer == CGROUP_RUNTIME_DOCKER || outer == CGROUP_RUNTIME_PODMAN)
			return CGROUP_ORCHESTRATOR_MINIKUBE;
		return walk->told & TOLD(K3S) ? CGROUP_ORCHESTRATOR_K3S : CGROUP_ORCHESTRATOR_K8S;
	}
	if (!walk->inner)
		return CGROUP_ORCHESTRATOR_NONE;
	if (outer == CGROUP_RUNTIME_LXC)
		return walk->outer->orchestrator ? walk->outer->orchestrator
						 : CGROUP_ORCHESTRATOR_LXD;
	if (walk->told_inside & TOLD(KIND))
		return CGROUP_ORCHESTRATOR_KIND;
	if (walk->told & TOLD(PODMAN_POD))
		return CGROUP_ORCHESTRATOR_PODMAN_POD;
	return walk->told & TOLD(ECS) ? CGROUP_ORCHESTRATOR_ECS : CGROUP_ORCHESTRATOR_NONE;
}

static enum cgroup_confidence confidence_of(const struct walk *walk)
{
	unsigned held = walk->doubts | (walk->pod.len > 0 ? IN_KUBERNETES : 0);

	for (size_t i = 0; i < SIZE(doubts); i++)
		if ((held & doubts[i].doubts) == doubts[i].doubts &&
			(!doubts[i].runtime || doubts[i].runtime == walk->inner->runtime))
			return doubts[i].confidence;
	return walk->inner->confidence;
}

static void copy_pod_uid(struct span uid, char ret_uid[CGROUP_POD_UID_SIZE])
{
	size_t len = 0;

	for (; len < uid.len && len < CGROUP_POD_UID_SIZE - 1; len++)
		ret_uid[len] = uid.data[len] == '_' ? '-' : uid.data[len];
	ret_uid[len] = '\0';
}

void cgroup_path_identify(struct span path, struct cgroup_identity *ret_identity)
{
	struct walk walk = {0};

	if (path.len > CGROUP_PATH_LIMIT) {
		path.len = CGROUP_PATH_LIMIT;
		while (path.len > 0 && path.data[path.len - 1] != '/')
			path.len--; /* a part of a name could be taken for an id */
	}
	walk_path(&walk, path);
	*ret_identity = (struct cgroup_identity){.confidence = CGROUP_HIGH};
	ret_identity->orchestrator = orchestrator_of(&walk);
	copy_pod_uid(walk.pod, ret_identity->pod_uid);
	if (walk.inner) {
		ret_identity->kind = walk.inner->kind;
		ret_identity->runtime = walk.inner->runtime;
		ret_identity->confidence = confidence_of(&walk);
		cgroup_shape_copy(walk.inner_id, ret_identity->container_id);
		cgroup_shape_copy(walk.outer_id, ret_identity->parent_container_id);
		ret_identity->container_path_len =
			(size_t)(walk.inner_name.data - path.data) + walk.inner_name.len;
	} else if (walk.other && (walk.other->kind != CGROUP_HOST || walk.pod.len == 0)) {
		ret_identity->kind = walk.other->kind;
		ret_identity->confidence = walk.other->confidence;
	} else if (walk.pod.len > 0) {
		ret_identity->kind = CGROUP_POD;
	}
}
