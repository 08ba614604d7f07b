// SPDX-License-Identifier: Apache-2.0
/* Takes numbers and pieces off the front of bytes that may be cut off or lie about lengths. */
#include "wire/cursor.h"

#include <errno.h>

int cursor_number(struct cursor *cursor, unsigned size, uint32_t *ret_number)
{
	uint32_t number = 0;
	struct cursor piece;
	int err = cursor_piece(cursor, size, &piece);

	if (err)
		return err;
	if (piece.missing)
		return -EAGAIN;
	for (unsigned i = 0; i < size; i++)
		number = number << 8 | (uint8_t)piece.bytes.data[i];
	*ret_number = number;
	return 0;
}

int cursor_piece(struct cursor *cursor, size_t len, struct cursor *ret_piece)
{
	size_t there = len < cursor->bytes.len ? len : cursor->bytes.len;
	size_t missing = len - there;

	if (missing > cursor->missing)
		return -EINVAL;
	*ret_piece = (struct cursor){{cursor->bytes.data, there}, missing};
	if (there) /* data may be NULL */
		cursor->bytes.data += there;
	cursor->bytes.len -= there;
	if (cursor->missing != CURSOR_ENDLESS)
		cursor->missing -= missing;
	return 0;
}

int cursor_vector(struct cursor *cursor, unsigned size, struct cursor *ret_piece)
{
	uint32_t len;
	int err = cursor_number(cursor, size, &len);

	return err ? err : cursor_piece(cursor, len, ret_piece);
}

bool cursor_empty(const struct cursor *cursor)
{
	return cursor->bytes.len == 0 && cursor->missing == 0;
}
