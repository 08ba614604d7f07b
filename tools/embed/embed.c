// SPDX-License-Identifier: Apache-2.0
/* Writes files as constant arrays into one C file; a build tool: embed OUT.c FILE... */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BYTES_A_LINE 16

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The name goes into a C string as it is. */
static bool name_ok(const char *name)
{
	return *name && !name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-")];
}

/* One array; a zero follows its bytes, so that an empty file is an array too. */
static int write_array(FILE *out, const char *path, int number)
{
	unsigned column = 0;
	FILE *in = fopen(path, "rbe");
	int byte;

	if (!in)
		return -errno;
	fprintf(out, "static const unsigned char file_%d[] = {\n", number);
	while ((byte = getc(in)) != EOF) {
		fprintf(out, "%d,", byte);
		if (++column % BYTES_A_LINE == 0)
			fputc('\n', out);
	}
	fprintf(out, "0};\n\n");
	if (ferror(in)) {
		fclose(in);
		return -EIO;
	}
	fclose(in);
	return 0;
}

static int write_all(FILE *out, char **paths, int count)
{
	int err;

	fprintf(out, "#include \"rules_embedded.h\"\n\n");
	for (int i = 0; i < count; i++) {
		err = name_ok(base_name(paths[i])) ? write_array(out, paths[i], i) : -EINVAL;
		if (err) {
			fprintf(stderr, "embed: %s: %s\n", paths[i], strerror(-err));
			return err;
		}
	}
	fprintf(out, "const struct embedded_file embedded_rules[] = {\n");
	for (int i = 0; i < count; i++)
		fprintf(out, "\t{\"%s\", file_%d, sizeof(file_%d) - 1},\n", base_name(paths[i]), i,
			i);
	fprintf(out, "};\nconst unsigned embedded_rules_count = %d;\n", count);
	return 0;
}

int main(int argc, char **argv)
{
	FILE *out;
	int err;

	if (argc < 3) {
		fprintf(stderr, "usage: embed OUT.c FILE...\n");
		return 2;
	}
	out = fopen(argv[1], "we");
	if (!out) {
		fprintf(stderr, "embed: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	err = write_all(out, argv + 2, argc - 2);
	if (ferror(out) || fclose(out)) {
		fprintf(stderr, "embed: %s: cannot write\n", argv[1]);
		err = -EIO;
	}
	/* Half a file would be newer than its sources, and make would take it. */
	if (err)
		unlink(argv[1]);
	return err ? 1 : 0;
}
