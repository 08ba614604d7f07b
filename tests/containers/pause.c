// SPDX-License-Identifier: Apache-2.0
/* The benign program inside the test images: it waits for SIGTERM, or prints its words and ends. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

/* The first process of a pid namespace gets no default actions, so the signal is waited for. */
static int wait_for_end(void)
{
	sigset_t set;
	int signo;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return 1;
	return sigwait(&set, &signo) ? 1 : 0;
}

int main(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], "print"))
		return wait_for_end();
	for (int i = 2; i < argc; i++)
		printf("%s%s", argv[i], i + 1 < argc ? " " : "\n");
	return 0;
}
