/* SPDX-License-Identifier: Apache-2.0 */
/* Tells the cgroups apart whose processes need not belong together. */
#include "cgroup_rule.h"

bool cgroup_path_is_root(struct span path)
{
	struct cgroup_element leaf;

	return !cgroup_element_leaf(path, &leaf);
}

bool cgroup_path_is_slice(struct span path)
{
	struct cgroup_element leaf;
	struct span name;

	return cgroup_element_leaf(path, &leaf) &&
	       cgroup_shape_between(leaf.name, "", ".slice", &name);
}

/* logind's ids: the audit session's number, else c and a counter. */
static bool session_id_fits(struct span id)
{
	struct span number;

	return cgroup_shape_fits(NUMBER, id) ||
	       (cgroup_shape_between(id, "c", "", &number) && cgroup_shape_fits(NUMBER, number));
}

bool cgroup_path_is_login_session(struct span path)
{
	struct cgroup_element leaf, parent;
	struct span id, user;

	if (!cgroup_element_leaf(path, &leaf))
		return false;
	if (!cgroup_element_leaf(leaf.above, &parent))
		return session_id_fits(leaf.name);
	if (cgroup_shape_between(leaf.name, "session-", ".scope", &id))
		return session_id_fits(id) &&
		       cgroup_shape_between(parent.name, "user-", ".slice", &user);
	if (!cgroup_shape_is(parent.above, "/user"))
		return false;
	return session_id_fits(leaf.name) ||
	       (cgroup_shape_between(leaf.name, "", ".session", &id) && session_id_fits(id));
}

bool cgroup_path_is_pod_parent(struct span path)
{
	struct cgroup_element leaf, parent;
	const struct cgroup_rule *rule;
	struct span id;

	if (!cgroup_element_leaf(path, &leaf))
		return false;
	rule = cgroup_rule_find(&leaf, &id);
	if (rule)
		return rule->kind == CGROUP_POD;
	if (cgroup_rule_pod(leaf.name, &id) || cgroup_shape_is(leaf.name, "kubepods"))
		return true;
	return cgroup_element_leaf(leaf.above, &parent) &&
	       cgroup_shape_is(parent.name, "kubepods") &&
	       (cgroup_shape_is(leaf.name, "burstable") ||
		       cgroup_shape_is(leaf.name, "besteffort"));
}
