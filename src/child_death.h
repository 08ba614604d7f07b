/* SPDX-License-Identifier: Apache-2.0 */
/* Says of what a child of the launcher died. */
#ifndef MINERWATCH_CHILD_DEATH_H
#define MINERWATCH_CHILD_DEATH_H

/*
 * status: as waitpid gave it; one that ended by itself is no matter. *deaths: of this kind of child
 * so far; one that dies each second is told of ever more rarely.
 */
void child_death_say(const char *name, int status, unsigned *deaths);

#endif
