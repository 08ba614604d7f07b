// SPDX-License-Identifier: Apache-2.0
/* Writes files, packed, as constant arrays into one C file; a build tool: embed OUT.c FILE... */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define BYTES_A_LINE 16
#define FILES_MAX 64

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

/* The whole file; the caller frees it. */
static int read_file(const char *path, unsigned char **ret_data, size_t *ret_len)
{
	FILE *in = fopen(path, "rbe");
	unsigned char *data = NULL;
	long len;
	int err = -EIO;

	if (!in)
		return -errno;
	if (fseek(in, 0, SEEK_END) < 0 || (len = ftell(in)) < 0 || fseek(in, 0, SEEK_SET) < 0)
		goto out;
	data = malloc((size_t)len + 1);
	if (!data || fread(data, 1, (size_t)len, in) != (size_t)len)
		goto out;
	*ret_data = data;
	*ret_len = (size_t)len;
	data = NULL;
	err = 0;
out:
	free(data);
	fclose(in);
	return err;
}

/* One array of packed bytes; *ret_len and *ret_packed_len for its row. */
static int write_array(
	FILE *out, const char *path, int number, size_t *ret_len, size_t *ret_packed_len)
{
	unsigned char *data = NULL, *packed = NULL;
	uLongf packed_len;
	size_t len = 0;
	int err = read_file(path, &data, &len);

	if (err)
		return err;
	packed_len = compressBound(len);
	packed = malloc(packed_len);
	if (!packed || compress2(packed, &packed_len, data, len, Z_BEST_COMPRESSION) != Z_OK) {
		err = -ENOMEM;
		goto out;
	}
	fprintf(out, "static const unsigned char file_%d[] = {\n", number);
	for (size_t i = 0; i < packed_len; i++)
		fprintf(out, "%d,%s", packed[i], (i + 1) % BYTES_A_LINE ? "" : "\n");
	fprintf(out, "};\n\n");
	*ret_len = len;
	*ret_packed_len = packed_len;
out:
	free(packed);
	free(data);
	return err;
}

static int write_all(FILE *out, char **paths, int count)
{
	size_t lens[FILES_MAX], packed_lens[FILES_MAX];
	int err;

	if (count > FILES_MAX)
		return -E2BIG;
	fprintf(out, "#include \"rules_embedded.h\"\n\n");
	for (int i = 0; i < count; i++) {
		err = name_ok(base_name(paths[i]))
			      ? write_array(out, paths[i], i, &lens[i], &packed_lens[i])
			      : -EINVAL;
		if (err) {
			fprintf(stderr, "embed: %s: %s\n", paths[i], strerror(-err));
			return err;
		}
	}
	fprintf(out, "const struct embedded_file embedded_rules[] = {\n");
	for (int i = 0; i < count; i++)
		fprintf(out, "\t{\"%s\", file_%d, %zu, %zu},\n", base_name(paths[i]), i,
			packed_lens[i], lens[i]);
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
