/* SPDX-License-Identifier: Apache-2.0 */
/* Copies what an exec said of its program. */
#include "state/image.h"

#include <stdlib.h>
#include <string.h>

#include "util/memory.h"

static struct span copy(char **next, struct span from)
{
	struct span to = {*next, from.len};

	if (from.len)
		memcpy(*next, from.data, from.len);
	*next += from.len;
	return to;
}

static struct span cut(struct span text, unsigned flag, unsigned *flags)
{
	if (text.len > IMAGE_TEXT_CUT) {
		text.len = IMAGE_TEXT_CUT;
		*flags |= flag;
	}
	return text;
}

static struct image *make(
	size_t *total, struct span name, struct span exe, struct span args, unsigned flags)
{
	struct image *image;
	size_t size;
	char *next;

	if (*total >= IMAGE_BYTES_MAX) {
		exe = cut(exe, EVENT_CUT_PATH, &flags);
		args = cut(args, EVENT_CUT_ARGV, &flags);
	}
	size = sizeof(*image) + name.len + exe.len + args.len;
	image = memory_zeroed(size);
	image->size = size;
	image->total = total;
	*total += size;
	image->flags = flags;
	image->references = 1;
	next = image->bytes;
	image->name = copy(&next, name);
	image->exe = copy(&next, exe);
	image->args = copy(&next, args);
	return image;
}

struct image *image_new(const struct event *event, size_t *total)
{
	/* The kernel's walk is the truth; the name given to execve may be relative or a symlink. */
	struct span exe = event->path.len ? event->path : event->filename;
	struct image *image = make(total, event->name, exe, event->argv, event->header->flags);

	image->time_ns = event->header->time_ns;
	image->file = event->exec->file;
	return image;
}

struct image *image_restore(const struct event *event, size_t *total)
{
	const struct span *text = event->finding_text;
	struct image *image = make(total, text[FINDING_NAME], text[FINDING_EXE], text[FINDING_ARGV],
		event->finding->image_flags);

	image->time_ns = event->finding->image_ns;
	image->file = event->finding->file;
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
	if (!image || --image->references)
		return;
	*image->total -= image->size;
	free(image);
}
