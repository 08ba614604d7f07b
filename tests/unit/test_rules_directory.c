// SPDX-License-Identifier: Apache-2.0
/* Unit test of src/rules_directory.c: which files a --rules directory may hold. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those */
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules_fixture.h"

static void test_names_refused(void **state)
{
	static const struct refusal rows[] = {
		{"weights.add.list", "", "weights.add.list: is not the name"},
		{"weights.conf.add", "", "weights.conf.add: is not the name"},
		{"pool.list", "", "pool.list: is not the name"},
		{".pools.list.swp", "", ".pools.list.swp: is not the name"},
		{"a\nb", "", "a?b: is not the name"},
	};

	(void)state;
	assert_rows_refused(rows, COUNT(rows));
}

static void test_file_kinds(void **state)
{
	char path[FIXTURE_PATH_SIZE], other[FIXTURE_PATH_SIZE];

	(void)state;
	directory_path("pools.list", path);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_refused("pools.list: is not a regular file");
	unlink(path);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_refused("pools.list: is not a regular file");
	rmdir(path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_refused("pools.list: cannot open: a link is absolute or leads out");
	unlink(path);
	directory_text("..pools", "127.0.0.1\n");
	directory_path("..pools", other);
	assert_int_equal(symlink(other, path), 0);
	assert_refused("pools.list: cannot open: a link is absolute");
	unlink(path);
	assert_int_equal(symlink("../../etc/passwd", path), 0);
	assert_refused("pools.list: cannot open: a link is absolute or leads out");
	unlink(path);
	assert_int_equal(symlink("..data/nothing", path), 0);
	assert_refused("pools.list: cannot open: No such file");
	unlink(path);
	directory_text("pools.list", "");
	assert_int_equal(chmod(path, 0664), 0);
	assert_refused("pools.list: can be written by its group or by others");
	assert_int_equal(chmod(path, 0646), 0);
	assert_refused("pools.list: can be written by its group or by others");
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(truncate(path, (8 << 20) + 1), 0);
	assert_refused("pools.list: is too large");
	unlink(path);
	directory_path("ports.list", other);
	directory_text("ports.list", "x\n");
	directory_text("pools.list", "y\n");
	assert_refused("ports.list:1: not a port");
	assert_refused("pools.list:1: not HOST");
}

static void test_owner(void **state)
{
	char path[FIXTURE_PATH_SIZE];

	(void)state;
	if (getuid() != 0) {
		print_message("skipped: only root can give a file away\n");
		skip();
	}
	directory_text("pools.list", "");
	directory_path("pools.list", path);
	assert_int_equal(chown(path, 65534, 0), 0);
	assert_refused("pools.list: belongs neither to root");
}

/* As the kubelet lays out a ConfigMap. */
static void config_map_make(void)
{
	char path[FIXTURE_PATH_SIZE];

	directory_path("..2026_01_31", path);
	assert_int_equal(mkdir(path, 0755), 0);
	directory_text("..2026_01_31/pools.add.list", "127.0.0.1:13333\n");
	directory_path("..data", path);
	assert_int_equal(symlink("..2026_01_31", path), 0);
	directory_path("pools.add.list", path);
	assert_int_equal(symlink("..data/pools.add.list", path), 0);
	assert_int_equal(chmod(directory_name(), 0777), 0);
}

static void test_config_map(void **state)
{
	struct rules *rules;

	(void)state;
	config_map_make();
	rules = directory_load_sound();
	assert_non_null(pool_at(rules, "127.0.0.1", 13333));
	rules_free(rules);
}

/* Where the kernel or a filter refuses openat2, plain files load and links do not. */
static int load_without_openat2(unsigned error)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = {COUNT(code), code};
	struct rules *rules = NULL;
	FILE *out = fopen("/dev/null", "we");
	int err;

	if (!out || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
		prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 99;
	err = rules_load(directory_name(), out, &rules);
	rules_free(rules);
	fclose(out);
	return -err;
}

static int child_load(unsigned error)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(load_without_openat2(error));
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void test_without_openat2(void **state)
{
	char path[FIXTURE_PATH_SIZE], target[FIXTURE_PATH_SIZE];

	(void)state;
	directory_text("pools.list", "127.0.0.1\n");
	assert_int_equal(child_load(ENOSYS), 0);
	assert_int_equal(child_load(EPERM), 0);
	/* Sound but for the link: the link alone is what is refused. */
	directory_text("..pools", "127.0.0.1\n");
	directory_path("pools.list", path);
	directory_path("..pools", target);
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
	assert_int_equal(child_load(ENOSYS), EINVAL);
	assert_int_equal(child_load(EPERM), EINVAL);
}

static void test_directory(void **state)
{
	struct rules *rules = NULL;

	(void)state;
	rmdir(directory_name());
	assert_int_equal(directory_load(&rules), -ENOENT);
	assert_non_null(strstr(directory_told(), "cannot open"));
	close(open(directory_name(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	assert_int_equal(directory_load(&rules), -ENOTDIR);
	assert_null(rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_DIRECTORY(test_names_refused),
		IN_DIRECTORY(test_file_kinds),
		IN_DIRECTORY(test_owner),
		IN_DIRECTORY(test_config_map),
		IN_DIRECTORY(test_without_openat2),
		IN_DIRECTORY(test_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
