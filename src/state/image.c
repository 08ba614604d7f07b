/* SPDX-License-Identifier: Apache-2.0 */
/* Copies what an exec said of its program. */
#include "state/image.h"
#include "util/memory.h"

#include <stdlib.h>
#include <string.h>

static struct span copy(char **next, struct span from)
{
	struct span to = {*next, from.len};

	if (from.len)
		memcpy(*next, from.data, from.len);
	*next += from.len;
	return to;
}

struct image *image_new(const struct event *event)
{
	/* The kernel's walk is the truth; the name given to execve may be relative or a symlink. */
	struct span exe = event->path.len ? event->path : event->filename;
	struct image *image;
	char *next;

	image = memory_zeroed(sizeof(*image) + event->name.len + exe.len + event->argv.len);
	image->references = 1;
	image->flags = event->header->flags;
	image->time_ns = event->header->time_ns;
	image->file = event->exec->file;
	next = image->bytes;
	image->name = copy(&next, event->name);
	image->exe = copy(&next, exe);
	image->args = copy(&next, event->argv);
	return image;
}

struct image *image_ref(struct image *image)
{
	if (image)
		image->references++;
	return image;
}

void image_unref(struct image *image)
{
	if (image && --image->references == 0)
		free(image);
}
