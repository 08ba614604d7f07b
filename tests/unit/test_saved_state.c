/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which file the state goes to, that one sensor writes to it, and what is read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "saved_state.h"
#include "trace_fixture.h"
#include "util/span.h"

#define WAIT_MS 10000 /* guards against hanging alone */

static const char boot[STATE_BOOT_ID_SIZE] = "01234567-89ab-cdef-0123-456789abcdef";

static struct saved_state state_open(const char *path)
{
	struct saved_state state = {.fd = -1};

	memcpy(state.boot_id, boot, sizeof(boot));
	assert_int_equal(saved_state_open(path, &state.fd), 0);
	return state;
}

static void state_close(struct saved_state *state)
{
	saved_state_done(state);
	close(state->fd);
}

/* What a start of its own reads. */
static int load(const char *path, struct state_item *ret_item, unsigned *ret_slot)
{
	struct saved_state state = state_open(path);
	static char text[64];
	struct state_found found;
	void *bytes;
	int err = saved_state_load(&state, &bytes, &found);

	if (err == 0) {
		*ret_slot = found.slot;
		assert_int_equal(state.next, 1 - found.slot);
		assert_int_equal(state.sequence, found.sequence);
		assert_true(state_file_next(&found.items, ret_item));
		assert_true(ret_item->bytes.len < sizeof(text));
		memcpy(text, ret_item->bytes.data, ret_item->bytes.len);
		ret_item->bytes.data = text;
		free(bytes);
	}
	state_close(&state);
	return err;
}

static void save(struct saved_state *state, const char *line)
{
	state_slot_begin(&state->slot);
	state_slot_line(&state->slot, 0, SEVERITY_HIGH, span_of(line));
	saved_state_write(state);
}

static void in_turn(void **context)
{
	const char *path = scratch_path("turn");
	struct saved_state state = state_open(path);
	struct state_item item;
	struct state_found found;
	struct stat stat;
	unsigned slot;
	void *bytes;

	(void)context;
	assert_int_equal(load(path, &item, &slot), -ENOENT);
	assert_int_equal(saved_state_load(&state, &bytes, &found), -ENOENT);
	assert_int_equal(fstat(state.fd, &stat), 0);
	assert_int_equal(stat.st_mode & 07777, 0600);
	for (unsigned i = 0; i < 4; i++) {
		char line[] = "line 0\n";

		line[5] += (char)i;
		save(&state, line);
		assert_int_equal(state.error, 0);
		assert_int_equal(state.sequence, i + 1);
		assert_int_equal(load(path, &item, &slot), 0);
		assert_int_equal(slot, i % 2);
		assert_true(span_equal(item.bytes, span_of(line)));
		/* Nothing new is not written. */
		save(&state, line);
		assert_int_equal(state.sequence, i + 1);
	}
	state_close(&state);
}

/* Cut off in the middle, as by a full disk: what stood before counts, and is not overwritten. */
static void a_failed_write(void **context)
{
	const char *path = scratch_path("full");
	struct saved_state state = state_open(path);
	struct rlimit before, limit;
	struct state_item item;
	struct state_found found;
	unsigned slot;
	void *bytes;

	(void)context;
	assert_int_equal(saved_state_load(&state, &bytes, &found), -ENOENT);
	save(&state, "kept\n");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = STATE_SLOT_SIZE + 60; /* in the head of the second slot */
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	save(&state, "lost\n");
	assert_int_equal(state.error, -EFBIG); /* which a limit says */
	assert_int_equal(load(path, &item, &slot), 0);
	assert_true(span_equal(item.bytes, span_of("kept\n")));
	save(&state, "lost too\n");
	assert_int_equal(state.error, -EFBIG); /* which a limit says */
	assert_int_equal(load(path, &item, &slot), 0);
	assert_true(span_equal(item.bytes, span_of("kept\n")));
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	save(&state, "kept\n"); /* the same again, but the last write failed */
	assert_int_equal(state.error, 0);
	assert_int_equal(state.sequence, 2);
	state_close(&state);
}

static void files_that_are_not_ours(void **context)
{
	static const struct {
		const char *name;
		int result;
	} rows[] = {
		{"link", -ELOOP},
		{"dangling", -ELOOP},
		{"fifo", -EINVAL},
		{"/dev/null", -EINVAL},
		{"twice", -EPERM},
		{"open-to-group", -EPERM},
		{"open-to-others", -EPERM},
		{"own", 0},
		{"new", 0},
		{".", -EISDIR},
		{"none/there", -ENOENT},
	};

	(void)context;
	file_write(scratch_path("own"), "", 0);
	assert_int_equal(chmod(scratch_path("own"), 0600), 0);
	assert_int_equal(symlink(scratch_path("own"), scratch_path("link")), 0);
	assert_int_equal(symlink(scratch_path("nothing"), scratch_path("dangling")), 0);
	assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
	file_write(scratch_path("twice"), "", 0);
	assert_int_equal(chmod(scratch_path("twice"), 0600), 0);
	assert_int_equal(link(scratch_path("twice"), scratch_path("other-name")), 0);
	file_write(scratch_path("open-to-group"), "", 0);
	assert_int_equal(chmod(scratch_path("open-to-group"), 0620), 0);
	file_write(scratch_path("open-to-others"), "", 0);
	assert_int_equal(chmod(scratch_path("open-to-others"), 0604), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *path =
			rows[i].name[0] == '/' ? rows[i].name : scratch_path(rows[i].name);
		int fd = -1, result = saved_state_open(path, &fd);

		if (result != rows[i].result)
			fail_msg("%s: %d", rows[i].name, result);
		if (result == 0)
			close(fd);
	}
	assert_int_equal(access(scratch_path("nothing"), F_OK), -1);
}

/* Another user's: only root can make one. */
static void a_file_of_another_user(void **context)
{
	int fd;

	(void)context;
	if (geteuid() != 0)
		skip();
	file_write(scratch_path("foreign"), "", 0);
	assert_int_equal(chmod(scratch_path("foreign"), 0600), 0);
	assert_int_equal(chown(scratch_path("foreign"), 65534, 65534), 0);
	assert_int_equal(saved_state_open(scratch_path("foreign"), &fd), -EPERM);
}

/* A child that holds the lock, told by the pipe when to end. */
static pid_t start_holder(const char *path, int ready[2], int end[2])
{
	pid_t holder = fork(), ignored;
	char byte = 0;

	if (holder == 0) {
		struct saved_state state = state_open(path);

		close(end[1]);
		byte = saved_state_lock(&state, 0, &ignored) == 0;
		if (write(ready[1], &byte, 1) == 1 && read(end[0], &byte, 1) == 0)
			_exit(0);
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(byte, 1);
	return holder;
}

static void one_writer(void **context)
{
	const char *path = scratch_path("lock");
	struct saved_state state = state_open(path);
	int ready[2], end[2], status;
	pid_t holder, told = 0;

	(void)context;
	assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(end, O_CLOEXEC), 0);
	holder = start_holder(path, ready, end);
	assert_int_equal(saved_state_lock(&state, 30, &told), -EBUSY);
	assert_int_equal(told, holder);
	/* One that is about to die is waited for. */
	kill(holder, SIGKILL);
	assert_int_equal(saved_state_lock(&state, WAIT_MS, &told), 0);
	assert_int_equal(waitpid(holder, &status, 0), holder);
	close(ready[0]);
	close(ready[1]);
	close(end[0]);
	close(end[1]);
	state_close(&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_turn),
		cmocka_unit_test(a_failed_write),
		cmocka_unit_test(files_that_are_not_ours),
		cmocka_unit_test(a_file_of_another_user),
		cmocka_unit_test(one_writer),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
