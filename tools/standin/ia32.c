/* SPDX-License-Identifier: Apache-2.0 */
/* The 32-bit system call gate as a 64-bit program can use it. */
#include "ia32.h"

#include <errno.h>
#include <sys/mman.h>

#ifdef __x86_64__
void *ia32_memory(size_t size)
{
	void *memory = mmap(
		NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

long ia32_call(long number, const void *first, const void *second, const void *third)
{
	long result;

	/* The gate does not keep r8 to r11. */
	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(number), "b"(first), "c"(second), "d"(third)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
}
#else
void *ia32_memory(size_t size)
{
	(void)size;
	return NULL;
}

long ia32_call(long number, const void *first, const void *second, const void *third)
{
	(void)number, (void)first, (void)second, (void)third;
	return -ENOSYS;
}
#endif
