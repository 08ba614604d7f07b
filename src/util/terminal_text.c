/* SPDX-License-Identifier: Apache-2.0 */
/* Prints text from outside where a terminal may read it. */
#include "util/terminal_text.h"

#include "util/utf8.h"

void terminal_text_print(struct span text, FILE *out)
{
	uint32_t code;

	while (text.len) {
		size_t len = utf8_decode(text, &code);

		if (len == 0 || utf8_unsafe(code))
			fputc('?', out);
		else
			fwrite(text.data, 1, len, out);
		len = len ? len : 1;
		text = (struct span){text.data + len, text.len - len};
	}
}
