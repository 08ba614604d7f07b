/* SPDX-License-Identifier: Apache-2.0 */
/* A made-up host: /proc and the files of container runtimes, as each of them leaves them. */
#ifndef MINERWATCH_CONTAINER_FIXTURE_H
#define MINERWATCH_CONTAINER_FIXTURE_H

#include <stddef.h>

#include "event.h"

#define FIXTURE_ID "5694f82f44168cc048e014ae14d1b0c8ef673bec49f329dc169911ea638f63c2"
#define FIXTURE_SANDBOX "1b3319ed9c1d4cca681f9c102da9b015555785b6240c4e4619f11b535cabdc07"
#define FIXTURE_OTHER "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define FIXTURE_UID "eb052b63-ea96-4728-ab4a-64ab3babccd7"
#define FIXTURE_POD "/kubepods/besteffort/pod" FIXTURE_UID

/* Where the files lie below the fixture's directory; host/ is the host's root. */
#define FIXTURE_TASKS "host/run/containerd/io.containerd.runtime.v2.task"
#define FIXTURE_CRI_BUNDLE FIXTURE_TASKS "/k8s.io/" FIXTURE_ID
#define FIXTURE_CRI_STATE "host/run/containerd/runc/k8s.io/" FIXTURE_ID "/state.json"
#define FIXTURE_DOCKER_BUNDLE FIXTURE_TASKS "/moby/" FIXTURE_ID
#define FIXTURE_CTR_BUNDLE FIXTURE_TASKS "/tools/one"
#define FIXTURE_STORAGE "host/var/lib/containers/storage/overlay-containers"

enum fixture_kind { FIXTURE_CRI, FIXTURE_DOCKER, FIXTURE_CTR, FIXTURE_PODMAN, FIXTURE_BARE };

/*
 * Processes of every kind: 1 and 2 (init and kthreadd), 50 (the container's monitor; for BARE a
 * process of the host), 100 (the container's init), 101 (executed in it).
 */
struct container_fixture {
	enum fixture_kind kind;
	char dir[32]; /* in /tmp */
};

void fixture_make(struct container_fixture *fixture, enum fixture_kind kind);
void fixture_remove(const struct container_fixture *fixture);

/* The cgroup of the container. */
const char *fixture_path(enum fixture_kind kind);

/* Writes a file, whose directories are made; ' in text becomes ", | becomes NUL. */
void fixture_write(const struct container_fixture *fixture, const char *path, const char *text);
/* Start time in clock ticks; ' in comm is not changed. */
void fixture_process(const struct container_fixture *fixture, unsigned pid, unsigned ppid,
	const char *comm, unsigned start);
/* Makes path the same file as target, in place of what it was; both below the fixture. */
void fixture_link(const struct container_fixture *fixture, const char *target, const char *path);
/* The same as a symbolic link. */
void fixture_symlink(const struct container_fixture *fixture, const char *target, const char *path);
void fixture_delete(const struct container_fixture *fixture, const char *path);
/*
 * Asks about process pid, started at start, in cgroup path; the record's cgroup id is 77. Returns
 * the record's length.
 */
size_t fixture_examine(const struct container_fixture *fixture, unsigned pid, unsigned start,
	const char *path, __u64 *record);
/*
 * Asks about process 101 in cgroup path (NULL: the container's). 1: verified; 0: not, and then that
 * the record holds no more than id and runtime; -1: no record.
 */
int fixture_is_verified(const struct container_fixture *fixture, const char *path);
/* Full path, in a static buffer. */
const char *fixture_file(const struct container_fixture *fixture, const char *path);

#endif
